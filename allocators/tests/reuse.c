/* reuse.c -- tests that each phase reuses memory as its description says, its flaw included.
 *
 * The flaws are what is studied (17-2 never lowers `used`; Tiny is bump-only), so a phase that lost
 * its own would measure nothing. The counters of the observing build tell: how many SuperSlabs were
 * mapped while as many blocks were allocated and freed again and again.
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
};

/* NULL where this table has nothing to say: another allocator, or a build without counters. */
static struct behaviour const *behaviour(void)
{
    char const *const setting = getenv("SLABLAB_SMALLMID");
    bool const with_smallmid = setting != NULL && strcmp(setting, "1") == 0;

    if (observed() == NULL)
        return NULL;
    for (size_t i = 0; i < sizeof behaviours / sizeof *behaviours; i++)
        if (strcmp(behaviours[i].object, expected_object()) == 0 &&
            behaviours[i].with_smallmid == with_smallmid)
            return &behaviours[i];
    return NULL;
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

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_empty_superslabs_are_reused),
        cmocka_unit_test(test_slabs_with_live_blocks_are_reused),
    };
    return cmocka_run_group_tests_name("reuse", tests, NULL, NULL);
}
