/* alignment.c -- tests the functions that align their blocks: memalign and its kin.
 *
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "tests/pattern.h"
#include "tests/preloaded.h"

#include <errno.h>
#include <malloc.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/checks.h"

enum { ALIGNMENT_MAX = 2 << 20 };

static size_t const sizes[] = {0, 1, 8, 15, 24, 100, 256, 504, 1000, 1024, 2040, 4096, 5000, 70000};
enum { SIZE_COUNT = sizeof sizes / sizeof *sizes };

static size_t opaque(size_t size)
{
    size_t volatile hidden = size;
    return hidden;
}

static void assert_aligned(void *block, size_t alignment, size_t size)
{
    assert_non_null(block);
    assert_int_equal((uintptr_t)block % alignment, 0);
    assert_true(malloc_usable_size(block) >= size);
}

static void *by_posix_memalign(size_t alignment, size_t size)
{
    void *block = NULL;
    assert_int_equal(posix_memalign(&block, alignment, size), 0);
    return block;
}

/* Small blocks stand between the aligned ones, so that a slot in front or behind has a victim. */
static void check_every_alignment(void *(*function)(size_t alignment, size_t size))
{
    for (size_t alignment = sizeof(void *); alignment <= ALIGNMENT_MAX; alignment *= 2) {
        void *aligned[SIZE_COUNT];
        void *between[SIZE_COUNT];
        for (uint32_t i = 0; i < SIZE_COUNT; i++) {
            aligned[i] = function(alignment, sizes[i]);
            assert_aligned(aligned[i], alignment, sizes[i]);
            pattern_write(aligned[i], malloc_usable_size(aligned[i]), i);
            between[i] = malloc(sizes[i]);
            assert_non_null(between[i]);
            pattern_write(between[i], malloc_usable_size(between[i]), i + SIZE_COUNT);
        }
        for (uint32_t i = 0; i < SIZE_COUNT; i++) {
            assert_true(pattern_holds(aligned[i], malloc_usable_size(aligned[i]), i));
            assert_true(pattern_holds(between[i], malloc_usable_size(between[i]), i + SIZE_COUNT));
            free(aligned[i]);
            free(between[i]);
        }
    }
}

static void test_memalign(void **state)
{
    (void)state;
    check_every_alignment(memalign);
}

static void test_aligned_alloc(void **state)
{
    (void)state;
    check_every_alignment(aligned_alloc);
}

static void test_posix_memalign(void **state)
{
    (void)state;
    check_every_alignment(by_posix_memalign);
}

static void test_posix_memalign_refuses_bad_alignments(void **state)
{
    static size_t const bad[] = {0, 1, 2, 3, 4, 5, 7, 9, 12, 24, 48, 4097, SIZE_MAX / 2 + 2};
    void *untouched = &untouched;
    (void)state;

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_int_equal(posix_memalign(&untouched, opaque(bad[i]), 64), EINVAL);
        assert_ptr_equal(untouched, &untouched);
    }
}

/* glibc rounds such an alignment up to a power of two, others refuse it: never less than asked. */
static void test_memalign_of_no_power_of_two_is_refused_or_rounded_up(void **state)
{
    static size_t const odd[][2] = {{3, 4}, {24, 32}, {48, 64}, {100, 128}, {3000, 4096}};
    (void)state;

    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
        errno = 0;
        void *const block = memalign(opaque(odd[i][0]), 100);
        if (block == NULL)
            assert_int_equal(errno, EINVAL);
        else
            assert_aligned(block, odd[i][1], 100);
        free(block);
    }
}

static void test_alignment_and_size_that_overflow_are_refused(void **state)
{
    void *untouched = &untouched;
    (void)state;

    errno = 0;
    assert_null(memalign((size_t)1 << 30, opaque(SIZE_MAX - (1 << 20))));
    assert_int_equal(errno, ENOMEM);
    errno = 0;
    assert_null(aligned_alloc(4096, opaque((size_t)PTRDIFF_MAX - 4095)));
    assert_int_equal(errno, ENOMEM);
    assert_int_equal(posix_memalign(&untouched, (size_t)1 << 62, opaque((size_t)1 << 62)), ENOMEM);
    assert_ptr_equal(untouched, &untouched);
}

static void test_realloc_of_an_aligned_block_keeps_contents(void **state)
{
    (void)state;
    for (size_t alignment = 32; alignment <= 8192; alignment *= 4)
        for (uint32_t from = 0; from < SIZE_COUNT; from++)
            for (uint32_t to = 1; to < SIZE_COUNT; to++) {
                size_t const kept = sizes[from] < sizes[to] ? sizes[from] : sizes[to];
                void *const block = memalign(alignment, sizes[from]);
                assert_aligned(block, alignment, sizes[from]);
                pattern_write(block, kept, from);
                void *const moved = realloc(block, sizes[to]);
                assert_aligned(moved, sizes[to] < 16 ? 1 : 16, sizes[to]);
                assert_true(pattern_holds(moved, kept, from));
                free(moved);
            }
}

static void test_valloc_and_pvalloc_give_pages(void **state)
{
    size_t const page = (size_t)sysconf(_SC_PAGESIZE);
    (void)state;

    for (uint32_t i = 0; i < SIZE_COUNT; i++) {
        void *const block = valloc(sizes[i]);
        void *const pages = pvalloc(sizes[i]);
        assert_aligned(block, page, sizes[i]);
        assert_aligned(pages, page, (sizes[i] + page - 1) / page * page);
        pattern_write(block, malloc_usable_size(block), i);
        pattern_write(pages, malloc_usable_size(pages), i + 1);
        assert_true(pattern_holds(block, malloc_usable_size(block), i));
        free(block);
        free(pages);
    }
}

static void test_the_preloaded_object_serves(void **state)
{
    (void)state;
    assert_true(preloaded_object_serves("memalign"));
}

int main(int argc, char **argv)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_the_preloaded_object_serves),
        cmocka_unit_test(test_memalign),
        cmocka_unit_test(test_aligned_alloc),
        cmocka_unit_test(test_posix_memalign),
        cmocka_unit_test(test_posix_memalign_refuses_bad_alignments),
        cmocka_unit_test(test_memalign_of_no_power_of_two_is_refused_or_rounded_up),
        cmocka_unit_test(test_alignment_and_size_that_overflow_are_refused),
        cmocka_unit_test(test_realloc_of_an_aligned_block_keeps_contents),
        cmocka_unit_test(test_valloc_and_pvalloc_give_pages),
    };
    return CHECKS_RUN(argc, argv, "alignment", tests);
}
