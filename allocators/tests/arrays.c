/* arrays.c -- tests phases whose threads keep arrays: what is checked once a pointer leaves one.
 *
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "tests/child.h"
#include "tests/pattern.h"
#include "tests/preloaded.h"

#include <errno.h>
#include <malloc.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#include <cmocka.h>

enum { SUPERSLAB_BYTES = 1 << 20, SLAB_BYTES = 1 << 16, SIZE = 256, BLOCKS = 20000 };

/* Through memory, so that neither compiler nor analyser sees the deliberate misuse. */
static uint8_t *volatile hidden;
static void (*volatile const release)(void *) = free;
static uint8_t *block[BLOCKS];

/* The allocator's mmap, since a program's symbols come before those of its libraries. */
static atomic_uint mmap_calls;
static atomic_uint mmap_fails; /* this call fails, counted from 1; 0: none */

void *mmap(void *address, size_t bytes, int protection, int flags, int descriptor, off_t offset)
{
    if (atomic_fetch_add(&mmap_calls, 1) + 1 == atomic_load(&mmap_fails)) {
        errno = ENOMEM;
        return MAP_FAILED;
    }
    return (void *)syscall(SYS_mmap, address, bytes, protection, flags, descriptor, offset);
}

static void next_mmap_fails(void)
{
    atomic_store(&mmap_fails, atomic_load(&mmap_calls) + 1);
}

static bool mmap_failed(void)
{
    return atomic_load(&mmap_calls) >= atomic_load(&mmap_fails);
}

static void expect_abort(int function(void *), char const *text)
{
    struct child child;

    child_run(&child, function, NULL);
    assert_true(child_aborted(&child));
    assert_non_null(strstr(child.text, text));
}

/* The last slab of the first block's SuperSlab has no class yet. */
static int size_of_no_block(void *argument)
{
    (void)argument;
    hidden = malloc(SIZE);
    uintptr_t const superslab = (uintptr_t)hidden & ~(uintptr_t)(SUPERSLAB_BYTES - 1);
    return malloc_usable_size((void *)(superslab + SUPERSLAB_BYTES - SLAB_BYTES / 2)) != 0;
}

static void test_a_slab_without_blocks_has_no_sizes(void **state)
{
    (void)state;
    if (blocks_have_tags())
        skip();
    expect_abort(size_of_no_block, "in a slab without live blocks");
}

/* A slab has 4,096 blocks of 16 B, and fewer than 1,000 were taken from it; the array of the class
 * is full before all are freed, and has room for 512 at most. */
static int free_what_was_never_allocated(void *argument)
{
    enum { SMALL = 16, TAKEN = 700, FAR = 3000 };

    (void)argument;
    for (uint32_t i = 0; i < TAKEN; i++)
        block[i] = malloc(SMALL);
    hidden = block[0] + (size_t)FAR * SMALL;
    release(hidden);
    for (uint32_t i = 0; i < TAKEN; i++)
        free(block[i]);
    return 0;
}

static void test_a_block_that_was_never_allocated_is_refused(void **state)
{
    (void)state;
    if (blocks_have_tags())
        skip();
    expect_abort(free_what_was_never_allocated,
                 phase_has_rung("bitmap") ? "its slab has it already" : "was not handed out");
}

/* All but one of its slab go back; that one twice, so that the first time ends the slab. What is
 * freed before and after are more blocks than an array holds. */
static int free_the_last_of_a_slab_twice(void *argument)
{
    static void *other[BLOCKS];

    (void)argument;
    for (uint32_t i = 0; i < BLOCKS; i++)
        block[i] = malloc(SIZE);
    for (uint32_t i = 0; i < BLOCKS; i++)
        other[i] = malloc(SIZE);
    for (uint32_t i = 0; i < BLOCKS; i++)
        if (i != BLOCKS / 2)
            free(block[i]);
    hidden = block[BLOCKS / 2];
    release(hidden);
    release(hidden);
    for (uint32_t i = 0; i < BLOCKS; i++)
        free(other[i]);
    return 0;
}

static void test_a_double_free_of_a_slab_s_last_block_is_refused(void **state)
{
    (void)state;
    if (blocks_have_tags())
        skip();
    expect_abort(free_the_last_of_a_slab_twice, "in a slab without live blocks");
}

/* What a free block has behind its link, where a slab links them (core/superslab.h). */
static void test_a_program_s_bytes_are_no_double_free(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < BLOCKS; i++) {
        block[i] = malloc(SIZE);
        uintptr_t const mark = ~(uintptr_t)block[i];
        memcpy(block[i] + sizeof(void *), &mark, sizeof mark);
    }
    for (uint32_t i = 0; i < BLOCKS; i += 2) /* one of them is on the list of the other's slab */
        free(block[i]);
    for (uint32_t i = 1; i < BLOCKS; i += 2)
        free(block[i]);
    send_back(SIZE);
}

static void *allocate_and_free(void *intact)
{
    uint8_t *const own = malloc(SIZE);

    pattern_write(own, SIZE, 1);
    *(bool *)intact = pattern_holds(own, SIZE, 1);
    free(own);
    return NULL;
}

/* It has no arrays: every block comes from its slab and goes to it. */
static int live_without_room(void *argument)
{
    pthread_t thread;
    bool intact = false;

    (void)argument;
    block[0] = malloc(SIZE); /* so that what is mapped once is there */
    next_mmap_fails();
    if (pthread_create(&thread, NULL, allocate_and_free, &intact) != 0)
        return 2;
    pthread_join(thread, NULL);
    return !intact || (!blocks_have_tags() && !mmap_failed());
}

static void test_a_thread_without_memory_for_arrays_lives_and_ends(void **state)
{
    struct child child;
    (void)state;

    if (never_frees())
        skip(); /* its first request of a thread is the one that fails */
    child_run(&child, live_without_room, NULL);
    assert_true(child_succeeded(&child));
}

static void test_an_array_that_cannot_grow_is_drained(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < BLOCKS; i++) {
        block[i] = malloc(SIZE);
        pattern_write(block[i], SIZE, i);
    }
    errno = 0;
    next_mmap_fails();
    for (uint32_t i = 0; i < BLOCKS; i++) {
        assert_true(pattern_holds(block[i], SIZE, i));
        free(block[i]);
    }
    assert_int_equal(errno, 0);
    if (phase_has_rung("adaptive"))
        assert_true(mmap_failed());
    atomic_store(&mmap_fails, 0);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_a_slab_without_blocks_has_no_sizes), /* where few slabs are in use */
        cmocka_unit_test(test_an_array_that_cannot_grow_is_drained),
        cmocka_unit_test(test_a_block_that_was_never_allocated_is_refused),
        cmocka_unit_test(test_a_double_free_of_a_slab_s_last_block_is_refused),
        cmocka_unit_test(test_a_program_s_bytes_are_no_double_free),
        cmocka_unit_test(test_a_thread_without_memory_for_arrays_lives_and_ends),
    };
    if (!preloaded_object_serves("malloc"))
        return 1;
    return cmocka_run_group_tests_name("arrays", tests, NULL, NULL);
}
