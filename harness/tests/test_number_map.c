/* test_number_map.c -- ten thousand numbers put into a map and found again.
 *
 * SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "number_map.h"

#include <stdlib.h>

static void a_map_of_numbers_grows(void **state)
{
    enum { NUMBERS = 10000 };
    struct number_map map = {0};

    (void)state;
    assert_null(number_map_find(&map, 0));
    for (uint64_t i = 0; i < NUMBERS; i++) {
        uint64_t *const value = malloc(sizeof *value);
        assert_non_null(value);
        *value = i;
        number_map_put(&map, i << 12, value);
    }
    assert_int_equal(map.count, NUMBERS);
    for (uint64_t i = 0; i < NUMBERS; i++)
        assert_int_equal(*(uint64_t *)number_map_find(&map, i << 12), i);
    assert_null(number_map_find(&map, 1));
    number_map_free(&map);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(a_map_of_numbers_grows),
    };

    return cmocka_run_group_tests_name("number_map", tests, NULL, NULL);
}
