/* tiny_sizes.h -- the check that a request maps to the smallest class of Tiny that holds it.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_TESTS_TINY_SIZES_H
#define SLABLAB_TESTS_TINY_SIZES_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/size_class.h"

static inline void test_tiny_maps_to_the_smallest_class_that_holds_it(void **state)
{
    (void)state;
    for (size_t size = 0; size <= TINY_SIZE_MAX; size++) {
        uint32_t const class = tiny_class_of(size);
        assert_in_range(class, 0, TINY_CLASSES - 1);
        assert_true(size <= tiny_payload(class));
        assert_true(class == 0 || size > tiny_payload(class - 1));
    }
}

#endif
