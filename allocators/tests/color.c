/* color.c -- tests that slabs with colors begin their blocks at all lines that a stride leaves.
 *
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "tests/preloaded.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

enum { BLOCKS = 8192, LINE_BYTES = 64 };

/* How many remainders modulo the size the blocks' addresses have, in lines. */
static uint32_t lines_of_blocks(size_t size)
{
    static uint8_t *block[BLOCKS];
    uint64_t seen = 0;

    for (uint32_t i = 0; i < BLOCKS; i++) {
        block[i] = malloc(size);
        assert_non_null(block[i]);
        assert_int_equal((uintptr_t)block[i] % LINE_BYTES, 0);
        seen |= UINT64_C(1) << (uintptr_t)block[i] % size / LINE_BYTES;
    }
    for (uint32_t i = 0; i < BLOCKS; i++)
        free(block[i]);
    return (uint32_t)__builtin_popcountll(seen);
}

/* Without colors a slab begins at a multiple of 64 KB, and block 0 with it or behind the header. */
static void test_blocks_of_a_power_of_two_lie_on_all_lines(void **state)
{
    (void)state;
    assert_true(preloaded_object_serves("malloc"));
    if (blocks_have_tags())
        skip();
    bool const colors = phase_has_rung("color");
    for (size_t size = 64; size <= 1024; size *= 2)
        assert_int_equal(lines_of_blocks(size), colors ? size / LINE_BYTES : 1);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_blocks_of_a_power_of_two_lie_on_all_lines),
    };
    return cmocka_run_group_tests_name("color", tests, NULL, NULL);
}
