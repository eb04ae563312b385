/* test_artefact.c -- the published benchmark's artefact: the slot fixes bits of the size.
 *
 * Runs the generator alone, by the published formula: slot = r mod slots, size = 16 + (r & 0x3FF).
 *
 * SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "random.h"

enum { SIZES = 1024, SLOTS_MAX = 1024, DRAWS = 4000000, SEED = 42 };

static unsigned char seen[SLOTS_MAX][SIZES];

/* How many different sizes a slot saw: the fewest and the most of all slots. */
struct spread {
    unsigned fewest;
    unsigned most;
};

static struct spread sizes_per_slot(uint32_t slots)
{
    struct spread spread = {SIZES, 0};
    uint32_t random = SEED;

    memset(seen, 0, sizeof seen);
    for (unsigned i = 0; i < DRAWS; i++) {
        uint32_t const draw = random_draw(&random);
        seen[draw % slots][draw & 0x3FF] = 1;
    }
    for (uint32_t slot = 0; slot < slots; slot++) {
        unsigned count = 0;
        for (unsigned size = 0; size < SIZES; size++)
            count += seen[slot][size];
        spread.fewest = count < spread.fewest ? count : spread.fewest;
        spread.most = count > spread.most ? count : spread.most;
    }
    return spread;
}

/* The slot is r's 8 lowest bits, the size has 10: 2 bits are left, 4 sizes. */
static void with_256_slots_a_slot_sees_4_sizes(void **unused)
{
    struct spread const spread = sizes_per_slot(256);

    (void)unused;
    assert_int_equal(spread.fewest, 4);
    assert_int_equal(spread.most, 4);
    for (unsigned i = 0; i < SIZES; i++)
        assert_int_equal(seen[5][i], i % 256 == 5);
}

static void with_1024_slots_a_slot_sees_one_size(void **unused)
{
    struct spread const spread = sizes_per_slot(1024);

    (void)unused;
    assert_int_equal(spread.fewest, 1);
    assert_int_equal(spread.most, 1);
}

/* 400 = 16 * 25: only the 4 lowest bits are fixed, 64 sizes from one end to the other. */
static void with_400_slots_a_slot_sees_64_sizes(void **unused)
{
    struct spread const spread = sizes_per_slot(400);

    (void)unused;
    assert_int_equal(spread.fewest, 64);
    assert_int_equal(spread.most, 64);
    for (unsigned i = 0; i < SIZES; i++)
        assert_int_equal(seen[5][i], i % 16 == 5);
}

/* 401 is odd, so the slot fixes no bit: what independent draws would give. */
static void with_401_slots_a_slot_sees_them_all(void **unused)
{
    struct spread const spread = sizes_per_slot(401);

    (void)unused;
    assert_in_range(spread.fewest, 1000, 1024);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(with_256_slots_a_slot_sees_4_sizes),
        cmocka_unit_test(with_1024_slots_a_slot_sees_one_size),
        cmocka_unit_test(with_400_slots_a_slot_sees_64_sizes),
        cmocka_unit_test(with_401_slots_a_slot_sees_them_all),
    };

    return cmocka_run_group_tests_name("random_mixed's artefact", tests, NULL, NULL);
}
