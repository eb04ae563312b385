/* decay.c -- tests that memory which is idle for a second goes back to the system, and no other.
 *
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "tests/observed.h"
#include "tests/pattern.h"
#include "tests/preloaded.h"
#include "tests/resident.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

enum { BLOCKS = 32768, SIZE = 1000, OTHER_SIZE = 100, OTHERS = 20000 };

static int64_t clock_ms = 1000000;

/* The allocator's clock, since a program's symbols come before those of its libraries. */
int clock_gettime(clockid_t clock, struct timespec *now)
{
    (void)clock;
    *now = (struct timespec){clock_ms / 1000, clock_ms % 1000 * 1000000};
    return 0;
}

static bool decays(void)
{
    return phase_has_rung("decay");
}

static uint8_t *block[BLOCKS];

static void allocate(uint32_t from, uint32_t to)
{
    for (uint32_t i = from; i < to; i++) {
        block[i] = malloc(SIZE);
        assert_non_null(block[i]);
        pattern_write(block[i], SIZE, i);
    }
}

static void release(uint32_t from, uint32_t to)
{
    for (uint32_t i = from; i < to; i++) {
        assert_true(pattern_holds(block[i], SIZE, i));
        free(block[i]);
    }
}

/* Of another class, so that it neither takes nor gives what the test looks at. Refills and drains,
 * for these are more blocks than an array holds. */
static void work_a_little(void)
{
    static void *other[OTHERS];

    for (uint32_t i = 0; i < OTHERS; i++)
        other[i] = malloc(OTHER_SIZE);
    for (uint32_t i = 0; i < OTHERS; i++)
        free(other[i]);
}

/* Does neither: the array has the one block that comes and goes. */
static void work_hardly(void)
{
    void *volatile other;

    for (uint32_t i = 0; i < OTHERS; i++) {
        other = malloc(OTHER_SIZE);
        free(other);
    }
}

static void wait_with(void (*work)(void), uint32_t seconds)
{
    for (uint32_t i = 0; i < seconds * 4; i++) {
        clock_ms += 250;
        work();
    }
}

static void wait_for_seconds(uint32_t seconds)
{
    wait_with(work_a_little, seconds);
}

/* Of 32 MB in blocks of 1,000 B, what the first blocks make up that a function frees. */
static void expect_given_back(uint32_t blocks, void (*free_them)(uint32_t blocks))
{
    long const freed = (long)blocks * SIZE;

    allocate(0, BLOCKS);
    long const full = resident_bytes();
    free_them(blocks);
    wait_for_seconds(2);
    long const given_back = full - resident_bytes();
    print_message("           of %ld KB freed %ld KB went back\n", freed >> 10, given_back >> 10);
    if (decays())
        assert_true(given_back > freed - freed / 64);
    else
        assert_true(given_back < freed / 10);
    allocate(0, blocks); /* it may be had again, and the rest is what it was */
    release(0, BLOCKS);
    wait_for_seconds(2);
}

static void release_here(uint32_t blocks)
{
    release(0, blocks);
}

static void test_what_was_freed_is_the_systems_after_a_second(void **state)
{
    (void)state;

    assert_true(preloaded_object_serves("malloc"));
    if (blocks_have_tags())
        skip();
    work_a_little();
    expect_given_back(BLOCKS / 2, release_here);
}

static void *release_by_thread(void *blocks)
{
    release(0, *(uint32_t *)blocks);
    return NULL;
}

static void release_elsewhere(uint32_t blocks)
{
    pthread_t other;

    assert_int_equal(pthread_create(&other, NULL, release_by_thread, &blocks), 0);
    pthread_join(other, NULL);
}

/* 2 MB, of which transfer keeps one for the thread that allocated them. */
static void test_what_another_thread_freed_too(void **state)
{
    (void)state;

    if (!decays())
        skip();
    expect_given_back(2048, release_elsewhere);
}

/* An array that has grown holds 8 MB. */
static void test_what_a_thread_keeps_goes_too(void **state)
{
    enum { KEPT = 8192, ROUNDS = 12 };
    long const kept = (long)KEPT * SIZE;
    (void)state;

    if (blocks_have_tags())
        skip();
    for (uint32_t round = 0; round < ROUNDS; round++) {
        allocate(0, KEPT);
        release(0, KEPT);
    }
    long const full = resident_bytes();
    wait_for_seconds(2);
    long const given_back = full - resident_bytes();
    if (decays())
        assert_true(given_back > kept - kept / 64);
    else
        assert_true(given_back < kept / 10);
}

static void test_who_neither_refills_nor_drains_gives_back(void **state)
{
    long const freed = (long)(BLOCKS / 2) * SIZE;
    (void)state;

    if (!decays())
        skip();
    allocate(0, BLOCKS);
    long const full = resident_bytes();
    release(0, BLOCKS / 2);
    wait_with(work_hardly, 2);
    assert_true(full - resident_bytes() > freed - freed / 64);
    allocate(0, BLOCKS / 2);
    release(0, BLOCKS);
    wait_for_seconds(2);
}

/* One block in sixteen stays, so no slab is empty: of 32 MB, all but two pages for each of them,
 * the most that it can lie in. */
static void test_pages_inside_slabs_go_too(void **state)
{
    enum { STAYS_EVERY = 16, PAGE = 4096 };
    long const freed = (long)BLOCKS * SIZE - 2L * PAGE * (BLOCKS / STAYS_EVERY);
    (void)state;

    if (!decays())
        skip();
    allocate(0, BLOCKS);
    long const full = resident_bytes();
    for (uint32_t i = 0; i < BLOCKS; i++)
        if (i % STAYS_EVERY != 0)
            release(i, i + 1);
    wait_for_seconds(4); /* so many calls are not made at one look */
    assert_true(full - resident_bytes() > freed - freed / 64);
    for (uint32_t i = 0; i < BLOCKS; i++)
        if (i % STAYS_EVERY == 0)
            release(i, i + 1);
    wait_for_seconds(2);
}

/* Of each SuperSlab two blocks stay, so that its other slabs are empty and it is not. */
static void test_what_was_freed_just_now_stays(void **state)
{
    enum { STAYS_EVERY = 512, STEP_MS = 100, DECAY_MS = 500, SINCE_A_LOOK_MS = 200 };
    (void)state;

    if (observed() == NULL || !decays())
        skip();
    allocate(0, BLOCKS);
    wait_for_seconds(2);
    uint64_t const before = observed_value("slabs_discarded");
    clock_ms += SINCE_A_LOOK_MS; /* so that the next look is too early for what is freed now */
    int64_t const freed_ms = clock_ms;
    for (uint32_t i = 0; i < BLOCKS; i++)
        if (i % STAYS_EVERY != 0)
            release(i, i + 1);
    for (; clock_ms - freed_ms < DECAY_MS; clock_ms += STEP_MS) {
        work_a_little();
        assert_int_equal(observed_value("slabs_discarded"), before);
    }
    wait_for_seconds(1);
    assert_true(observed_value("slabs_discarded") > before);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_what_was_freed_is_the_systems_after_a_second),
        cmocka_unit_test(test_what_another_thread_freed_too),
        cmocka_unit_test(test_what_a_thread_keeps_goes_too),
        cmocka_unit_test(test_who_neither_refills_nor_drains_gives_back),
        cmocka_unit_test(test_pages_inside_slabs_go_too),
        cmocka_unit_test(test_what_was_freed_just_now_stays),
    };
    return cmocka_run_group_tests_name("decay", tests, NULL, NULL);
}
