/* bad_input.c -- tests BAD_INPUT.md's statements that misuse.c does not cover.
 *
 * Undetected misuse is tested as well, so that every line of the table stays true.
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

enum { MMAP_FAILURES = 100, BLOCKS_MAX = 200000 };

static size_t const sizes[] = {8, 24, 100, 256, 400, 512, 800, 1024, 2000};
enum { SIZE_COUNT = sizeof sizes / sizeof *sizes };

/* Through memory, so that neither compiler nor analyser sees the deliberate misuse. */
static void *volatile hidden;
static void (*volatile const release)(void *) = free;
static void *(*volatile const align)(size_t, size_t) = memalign;

/* The allocator's mmap, since a program's symbols come before those of its libraries; the C
 * library's allocator does not call it by this name. */
static atomic_uint mmap_calls;
static atomic_uint mmap_fails; /* this call fails, counted from 1; 0: none */

void *mmap(void *address, size_t bytes, int protection, int flags, int descriptor, off_t offset)
{
    if (atomic_fetch_add(&mmap_calls, 1) + 1 == atomic_load(&mmap_fails)) {
        errno = EAGAIN; /* the kernel's other word for it */
        return MAP_FAILED;
    }
    return (void *)syscall(SYS_mmap, address, bytes, protection, flags, descriptor, offset);
}

static bool aborted_with_message(struct child const *child)
{
    return child_aborted(child) && strstr(child->text, "slablab ") != NULL &&
           strstr(child->text, "try: ") != NULL;
}

static int free_one(void *argument)
{
    (void)argument;
    hidden = (void *)1;
    release(hidden);
    return 0;
}

/* The tag of 0x1 would be at address 0, which is not readable. */
static void test_an_unmapped_pointer_faults(void **state)
{
    struct child child;
    (void)state;

    child_run(&child, free_one, NULL);
    assert_true(child.status != -1 && WIFSIGNALED(child.status));
    assert_int_equal(WTERMSIG(child.status), SIGSEGV);
}

static int free_stack(void *argument)
{
    _Alignas(16) uint8_t volatile stack[64] = {0};

    (void)argument;
    stack[15] = 0x41;
    hidden = (void *)(uintptr_t)&stack[16];
    release(hidden);
    return 0;
}

static void test_the_stack_is_refused(void **state)
{
    struct child child;
    (void)state;

    child_run(&child, free_stack, NULL);
    assert_true(aborted_with_message(&child));
}

static void *free_hidden(void *barrier)
{
    pthread_barrier_wait(barrier);
    release(hidden);
    return NULL;
}

/* The thread is started before: starting it later would take the freed block. */
static int free_in_two_threads(void *argument)
{
    pthread_barrier_t barrier;
    pthread_t thread;

    pthread_barrier_init(&barrier, NULL, 2);
    if (pthread_create(&thread, NULL, free_hidden, &barrier) != 0)
        return 2;
    hidden = malloc(*(size_t const *)argument);
    release(hidden);
    pthread_barrier_wait(&barrier);
    pthread_join(thread, NULL);
    send_back(*(size_t const *)argument);
    return 0;
}

static void test_a_double_free_in_another_thread_is_refused(void **state)
{
    (void)state;
    if (never_frees())
        skip();
    for (uint32_t i = 0; i < SIZE_COUNT; i++) {
        struct child child;
        size_t size = sizes[i];
        child_run(&child, free_in_two_threads, &size);
        assert_true(aborted_with_message(&child));
    }
}

/* The block has a new owner, which loses it. */
static int free_again_after_reuse(void *argument)
{
    size_t const size = *(size_t const *)argument;
    void *const stale = malloc(size);

    hidden = stale;
    release(hidden);
    hidden = malloc(size);
    bool const taken = hidden == stale;
    release(stale);
    return !taken;
}

static void test_a_double_free_after_reuse_is_undetected(void **state)
{
    (void)state;
    if (never_frees())
        skip();
    for (uint32_t i = 0; i < SIZE_COUNT; i++) {
        struct child child;
        size_t size = sizes[i];
        child_run(&child, free_again_after_reuse, &size);
        assert_true(child_succeeded(&child));
    }
}

