/* reuse.c -- tests that each phase reuses memory as its description says, its flaw included.
 *
 * The flaws are the subject (17-2 never lowers `used`; Tiny is bump-only), so a phase that lost its
 * flaw would measure nothing. The observing build's counters show it: the number of SuperSlabs
 * mapped while the same number of blocks is allocated and freed repeatedly.
 *
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "tests/observed.h"
#include "tests/preloaded.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

/* 8,192 blocks of 500 B are 4.0 SuperSlabs of 1 MB at a stride of 512, 4.1 at 528, 8.0 at 1,024. */
enum { BLOCKS = 8192, SIZE = 500, WARMUP_ROUNDS = 2, ROUNDS = 6, SUPERSLABS_A_ROUND = 4 };

struct behaviour {
    char const *object;
    bool with_smallmid; /* SLABLAB_SMALLMID=1 */
    bool reuses_empty;  /* SuperSlabs of which all blocks came back */
    bool reuses_room;   /* blocks that came back to a slab where others are alive */
};

static struct behaviour const behaviours[] = {
    {"libbaseline.so", false, true, false},   {"libphase17-1.so", false, true, false},
    {"libphase17-1.so", true, true, false},   {"libphase17-2.so", false, true, false},
    {"libphase17-2.so", true, false, false},  {"libss-reuse.so", false, true, true},
    {"libss-prewarm.so", false, true, false}, {"libss-reuse-prewarm.so", false, true, true},
    {"libeager-freelist.so", false, true, true}, {"libeager-superslabs.so", false, true, true},
};
/* dense and those over it. */
static struct behaviour const ladder = {NULL, false, true, true};

/* NULL if the table has no entry: another allocator, or a build without counters. */
static struct behaviour const *behaviour(void)
{
    bool const with_smallmid = setting_of("SLABLAB_SMALLMID") == 1;

    if (observed() == NULL)
        return NULL;
    for (size_t i = 0; i < sizeof behaviours / sizeof *behaviours; i++)
        if (strcmp(behaviours[i].object, expected_object()) == 0 &&
            behaviours[i].with_smallmid == with_smallmid)
            return &behaviours[i];
    return phase_has_rung("dense") ? &ladder : NULL;
}

/* Allocates all blocks and frees them again, but for every kept_every-th, which stays for ever. */
static void run_rounds(uint32_t rounds, uint32_t kept_every)
{
    static void *block[BLOCKS];

    for (uint32_t round = 0; round < rounds; round++) {
        for (uint32_t i = 0; i < BLOCKS; i++) {
            block[i] = malloc(SIZE);
            assert_non_null(block[i]);
        }
        for (uint32_t i = 0; i < BLOCKS; i++)
            if (kept_every == 0 || i % kept_every != 0)
                free(block[i]);
    }
}

static uint64_t superslabs_mapped_in_rounds(uint32_t kept_every)
{
    run_rounds(WARMUP_ROUNDS, kept_every);
    uint64_t const before = observed_value("superslabs_mapped");
    run_rounds(ROUNDS, kept_every);
    return observed_value("superslabs_mapped") - before;
}

static void test_empty_superslabs_are_reused(void **state)
{
    (void)state;
    assert_true(preloaded_object_serves("malloc"));
    if (behaviour() == NULL)
        skip();
    uint64_t const mapped = superslabs_mapped_in_rounds(0);
    print_message("           all freed: %u SuperSlabs mapped in %d rounds\n", (unsigned)mapped,
                  ROUNDS);
    if (behaviour()->reuses_empty)
        assert_in_range(mapped, 0, 1);
    else
        assert_true(mapped >= (uint64_t)ROUNDS * SUPERSLABS_A_ROUND);
}

/* Two or three blocks of each slab stay alive: 984 in 6 rounds, half a SuperSlab. */
static void test_slabs_with_live_blocks_are_reused(void **state)
{
    enum { KEPT_EVERY = 50 };
    (void)state;

    if (behaviour() == NULL)
        skip();
    uint64_t const mapped = superslabs_mapped_in_rounds(KEPT_EVERY);
    print_message("           one in %d alive: %u SuperSlabs mapped in %d rounds\n", KEPT_EVERY,
                  (unsigned)mapped, ROUNDS);
    if (behaviour()->reuses_room)
        assert_in_range(mapped, 0, 1);
    else
        assert_true(mapped >= (uint64_t)(ROUNDS - 1) * SUPERSLABS_A_ROUND);
}

/* One block in 2,048, that is one of each SuperSlab, stays alive: 15 of its 16 slabs are empty, and
 * it does not go to the LRU, from where it would serve any class under the baseline too. */
static void test_empty_slabs_serve_another_class(void **state)
{
    enum { KEPT_EVERY = 2048, OTHER_SIZE = 100, OTHERS = 8192 };
    static void *other[OTHERS];
    (void)state;

    if (behaviour() == NULL || behaviour()->with_smallmid)
        skip();
    run_rounds(1, KEPT_EVERY);
    uint64_t const before = observed_value("superslabs_mapped");
    for (uint32_t i = 0; i < OTHERS; i++) { /* 8,192 blocks of 128 B: one SuperSlab */
        other[i] = malloc(OTHER_SIZE);
        assert_non_null(other[i]);
    }
    uint64_t const mapped = observed_value("superslabs_mapped") - before;
    for (uint32_t i = 0; i < OTHERS; i++)
        free(other[i]);
    if (behaviour()->reuses_room)
        assert_int_equal(mapped, 0);
    else if (setting_of("SLABLAB_PREWARM") == 0)
        assert_in_range(mapped, 1, 2);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_empty_slabs_serve_another_class), /* first: it needs no free slot */
        cmocka_unit_test(test_empty_superslabs_are_reused),
        cmocka_unit_test(test_slabs_with_live_blocks_are_reused),
    };
    return cmocka_run_group_tests_name("reuse", tests, NULL, NULL);
}
