/* large.c -- tests the rungs above transfer: larger blocks and alignments.
 *
 * Where a phase has not the rung, the C library answers, and the same contents
 * are checked.
 *
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "tests/child.h"
#include "tests/named_pointer.h"
#include "tests/observed.h"
#include "tests/pattern.h"
#include "tests/preloaded.h"
#include "tests/resident.h"

#include <malloc.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>

#include <cmocka.h>

#define MB 1048576L
enum {
    PAGE_BYTES = 4096,
    UNIT_BYTES = 1 << 16,
    MEDIUM_MAX = 32768,
    KEPT_MB = 64,
    HEADER_BYTES = 64
};

/* Through memory, so that neither compiler nor analyser sees the deliberate misuse. */
static uint8_t *volatile hidden;
static void (*volatile const release)(void *) = free;

static int64_t clock_ms = 1000000;

/* The allocator's clock, since a program's symbols come before those of its libraries. */
int clock_gettime(clockid_t clock, struct timespec *now)
{
    (void)clock;
    *now = (struct timespec){clock_ms / 1000, clock_ms % 1000 * 1000000};
    return 0;
}

/* By how much a counter moves while a block is allocated and freed. */
static uint64_t counted(char const *name, void *(*function)(size_t), size_t size)
{
    uint64_t const before = observed_value(name);

    free(function(size));
    return observed_value(name) - before;
}

static void test_which_tier_serves_which_size(void **state)
{
    (void)state;
    assert_true(preloaded_object_serves("malloc"));
    if (observed() == NULL || !phase_has_rung("dense"))
        skip();
    uint64_t const medium = phase_has_rung("medium");
    uint64_t const large = phase_has_rung("large");
    assert_int_equal(counted("tiny_allocations", malloc, 2040), 1);
    assert_int_equal(counted("tiny_allocations", malloc, 2049), medium);
    assert_int_equal(counted("tiny_allocations", malloc, MEDIUM_MAX), medium);
    assert_int_equal(counted("tiny_allocations", malloc, MEDIUM_MAX + 1), 0);
    assert_int_equal(counted("large_allocations", malloc, MEDIUM_MAX), 0);
    assert_int_equal(counted("large_allocations", malloc, MEDIUM_MAX + 1), large);
    assert_int_equal(counted("large_allocations", malloc, 100 * MB), large);
    assert_int_equal(counted("libc_allocations", malloc, (size_t)17 << 30), 1);
}

static void test_a_kept_block_serves_what_is_not_longer(void **state)
{
    static struct {
        size_t size;
        bool fits;
    } const requests[] = {{8 * MB, true}, {7 * MB, true}, {100000, true}, {9 * MB, false}};
    (void)state;

    if (!phase_has_rung("large"))
        skip();
    for (size_t i = 0; i < sizeof requests / sizeof *requests; i++) {
        clock_ms += 1000;
        free(pattern_block(40000, 0)); /* what was kept before is too old now */
        uint8_t *const block = pattern_block(8 * MB, 1);
        free(block);
        uint8_t *const next = malloc(requests[i].size);
        assert_int_equal(next == block, requests[i].fits);
        free(next);
    }
}

static void test_what_a_request_leaves_is_kept(void **state)
{
    (void)state;
    if (!phase_has_rung("large"))
        skip();
    clock_ms += 1000;
    free(pattern_block(40000, 0));
    uint8_t *const block = pattern_block(8 * MB, 1);
    free(block);
    uint8_t *const first = pattern_block(MB, 2);
    uint8_t *const second = pattern_block(6 * MB, 3);
    assert_ptr_equal(first, block);
    assert_ptr_equal(second, block + MB + UNIT_BYTES);
    assert_true(pattern_holds(first, MB, 2));
    free(second);
    free(first);
}

static void test_the_shortest_that_fits_is_taken(void **state)
{
    (void)state;
    if (!phase_has_rung("large"))
        skip();
    uint8_t *const longer = pattern_block(10 * MB, 1);
    uint8_t *const shorter = pattern_block(9 * MB, 2);
    free(shorter);
    free(longer); /* the newest */
    uint8_t *const first = malloc(9 * MB - 100);
    uint8_t *const second = malloc(9 * MB - 100);
    assert_ptr_equal(first, shorter);
    assert_ptr_equal(second, longer);
    free(first);
    free(second);
}

