/* refill.c -- tests how many blocks move at a time between a thread's lists and what is below.
 *
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "tests/observed.h"
#include "tests/preloaded.h"

#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

enum { BLOCKS_MAX = 1024, SMALLMID_SIZES = 3 };

struct smallmid {
    size_t size;
    uint32_t held;  /* blocks that a thread's list takes */
    uint32_t batch; /* blocks of one of 17-2's refills */
};

static struct smallmid const smallmid[SMALLMID_SIZES] = {
    {256, 32, 16}, {512, 24, 12}, {1024, 16, 8}};

static void *block[BLOCKS_MAX];

static void allocate(uint32_t count, size_t size)
{
    for (uint32_t i = 0; i < count; i++) {
        block[i] = malloc(size);
        assert_non_null(block[i]);
    }
}

static void release(uint32_t from, uint32_t to)
{
    for (uint32_t i = from; i < to; i++)
        free(block[i]);
}

static bool with_smallmid(void)
{
    return observed() != NULL && setting_of("SLABLAB_SMALLMID") == 1 &&
           strncmp(expected_object(), "libphase17-", strlen("libphase17-")) == 0;
}

/* Allocates up to the next miss, which is counted in, and says how many that were. */
static uint32_t blocks_to_next_miss(size_t size)
{
    uint64_t const before = observed_value("smallmid_refills");
    uint32_t blocks = 0;

    while (observed_value("smallmid_refills") == before) {
        assert_non_null(malloc(size));
        blocks++;
    }
    return blocks;
}

/* Of 100 B nothing else here asks. The counter is of all classes; only this one moves. */
static void test_the_1024th_free_drains(void **state)
{
    (void)state;
    assert_true(preloaded_object_serves("malloc"));
    if (observed() == NULL || never_frees() || !blocks_have_tags())
        skip();
    uint64_t const frees = observed_value("tiny_frees");
    uint64_t const before = observed_value("drains");
    allocate(1024, 100);
    release(0, 1024);
    assert_int_equal(observed_value("tiny_frees") - frees, 1024);
    assert_int_equal(observed_value("drains") - before, 1);
}

/* outband's slabs link their blocks, others' do not. */
static uint32_t blocks_of_a_refill(void)
{
    return strcmp(expected_object(), "liboutband.so") == 0 ? 16 : 128;
}

static bool arrays_grow(void)
{
    return phase_has_rung("adaptive");
}

/* 1,024 taken and given back, round by round: an array of 256 becomes 512 and then 1,024 and more,
 * doubled once a round at most, and from the fourth on holds all. */
static void test_an_array_grows_where_drains_and_refills_alternate(void **state)
{
    enum { ROUNDS = 8, ROUNDS_GROWING = 3 };
    (void)state;

    if (observed() == NULL || blocks_have_tags())
        skip();
    for (uint32_t round = 0; round < ROUNDS; round++) {
        bool const holds_all = arrays_grow() && round >= ROUNDS_GROWING;
        uint64_t const drains = observed_value("drains");
        uint64_t const refills = observed_value("refills");
        allocate(1024, 200);
        release(0, 1024);
        assert_int_equal(observed_value("refills") == refills, holds_all);
        if (round == 0 || !arrays_grow() || holds_all)
            assert_int_equal(observed_value("drains") == drains, holds_all);
    }
}

/* The first number in statm is pages of address space. */
static long mapped_pages(void)
{
    char text[128] = {0};
    int const file = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);

    assert_true(file >= 0 && read(file, text, sizeof text - 1) > 0);
    close(file);
    return strtol(text, NULL, 10);
}

static void *grow_and_end(void *unused)
{
    for (uint32_t round = 0; round < 4; round++) {
        allocate(1024, 200);
        release(0, 1024);
    }
    return unused;
}

static void run_thread(void *(*function)(void *))
{
    pthread_t thread;

    assert_int_equal(pthread_create(&thread, NULL, function, NULL), 0);
    assert_int_equal(pthread_join(thread, NULL), 0);
}

static void test_a_threads_arrays_end_with_it(void **state)
{
    (void)state;
    if (never_frees())
        skip();
    run_thread(grow_and_end);
    long const before = mapped_pages();
    for (uint32_t i = 0; i < 50; i++)
        run_thread(grow_and_end);
    assert_int_equal(mapped_pages(), before);
}

/* Of 100 B an array holds 256, of which a drain gives back 128; some may be there before. */
static void test_a_full_array_gives_back_its_half(void **state)
{
    (void)state;
    if (observed() == NULL || blocks_have_tags() || arrays_grow())
        skip();
    uint64_t const frees = observed_value("tiny_frees");
    uint64_t const drains = observed_value("drains");
    uint64_t const refills = observed_value("refills");
    allocate(1024, 100);
    assert_in_range(observed_value("refills") - refills, 1024 / blocks_of_a_refill() - 1,
                    1024 / blocks_of_a_refill());
    release(0, 1024);
    assert_int_equal(observed_value("tiny_frees") - frees, 1024);
    assert_in_range(observed_value("drains") - drains, (1024 - 256) / 128,
                    (1024 - 256 + blocks_of_a_refill() + 127) / 128);
}

/* From one miss to the next lies what the first one took: 1 block of Tiny's, or 17-2's batch, which
 * a slab's end may cut short, but not four times in a row. */
static void test_a_miss_takes_one_block_or_a_batch(void **state)
{
    (void)state;
    if (!with_smallmid())
        skip();
    bool const in_batches = strcmp(expected_object(), "libphase17-2.so") == 0;
    for (uint32_t i = 0; i < SMALLMID_SIZES; i++) {
        uint32_t largest = 0;
        blocks_to_next_miss(smallmid[i].size); /* what the list held */
        for (uint32_t round = 0; round < 4; round++) {
            uint32_t const taken = blocks_to_next_miss(smallmid[i].size);
            largest = taken > largest ? taken : largest;
        }
        assert_int_equal(largest, in_batches ? smallmid[i].batch : 1);
    }
}

/* 50 frees fill any list; as many allocations as it holds empty it again, without a miss. */
static void test_a_full_list_spills(void **state)
{
    (void)state;
    if (!with_smallmid())
        skip();
    for (uint32_t i = 0; i < SMALLMID_SIZES; i++) {
        uint32_t const held = smallmid[i].held;
        void *const one_more = malloc(smallmid[i].size);
        allocate(50, smallmid[i].size);
        release(0, 50);
        uint64_t const refills = observed_value("smallmid_refills");
        uint64_t const spills = observed_value("smallmid_spills");
        allocate(held, smallmid[i].size);
        assert_int_equal(observed_value("smallmid_refills"), refills);
        release(0, held);
        assert_int_equal(observed_value("smallmid_spills"), spills);
        free(one_more); /* the 33rd, 25th, 17th */
        assert_int_equal(observed_value("smallmid_spills"), spills + 1);
    }
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_a_miss_takes_one_block_or_a_batch),
        cmocka_unit_test(test_a_full_list_spills),
        cmocka_unit_test(test_the_1024th_free_drains),
        cmocka_unit_test(test_a_full_array_gives_back_its_half),
        cmocka_unit_test(test_a_threads_arrays_end_with_it),
        cmocka_unit_test(test_an_array_grows_where_drains_and_refills_alternate),
    };
    return cmocka_run_group_tests_name("refill", tests, NULL, NULL);
}
