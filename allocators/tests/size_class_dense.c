/* size_class_dense.c -- tests the dense classes of tagged blocks.
 *
 * SPDX-License-Identifier: MIT */
#include "core/setting.h"

#define SET_TINY_CLASSES SET_TO(16)

#include "tests/tiny_sizes.h"

/* They take a slot and the padding to 16 more. */
static void test_powers_of_two_fit(void **state)
{
    static size_t const sizes[] = {32, 64, 128, 256, 512, 1024};
    (void)state;

    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        assert_int_equal(tiny_stride(tiny_class_of(sizes[i])), sizes[i] + 2 * (size_t)SLOT_BYTES);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_tiny_maps_to_the_smallest_class_that_holds_it),
        cmocka_unit_test(test_powers_of_two_fit),
    };
    return cmocka_run_group_tests_name("size_class_dense", tests, NULL, NULL);
}