/* A chunk of the C library's is one there: its length, 4,096 and a flag, stands in front of it. */
static bool is_a_foreign_place(uint8_t *place)
{
    int const flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE;

    assert_ptr_equal(mmap(place, UNIT_BYTES, PROT_READ | PROT_WRITE, flags, -1, 0), place);
    *(uint64_t *)(place + 1024 - sizeof(uint64_t)) = 4096 | 1;
    size_t const usable = malloc_usable_size(place + 1024);
    munmap(place, UNIT_BYTES);
    return usable == 4096 - sizeof(uint64_t);
}

/* What is longer than all that may be kept is not, and drives nothing out. */
static void test_a_block_that_is_too_long_to_keep(void **state)
{
    (void)state;
    if (!phase_has_rung("large"))
        skip();
    uint8_t *const longest = pattern_block(80 * MB, 1);
    uint8_t *const block = pattern_block(8 * MB, 2);
    free(block);
    long const before = resident_bytes();
    free(longest);
    assert_true(resident_bytes() < before - 76 * MB);
    assert_true(is_a_foreign_place(longest - HEADER_BYTES));
    uint8_t *const again = malloc(8 * MB);
    assert_ptr_equal(again, block);
    assert_true(pattern_holds(again, 8 * MB, 2)); /* a new mapping could be at its place */
    free(again);
}

/* A process may have 65,530 mappings. */
static void test_more_blocks_than_mappings_should_be(void **state)
{
    enum { MAPPED_MAX = 16384, SIZE = MEDIUM_MAX + 1 };
    static uint8_t *block[MAPPED_MAX + 100];
    (void)state;

    if (observed() == NULL || !phase_has_rung("large"))
        skip();
    uint64_t const before = observed_value("large_allocations");
    for (uint32_t i = 0; i < MAPPED_MAX + 100; i++) {
        block[i] = malloc(SIZE);
        assert_non_null(block[i]);
    }
    assert_in_range(observed_value("large_allocations") - before, MAPPED_MAX - 100, MAPPED_MAX);
    for (uint32_t i = 0; i < MAPPED_MAX + 100; i++)
        free(block[i]);
    assert_int_equal(counted("large_allocations", malloc, SIZE), 1);
}

static void test_calloc_of_a_kept_block_is_zero(void **state)
{
    (void)state;
    for (size_t size = 40000; size <= 4 * MB; size *= 3) {
        free(pattern_block(size, 1));
        uint8_t *const block = calloc(size / 8, 8);
        assert_non_null(block);
        assert_true(all_zero(block, size / 8 * 8));
        free(block);
    }
}

/* 64 MB at the most, and half a second. */
static void test_what_is_kept_goes_back(void **state)
{
    enum { BLOCKS = 10, BLOCK_BYTES = 16 * MB };
    uint8_t *block[BLOCKS];
    (void)state;

    if (!phase_has_rung("large"))
        skip();
    clock_ms += 1000;
    free(pattern_block(40000, 0));
    long const before = resident_bytes();
    for (uint32_t i = 0; i < BLOCKS; i++)
        block[i] = pattern_block(BLOCK_BYTES, i);
    for (uint32_t i = 0; i < BLOCKS; i++) {
        assert_true(pattern_holds(block[i], BLOCK_BYTES, i));
        free(block[i]);
    }
    long const kept = resident_bytes() - before;
    assert_in_range(kept, (KEPT_MB - 20) * MB, (KEPT_MB + 4) * MB);
    clock_ms += 499;
    free(pattern_block(40000, 0));
    assert_in_range(resident_bytes() - before, kept - 4 * MB, kept + 4 * MB);
    clock_ms += 1;
    free(pattern_block(40000, 0));
    assert_true(resident_bytes() - before < 4 * MB);
}

/* Of another class than all else here: who only refills and drains looks, too. */
static void test_work_with_small_blocks_gives_it_back(void **state)
{
    enum { BLOCK_BYTES = 16 * MB };
    (void)state;

    if (!phase_has_rung("large"))
        skip();
    long const before = resident_bytes();
    free(pattern_block(BLOCK_BYTES, 1));
    assert_true(resident_bytes() - before > BLOCK_BYTES - 4 * MB);
    for (uint32_t i = 0; i < 4; i++) {
        clock_ms += 250;
        send_back(100);
    }
    assert_true(resident_bytes() - before < BLOCK_BYTES / 2);
}

/* Four to a slab of 64 KB, and three to the first of a SuperSlab. */
static void test_a_medium_slab_is_full_of_blocks(void **state)
{
    enum { BLOCKS = 256, SIZE = 16384 };
    static uint8_t *block[BLOCKS];
    (void)state;

    if (observed() == NULL || !phase_has_rung("medium"))
        skip();
    uint64_t const before = observed_value("slabs_taken");
    for (uint32_t i = 0; i < BLOCKS; i++)
        block[i] = pattern_block(SIZE, i);
    assert_in_range(observed_value("slabs_taken") - before, BLOCKS / 4 - 1, BLOCKS / 4 + 4);
    for (uint32_t i = 0; i < BLOCKS; i++)
        free(block[i]);
}