/* The first bytes of a free block are its list's link, but where the thread has an array: the
 * second allocation follows it. */
static int write_after_free(void *argument)
{
    size_t const size = *(size_t const *)argument;

    hidden = malloc(size);
    release(hidden);
    memset(hidden, 0x41, 8);
    hidden = malloc(size);
    hidden = malloc(size);
    return 0;
}

static void test_a_write_to_a_free_block_faults_later(void **state)
{
    (void)state;
    if (never_frees() || !blocks_have_tags())
        skip();
    for (uint32_t i = 0; i < SIZE_COUNT; i++) {
        struct child child;
        size_t size = sizes[i];
        child_run(&child, write_after_free, &size);
        assert_true(child.status != -1 && WIFSIGNALED(child.status));
        assert_int_equal(WTERMSIG(child.status), SIGSEGV);
    }
}

static void test_a_write_to_a_free_block_of_an_array_is_undetected(void **state)
{
    (void)state;
    if (blocks_have_tags())
        skip();
    for (uint32_t i = 0; i < SIZE_COUNT; i++) {
        struct child child;
        size_t size = sizes[i];
        child_run(&child, write_after_free, &size);
        assert_true(child_succeeded(&child));
    }
}

/* It is on its slab's list once it has left the array: then the blocks of the list are taken. */
static int write_after_send_back(void *argument)
{
    enum { BLOCKS = 3000 };
    static void *block[BLOCKS];
    size_t const size = *(size_t const *)argument;

    for (uint32_t i = 0; i < BLOCKS; i++)
        block[i] = malloc(size);
    for (uint32_t i = 0; i < BLOCKS; i += 2) /* no slab becomes empty */
        free(block[i]);
    memset(block[0], 0x41, 8);
    for (uint32_t i = 0; i < BLOCKS; i++)
        block[i] = malloc(size);
    return 0;
}

/* Where a slab links its blocks; others keep what is free elsewhere. */
static void test_a_write_to_a_block_on_a_slabs_list(void **state)
{
    bool const links = strcmp(expected_object(), "liboutband.so") == 0;
    (void)state;

    if (blocks_have_tags())
        skip();
    for (uint32_t i = 0; i < SIZE_COUNT; i++) {
        struct child child;
        size_t size = sizes[i];
        child_run(&child, write_after_send_back, &size);
        assert_int_equal(child_succeeded(&child), !links);
        assert_true(!links || (WIFSIGNALED(child.status) && WTERMSIG(child.status) == SIGSEGV));
    }
}

static void test_the_size_of_a_freed_block_is_its_classs(void **state)
{
    (void)state;
    if (blocks_have_tags())
        skip();
    for (uint32_t i = 0; i < SIZE_COUNT; i++) {
        hidden = malloc(sizes[i]);
        size_t const usable = malloc_usable_size(hidden);
        release(hidden);
        assert_int_equal(malloc_usable_size(hidden), usable);
        assert_int_equal(malloc_usable_size((uint8_t *)hidden + 8), usable);
    }
}

/* Without tags blocks touch: what is written past the end of one is in the next. */
static int overrun_into_the_next(void *argument)
{
    enum { BLOCKS = 64 };
    uint8_t *block[BLOCKS];
    uint32_t harmed = 0;

    for (uint32_t i = 0; i < BLOCKS; i++) {
        block[i] = malloc(*(size_t const *)argument);
        memset(block[i], 0, malloc_usable_size(block[i]));
    }
    hidden = block[BLOCKS / 2];
    memset(hidden, 0x55, malloc_usable_size(hidden) + 1);
    for (uint32_t i = 0; i < BLOCKS; i++)
        harmed += i != BLOCKS / 2 && block[i][0] == 0x55;
    for (uint32_t i = 0; i < BLOCKS; i++)
        free(block[i]);
    return harmed != 1;
}

static void test_an_overrun_without_tags_is_the_next_blocks(void **state)
{
    (void)state;
    if (blocks_have_tags())
        skip();
    for (uint32_t i = 0; i < SIZE_COUNT; i++) {
        struct child child;
        size_t size = sizes[i];
        child_run(&child, overrun_into_the_next, &size);
        assert_true(child_succeeded(&child));
    }
}

