/* realloc.c -- tests realloc of blocks above the classes: pages that move, and
 * what it reserves.
 *
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "tests/child.h"
#include "tests/pattern.h"
#include "tests/preloaded.h"
#include "tests/resident.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <malloc.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include <cmocka.h>

/* Through memory, so that neither compiler nor analyser sees the deliberate misuse. */
static uint8_t *volatile hidden;
static void (*volatile const release)(void *) = free;

#define MB 1048576L
enum { PAGE_BYTES = 4096, UNIT_BYTES = 1 << 16, MEDIUM_MAX = 32768 };

/* A copy of 32 MB would have both resident. */
static void test_realloc_moves_pages(void **state)
{
    enum { BEFORE = 32 * MB, AFTER = 48 * MB };
    (void)state;

    if (!phase_has_rung("large"))
        skip();
    uint8_t *block = pattern_block(BEFORE, 1);
    long const before = resident_bytes();
    errno = 0;
    block = realloc(block, AFTER);
    assert_non_null(block);
    assert_int_equal(errno, 0);
    assert_in_range(resident_bytes(), before - 4 * MB, before + 4 * MB);
    assert_true(pattern_holds(block, BEFORE, 1));
    assert_true(all_zero(block + BEFORE + UNIT_BYTES, AFTER - BEFORE - UNIT_BYTES));
    pattern_write(block, AFTER, 2);
    block = realloc(block, MB);
    assert_non_null(block);
    assert_true(pattern_holds(block, MB, 2));
    assert_true(resident_bytes() < before - BEFORE + 4 * MB);
    free(block);
}

/* Through all tiers and back. */
static void test_realloc_keeps_contents_across_tiers(void **state)
{
    static size_t const sizes[] = {
        100,    2040,  2049, 9344, 9345,   MEDIUM_MAX, MEDIUM_MAX + 1, 65472, 65473, MB,
        5 * MB, 40000, 3000, 16,   200000, 199000,     300000,         1000,  65536};
    uint8_t *block = pattern_block(1, 0);
    size_t before = 1;
    (void)state;

    for (uint32_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        block = realloc(block, sizes[i]);
        assert_non_null(block);
        assert_true(malloc_usable_size(block) >= sizes[i]);
        assert_true(pattern_holds(block, before < sizes[i] ? before : sizes[i], i));
        pattern_write(block, sizes[i], i + 1);
        before = sizes[i];
    }
    free(block);
}

/* A system that refuses every mremap from now on. */
static bool refuse_mremap(void)
{
    struct sock_filter words[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_mremap, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOMEM),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog const filter = {sizeof words / sizeof *words, words};

    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
           prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) == 0;
}

static int grow_without_mremap(void *argument)
{
    (void)argument;
    if (!refuse_mremap())
        return 0; /* a machine that filters nothing */
    uint8_t *block = pattern_block(MB, 1);
    for (size_t bytes = MB; bytes < 64 * (size_t)MB; bytes *= 2) {
        errno = 0;
        block = realloc(block, 2 * bytes);
        if (block == NULL || !pattern_holds(block, MB, 1))
            return 1;
    }
    free(block);
    return 0;
}

static void test_without_mremap_it_copies(void **state)
{
    struct child child;
    (void)state;

    child_run(&child, grow_without_mremap, NULL);
    if (!child_succeeded(&child))
        fail_msg("wait status 0x%x: %s", (unsigned)child.status, child.text);
}

/* The system may refuse to move it as one, or do so in part. */
static void test_a_block_of_two_kinds_of_pages_keeps_contents(void **state)
{
    (void)state;
    for (uint32_t round = 0; round < 4; round++) {
        uint8_t *block = pattern_block(8 * MB, round);
        uint8_t *const middle = block + 4 * MB - (uintptr_t)block % PAGE_BYTES;
        madvise(middle, MB, round % 2 == 0 ? MADV_DONTDUMP : MADV_NOHUGEPAGE);
        block = realloc(block, 24 * MB);
        assert_non_null(block);
        assert_true(pattern_holds(block, 8 * MB, round));
        memset(block, 0, 24 * MB);
        free(block);
    }
}