static void *aligned_64(size_t size)
{
    return memalign(64, size);
}

static void *aligned_128(size_t size)
{
    return memalign(128, size);
}

static void test_which_alignments_classes_serve(void **state)
{
    (void)state;
    if (observed() == NULL || !phase_has_rung("dense"))
        skip();
    uint64_t const aligned = phase_has_rung("aligned");
    assert_int_equal(counted("tiny_allocations", aligned_64, 0), aligned);
    assert_int_equal(counted("tiny_allocations", aligned_64, 256), aligned);
    assert_int_equal(counted("tiny_allocations", aligned_64, MEDIUM_MAX - 64), aligned);
    assert_int_equal(counted("libc_allocations", aligned_64, MEDIUM_MAX), 1);
    assert_int_equal(counted("libc_allocations", aligned_128, 256), 1);
}

/* Of each size many, so that they come from several slabs, whose blocks are moved differently. */
static void test_every_size_is_aligned(void **state)
{
    enum { BLOCKS = 64 };
    uint8_t *block[BLOCKS];
    (void)state;

    for (size_t alignment = 32; alignment <= 64; alignment *= 2)
        for (size_t size = 0; size <= MEDIUM_MAX; size += size / 8 + 1) {
            for (uint32_t i = 0; i < BLOCKS; i++) {
                block[i] = aligned_alloc(alignment, size);
                assert_non_null(block[i]);
                assert_int_equal((uintptr_t)block[i] % alignment, 0);
                assert_true(malloc_usable_size(block[i]) >= size);
            }
            for (uint32_t i = 0; i < BLOCKS; i++)
                free(block[i]);
        }
}

static int free_twice(void *argument)
{
    hidden = pattern_block(*(size_t *)argument, 1);
    say_pointer(hidden);
    release(hidden);
    release(hidden);
    return 0;
}

static int free_the_middle(void *argument)
{
    hidden = pattern_block(*(size_t *)argument, 1) + UNIT_BYTES;
    say_pointer(hidden);
    hidden[-1] = 0;
    release(hidden + 16);
    return 0;
}

/* What stands in front of the pointer is what stands in front of the block. */
static int free_a_copy(void *argument)
{
    enum { HEADER = HEADER_BYTES, FAR = 1024 };

    hidden = pattern_block(*(size_t *)argument, 1);
    memcpy(hidden + FAR - HEADER, hidden - HEADER, HEADER);
    hidden += FAR;
    say_pointer(hidden);
    release(hidden);
    return 0;
}

static int overrun(void *argument)
{
    hidden = pattern_block(*(size_t *)argument, 1);
    memset(hidden - 64, 'x', 64);
    release(hidden);
    return 0;
}

static void test_bad_pointers_are_refused(void **state)
{
    static child_function *const no_block[] = {free_the_middle, free_a_copy, overrun};
    static size_t size = 500000;
    struct child child;
    (void)state;

    if (!phase_has_rung("large"))
        skip();
    child_run(&child, free_twice, &size);
    assert_true(child_aborted(&child) && names_pointer(child.text));
    assert_non_null(strstr(child.text, "double free"));
    for (uint32_t i = 0; i < sizeof no_block / sizeof *no_block; i++) {
        child_run(&child, no_block[i], &size);
        assert_true(child_aborted(&child));
        assert_non_null(strstr(child.text, "begins no block"));
    }
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_which_tier_serves_which_size),
        cmocka_unit_test(test_a_kept_block_serves_what_is_not_longer),
        cmocka_unit_test(test_what_a_request_leaves_is_kept),
        cmocka_unit_test(test_the_shortest_that_fits_is_taken),
        cmocka_unit_test(test_a_block_that_is_too_long_to_keep),
        cmocka_unit_test(test_more_blocks_than_mappings_should_be),
        cmocka_unit_test(test_calloc_of_a_kept_block_is_zero),
        cmocka_unit_test(test_what_is_kept_goes_back),
        cmocka_unit_test(test_work_with_small_blocks_gives_it_back),
        cmocka_unit_test(test_a_medium_slab_is_full_of_blocks),
        cmocka_unit_test(test_which_alignments_classes_serve),
        cmocka_unit_test(test_every_size_is_aligned),
        cmocka_unit_test(test_bad_pointers_are_refused),
    };
    return cmocka_run_group_tests_name("large", tests, NULL, NULL);
}
