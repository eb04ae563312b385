/* size_class.c -- tests that every request maps to the smallest class that holds it.
 *
 * SPDX-License-Identifier: MIT */
#include "tests/tiny_sizes.h"

/* Small-Mid's classes are the published sizes; the strides' rounding does not stretch them. */
static void test_small_mid_maps_to_the_smallest_class_that_holds_it(void **state)
{
    static size_t const size_max[SMALLMID_CLASSES] = {256, 512, 1024};
    (void)state;
    for (size_t size = SMALLMID_SIZE_MIN; size <= SMALLMID_SIZE_MAX; size++) {
        uint32_t const class = smallmid_class_of(size);
        assert_in_range(class, 0, SMALLMID_CLASSES - 1);
        assert_true(size <= size_max[class]);
        assert_true(size <= (size_t)smallmid_strides[class] - SLOT_BYTES);
        assert_true(class == 0 || size > size_max[class - 1]);
        assert_true(size <= tiny_payload(smallmid_tiny_class[class]));
    }
}

static void test_small_mid_holds_its_range_alone(void **state)
{
    static size_t const outside[] = {0, 1, 16, 247, 248, 1025, 1026, 2040, 2041, 1 << 20, SIZE_MAX};
    (void)state;

    for (size_t size = SMALLMID_SIZE_MIN; size <= SMALLMID_SIZE_MAX; size++)
        assert_true(smallmid_holds(size));
    for (size_t i = 0; i < sizeof outside / sizeof *outside; i++)
        assert_false(smallmid_holds(outside[i]));
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_tiny_maps_to_the_smallest_class_that_holds_it),
        cmocka_unit_test(test_small_mid_maps_to_the_smallest_class_that_holds_it),
        cmocka_unit_test(test_small_mid_holds_its_range_alone),
    };
    return cmocka_run_group_tests_name("size_class", tests, NULL, NULL);
}
