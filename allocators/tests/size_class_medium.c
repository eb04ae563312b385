/* size_class_medium.c -- tests the classes of blocks up to 32 KB, which have no
 * tag.
 *
 * SPDX-License-Identifier: MIT */
#include "core/setting.h"

#define SET_TINY_CLASSES SET_TO(30)
#define SET_SLOT_BYTES SET_TO(0)

#include "tests/tiny_sizes.h"

/* Up to where a slab of 64 KB holds two. */
static void test_powers_of_two_fit(void **state)
{
    (void)state;

    for (size_t size = 32; size <= 32768; size *= 2)
        assert_int_equal(tiny_stride(tiny_class_of(size)), size);
}

/* Of a block at most a third, and a line: 21,825 bytes take 32,768. */
static void test_little_is_lost(void **state)
{
    (void)state;

    for (size_t size = 2049; size <= TINY_SIZE_MAX; size++)
        assert_in_range(tiny_payload(tiny_class_of(size)), size, size / 2 * 3 + CLASS_ALIGNMENT);
}

static void test_aligned_requests_have_aligned_strides(void **state)
{
    (void)state;

    for (size_t alignment = 32; alignment <= CLASS_ALIGNMENT; alignment *= 2)
        for (size_t size = 0; size <= TINY_SIZE_MAX - CLASS_ALIGNMENT; size++) {
            size_t const request = class_aligned(size, alignment);
            assert_in_range(request, size, size + alignment);
            assert_int_equal(tiny_stride(tiny_class_of(request)) % alignment, 0);
        }
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_tiny_maps_to_the_smallest_class_that_holds_it),
        cmocka_unit_test(test_powers_of_two_fit),
        cmocka_unit_test(test_little_is_lost),
        cmocka_unit_test(test_aligned_requests_have_aligned_strides),
    };
    return cmocka_run_group_tests_name("size_class_medium", tests, NULL, NULL);
}
