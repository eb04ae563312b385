/* conformance.c -- tests what each function of the malloc API promises, under any allocator.
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

enum {
    ALIGNMENT = 16,
    SIZE_EVERY_MAX = 4200, /* every size up to here: past the largest class of every phase */
    ERRNO_MARK = 12345     /* an errno that no allocator sets */
};

/* Both sides of every power of two, and of what is left of one beside a slot of 8 or 16 bytes. */
static size_t const edge_sizes[] = {
    0,      1,       7,       8,       9,       15,      16,     17,   23,    24,    25,    31,
    32,     33,      40,      41,      48,      56,      57,     63,   64,    65,    120,   121,
    127,    128,     129,     240,     248,     249,     255,    256,  257,   504,   505,   511,
    512,    513,     1000,    1016,    1017,    1023,    1024,   1025, 1039,  1040,  2032,  2040,
    2041,   2047,    2048,    2049,    4088,    4096,    4097,   8192, 65528, 65536, 65537, 131072,
    132000, 1048568, 1048576, 1048577, 2097144, 2097152, 2097153};
enum { EDGE_COUNT = sizeof edge_sizes / sizeof *edge_sizes };

/* Through memory: analysers take `block = realloc(block, size)` for a leak. */
static void *(*volatile const resize)(void *, size_t) = realloc;

/* A size that the compiler cannot see through, so that it does not warn of what is meant. */
static size_t opaque(size_t size)
{
    size_t volatile hidden = size;
    return hidden;
}

/* Out of line: a refused realloc leaves the block alive, which the compiler does not know. */
__attribute__((noinline)) static void assert_reallocarray_refused(void *block, size_t count,
                                                                  size_t size)
{
    errno = 0;
    assert_null(reallocarray(block, count, size));
    assert_int_equal(errno, ENOMEM);
}

/* What C promises: of any object that fits into size bytes. A phase promises 16 (below). */
static size_t least_alignment(size_t size)
{
    return size >= ALIGNMENT ? ALIGNMENT : size >= 8 ? 8 : 1;
}

static void assert_fresh_block(void *block, size_t size)
{
    assert_non_null(block);
    assert_int_equal((uintptr_t)block % least_alignment(size), 0);
    assert_true(malloc_usable_size(block) >= size);
}

static void test_one_object_serves_the_whole_api(void **state)
{
    static char const *const names[] = {
        "malloc",        "free",           "calloc", "realloc", "reallocarray",      "memalign",
        "aligned_alloc", "posix_memalign", "valloc", "pvalloc", "malloc_usable_size"};
    (void)state;

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (!preloaded_object_serves(names[i]))
            fail_msg("%s comes from %s, not from %s", names[i], serving_object(names[i]),
                     expected_object());
}

/* Neighbours are alive too: a single block may be aligned by chance. */
static void test_the_smallest_block_too_is_aligned_to_16(void **state)
{
    enum { NEIGHBOURS = 6 };
    (void)state;

    for (size_t size = 0; size <= SIZE_EVERY_MAX; size++) {
        void *block[NEIGHBOURS];
        for (size_t i = 0; i < NEIGHBOURS; i++) {
            block[i] = i % 2 == 0 ? malloc(size) : calloc(size, 1);
            assert_int_equal((uintptr_t)block[i] % ALIGNMENT, 0);
        }
        for (size_t i = 0; i < NEIGHBOURS; i++) {
            block[i] = resize(block[i], size / 2 + 1);
            assert_int_equal((uintptr_t)block[i] % ALIGNMENT, 0);
            free(block[i]);
        }
    }
}

/* All blocks live at once and each is written to its last usable byte: an overlap destroys one. */
static void test_every_size_is_aligned_and_usable_to_its_end(void **state)
{
    static void *block[SIZE_EVERY_MAX + 1];
    (void)state;

    for (size_t size = 0; size <= SIZE_EVERY_MAX; size++) {
        block[size] = malloc(size);
        assert_fresh_block(block[size], size);
        pattern_write(block[size], malloc_usable_size(block[size]), (uint32_t)size);
    }
    for (size_t size = 0; size <= SIZE_EVERY_MAX; size++)
        assert_true(pattern_holds(block[size], malloc_usable_size(block[size]), (uint32_t)size));
    for (size_t size = 0; size <= SIZE_EVERY_MAX; size++)
        free(block[size]);
}