/* The lower of two neighbours grows into the place of the other, which is too long to be kept. */
static int free_what_was_extended(void *argument)
{
    enum { BLOCKS = 4, BYTES = 80 * MB };
    uint8_t *block[BLOCKS];
    uint8_t *lower = NULL;

    (void)argument;
    for (uint32_t i = 0; i < BLOCKS; i++)
        block[i] = malloc(BYTES);
    for (uint32_t i = 0; lower == NULL && i < BLOCKS * BLOCKS; i++)
        if (block[i / BLOCKS] - block[i % BLOCKS] == BYTES + UNIT_BYTES) {
            lower = block[i % BLOCKS];
            free(block[i / BLOCKS]);
        }
    if (lower == NULL)
        return 1; /* no two are neighbours */
    pattern_write(lower, MB, 1);
    hidden = realloc(lower, 2 * (size_t)BYTES);
    if (hidden != lower || !pattern_holds(hidden, MB, 1))
        return 2;
    release(hidden + BYTES + BYTES / 2);
    return 3;
}

static void test_a_block_is_extended_where_it_is(void **state)
{
    struct child child;
    (void)state;

    if (!phase_has_rung("large"))
        skip();
    child_run(&child, free_what_was_extended, NULL);
    assert_true(child_aborted(&child));
    assert_non_null(strstr(child.text, "begins no block"));
}

/* The system may put another allocator's mapping, here the C library's, where a block was. */
static void test_the_place_of_a_block_that_moved_may_be_anothers(void **state)
{
    enum { BLOCKS = 64 };
    void *foreign[BLOCKS];
    (void)state;

    mallopt(M_MMAP_THRESHOLD, MB / 8); /* or the C library would learn to take its heap */
    for (uint32_t round = 0; round < 4; round++) {
        uint8_t *block = pattern_block(8 * MB, round);
        block = realloc(block, 24 * MB);
        free(malloc(80 * MB)); /* too long to be kept */
        for (uint32_t i = 0; i < BLOCKS; i++) {
            foreign[i] = memalign(PAGE_BYTES, MB / 4);
            assert_non_null(foreign[i]);
        }
        for (uint32_t i = 0; i < BLOCKS; i++) {
            assert_true(malloc_usable_size(foreign[i]) >= MB / 4);
            free(foreign[i]);
        }
        free(block);
    }
}

/* A quarter more for what asks for less than that; what asks for more gets what it asks for. */
static void test_realloc_that_moves_reserves_a_quarter(void **state)
{
    static size_t const sizes[] = {100, 1000, 10000, 100000, 10 * MB};
    (void)state;

    if (!phase_has_rung("large"))
        skip();
    for (uint32_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        uint8_t *block = malloc(sizes[i]);
        size_t const usable = malloc_usable_size(block);
        block = realloc(block, usable + 1);
        size_t const longer = malloc_usable_size(block);
        if (phase_has_rung("reserve"))
            assert_true(longer >= usable + usable / 100 * 25);
        block = realloc(block, longer * 2);
        assert_true(malloc_usable_size(block) < longer * 2 + longer / 2 + UNIT_BYTES);
        free(block);
    }
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_realloc_moves_pages),
        cmocka_unit_test(test_realloc_keeps_contents_across_tiers),
        cmocka_unit_test(test_without_mremap_it_copies),
        cmocka_unit_test(test_a_block_of_two_kinds_of_pages_keeps_contents),
        cmocka_unit_test(test_a_block_is_extended_where_it_is),
        cmocka_unit_test(test_the_place_of_a_block_that_moved_may_be_anothers),
        cmocka_unit_test(test_realloc_that_moves_reserves_a_quarter),
    };
    if (!preloaded_object_serves("realloc"))
        return 1;
    return cmocka_run_group_tests_name("realloc", tests, NULL, NULL);
}