/* Past the usable end, all but the last byte of the slot behind it. */
static int overrun_short(void *argument)
{
    size_t const size = *(size_t const *)argument;
    void *block[4];

    for (uint32_t i = 0; i < 4; i++)
        block[i] = malloc(size);
    for (uint32_t i = 0; i < 4; i++) {
        hidden = block[i];
        memset((uint8_t *)hidden + malloc_usable_size(hidden), 0x55, 7);
    }
    for (uint32_t i = 0; i < 4; i++)
        free(block[i]);
    return 0;
}

static void test_an_overrun_of_7_bytes_is_undetected(void **state)
{
    (void)state;
    if (never_frees())
        skip(); /* its slot holds the size there */
    for (uint32_t i = 0; i < SIZE_COUNT; i++) {
        struct child child;
        size_t size = sizes[i];
        child_run(&child, overrun_short, &size);
        assert_true(child_succeeded(&child));
    }
}

static void test_absurd_alignments_are_refused(void **state)
{
    static size_t const alignments[] = {((size_t)1 << 63) + 1, SIZE_MAX};
    (void)state;

    for (uint32_t i = 0; i < 2; i++) {
        errno = 0;
        hidden = align(alignments[i], 8);
        assert_null(hidden);
        assert_true(errno == EINVAL || errno == ENOMEM);
    }
    errno = 0;
    hidden = align((size_t)1 << 62, 8);
    assert_null(hidden);
    assert_int_equal(errno, ENOMEM);
}

/* The n-th call from now fails. A page mapped in between leaves the first of two mappings
 * unaligned, so that the second one must compensate. */
static void mmap_arm(uint32_t calls)
{
    int const flags = MAP_PRIVATE | MAP_ANONYMOUS;

    if (calls == 2)
        assert_true(syscall(SYS_mmap, NULL, 4096, PROT_NONE, flags, -1, 0) != -1);
    atomic_store(&mmap_fails, atomic_load(&mmap_calls) + calls);
}

/* Allocates until the armed failure occurs; then all blocks so far are intact, and the next request
 * is served. So the k-th mmap fails for every k up to MMAP_FAILURES, in one process. */
static void test_every_mmap_that_fails_is_survived(void **state)
{
    static uint8_t *block[BLOCKS_MAX];
    uint32_t count = 0;
    uint32_t failures = 0;
    (void)state;

    while (failures < MMAP_FAILURES) {
        mmap_arm(1 + failures % 2);
        for (errno = 0;; count++) {
            assert_true(count < BLOCKS_MAX);
            block[count] = malloc(1000 + 100 * (failures % 10));
            if (block[count] == NULL)
                break;
            pattern_write(block[count], 1000, count);
        }
        assert_int_equal(errno, ENOMEM);
        assert_true(atomic_load(&mmap_calls) >= atomic_load(&mmap_fails));
        failures++;
        block[count] = malloc(1000);
        assert_non_null(block[count]);
        pattern_write(block[count], 1000, count);
        count++;
    }
    for (uint32_t i = 0; i < count; i++) {
        assert_true(pattern_holds(block[i], 1000, i));
        free(block[i]);
    }
    atomic_store(&mmap_fails, 0);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_an_unmapped_pointer_faults),
        cmocka_unit_test(test_the_stack_is_refused),
        cmocka_unit_test(test_a_double_free_in_another_thread_is_refused),
        cmocka_unit_test(test_a_double_free_after_reuse_is_undetected),
        cmocka_unit_test(test_a_write_to_a_free_block_faults_later),
        cmocka_unit_test(test_a_write_to_a_free_block_of_an_array_is_undetected),
        cmocka_unit_test(test_a_write_to_a_block_on_a_slabs_list),
        cmocka_unit_test(test_the_size_of_a_freed_block_is_its_classs),
        cmocka_unit_test(test_an_overrun_without_tags_is_the_next_blocks),
        cmocka_unit_test(test_an_overrun_of_7_bytes_is_undetected),
        cmocka_unit_test(test_absurd_alignments_are_refused),
        cmocka_unit_test(test_every_mmap_that_fails_is_survived),
    };
    if (!preloaded_object_serves("malloc"))
        return 1;
    return cmocka_run_group_tests_name("bad_input", tests, NULL, NULL);
}