static void test_neighbours_of_one_size_are_apart(void **state)
{
    enum { NEIGHBOURS = 100 };
    (void)state;

    for (size_t edge = 0; edge < EDGE_COUNT; edge++) {
        size_t const count = edge_sizes[edge] > 65537 ? 4 : NEIGHBOURS;
        void *block[NEIGHBOURS];
        for (size_t i = 0; i < count; i++) {
            block[i] = malloc(edge_sizes[edge]);
            assert_fresh_block(block[i], edge_sizes[edge]);
            pattern_write(block[i], malloc_usable_size(block[i]), (uint32_t)i);
        }
        for (size_t i = 0; i < count; i++)
            assert_true(pattern_holds(block[i], malloc_usable_size(block[i]), (uint32_t)i));
        for (size_t i = 0; i < count; i++)
            free(block[i]);
    }
}

static void test_malloc_zero_gives_different_blocks(void **state)
{
    void *const first = malloc(0);
    void *const second = malloc(0);
    (void)state;

    assert_non_null(first);
    assert_non_null(second);
    assert_ptr_not_equal(first, second);
    free(first);
    free(second);
}

static void dirty_free_blocks(size_t size)
{
    enum { DIRTY = 40 };
    void *block[DIRTY];

    for (size_t i = 0; i < DIRTY; i++) {
        block[i] = malloc(size);
        assert_non_null(block[i]);
        memset(block[i], 0xff, malloc_usable_size(block[i]));
    }
    for (size_t i = 0; i < DIRTY; i++)
        free(block[i]);
}

static void test_calloc_is_zero_on_reused_memory(void **state)
{
    enum { BLOCKS = 60 };
    (void)state;

    for (size_t edge = 0; edge < EDGE_COUNT; edge++) {
        size_t const size = edge_sizes[edge];
        size_t const count = size > 65537 ? 2 : BLOCKS;
        void *block[BLOCKS];
        if (size <= 65537)
            dirty_free_blocks(size);
        for (size_t i = 0; i < count; i++) {
            block[i] = i % 2 == 0 ? calloc(1, size) : calloc(size, 1);
            assert_fresh_block(block[i], size);
            assert_true(all_zero(block[i], size));
            memset(block[i], 0xff, malloc_usable_size(block[i]));
        }
        for (size_t i = 0; i < count; i++)
            free(block[i]);
    }
}

static void test_calloc_multiplies(void **state)
{
    (void)state;
    for (size_t count = 0; count < 70; count++) {
        uint8_t *const block = calloc(count, 24);
        assert_fresh_block(block, count * 24);
        assert_true(all_zero(block, count * 24));
        free(block);
    }
}

static void test_products_that_overflow_are_refused(void **state)
{
    /* 2^63 * 2 and 2^32 * 2^32 wrap to 0, (2^64 / 3 + 1) * 3 to 2: small, when wrapped. */
    static size_t const pairs[][2] = {{(size_t)1 << 63, 2},
                                      {(size_t)1 << 32, (size_t)1 << 32},
                                      {SIZE_MAX / 3 + 1, 3},
                                      {2, SIZE_MAX}};
    (void)state;

    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        errno = 0;
        assert_null(calloc(opaque(pairs[i][0]), opaque(pairs[i][1])));
        assert_int_equal(errno, ENOMEM);

        void *const block = malloc(100);
        assert_non_null(block);
        pattern_write(block, 100, 1);
        assert_reallocarray_refused(block, opaque(pairs[i][0]), opaque(pairs[i][1]));
        assert_true(pattern_holds(block, 100, 1));
        free(block);
    }
}

static void test_sizes_beyond_ptrdiff_max_are_refused(void **state)
{
    static size_t const sizes[] = {PTRDIFF_MAX,     (size_t)PTRDIFF_MAX + 1,
                                   SIZE_MAX - 4096, SIZE_MAX - 16,
                                   SIZE_MAX - 8,    SIZE_MAX};
    (void)state;

    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        size_t const size = opaque(sizes[i]);
        void *const block = malloc(100);
        void *aligned = block;
        assert_non_null(block);
        pattern_write(block, 100, 2);

        static void *(*const functions[])(size_t) = {malloc, valloc, pvalloc};
        for (size_t f = 0; f < sizeof functions / sizeof *functions; f++) {
            errno = 0;
            assert_null(functions[f](size));
            assert_int_equal(errno, ENOMEM);
        }
        assert_reallocarray_refused(block, 1, size);
        errno = 0;
        assert_null(calloc(1, size));
        assert_int_equal(errno, ENOMEM);
        errno = 0;
        assert_null(memalign(64, size));
        assert_int_equal(errno, ENOMEM);
        assert_int_equal(posix_memalign(&aligned, 64, size), ENOMEM);
        assert_ptr_equal(aligned, block);
        assert_true(pattern_holds(block, 100, 2));
        free(block);
    }
}

static void test_realloc_keeps_contents_between_all_edges(void **state)
{
    (void)state;
    for (size_t from = 0; from < EDGE_COUNT; from++)
        for (size_t to = 0; to < EDGE_COUNT; to++) {
            size_t const before = edge_sizes[from];
            size_t const after = edge_sizes[to];
            if (after == 0 || (before > 132000 && after > 132000))
                continue;
            uint32_t const owner = (uint32_t)(from * EDGE_COUNT + to);
            size_t const kept = before < after ? before : after;
            void *const block = malloc(before);
            assert_non_null(block);
            pattern_write(block, kept, owner);
            void *const moved = realloc(block, after);
            assert_fresh_block(moved, after);
            assert_true(pattern_holds(moved, kept, owner));
            free(moved);
        }
}

static void test_realloc_grows_step_by_step(void **state)
{
    size_t const size_max = (size_t)3 * SIZE_EVERY_MAX;
    uint8_t *block = NULL;
    (void)state;

    for (size_t size = 1; size <= size_max; size++) {
        block = resize(block, size);
        assert_fresh_block(block, size);
        block[size - 1] = pattern_byte(3, size - 1);
    }
    assert_true(pattern_holds(block, size_max, 3));
    for (size_t size = size_max; size >= 1; size -= size > 100 ? 37 : 1) {
        block = resize(block, size);
        assert_fresh_block(block, size);
        assert_true(pattern_holds(block, size, 3));
    }
    free(block);
}

/* C leaves open what realloc(p, 0) gives; either answer must leave the allocator in order. */
static void test_realloc_to_zero_frees_or_gives_a_block(void **state)
{
    (void)state;
    for (size_t edge = 0; edge < EDGE_COUNT; edge++)
        free(realloc(malloc(edge_sizes[edge]), opaque(0)));
    free(realloc(NULL, opaque(0)));
}

static void test_reallocarray_multiplies(void **state)
{
    void *const block = reallocarray(NULL, 10, 10);
    (void)state;

    assert_fresh_block(block, 100);
    pattern_write(block, 100, 4);
    void *const moved = reallocarray(block, 300, 10);
    assert_fresh_block(moved, 3000);
    assert_true(pattern_holds(moved, 100, 4));
    free(moved);
}

static void test_free_keeps_errno(void **state)
{
    static size_t const sizes[] = {1, 100, 500, 1000, 5000, 200000, 64 << 20};
    (void)state;

    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        void *const block = malloc(sizes[i]);
        assert_non_null(block);
        errno = ERRNO_MARK;
        free(block);
        assert_int_equal(errno, ERRNO_MARK);
    }
    errno = ERRNO_MARK;
    free(NULL);
    assert_int_equal(errno, ERRNO_MARK);
}

static void test_usable_size_of_nothing_is_zero(void **state)
{
    (void)state;
    assert_int_equal(malloc_usable_size(NULL), 0);
}

int main(int argc, char **argv)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_one_object_serves_the_whole_api),
        cmocka_unit_test(test_the_smallest_block_too_is_aligned_to_16),
        cmocka_unit_test(test_every_size_is_aligned_and_usable_to_its_end),
        cmocka_unit_test(test_neighbours_of_one_size_are_apart),
        cmocka_unit_test(test_malloc_zero_gives_different_blocks),
        cmocka_unit_test(test_calloc_is_zero_on_reused_memory),
        cmocka_unit_test(test_calloc_multiplies),
        cmocka_unit_test(test_products_that_overflow_are_refused),
        cmocka_unit_test(test_sizes_beyond_ptrdiff_max_are_refused),
        cmocka_unit_test(test_realloc_keeps_contents_between_all_edges),
        cmocka_unit_test(test_realloc_grows_step_by_step),
        cmocka_unit_test(test_realloc_to_zero_frees_or_gives_a_block),
        cmocka_unit_test(test_reallocarray_multiplies),
        cmocka_unit_test(test_free_keeps_errno),
        cmocka_unit_test(test_usable_size_of_nothing_is_zero),
    };
    return CHECKS_RUN(argc, argv, "conformance", tests);
}
