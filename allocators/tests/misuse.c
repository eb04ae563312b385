/* misuse.c -- tests that a pointer of no live block ends the program by a message naming it.
 *
 * Each misuse happens in a child, which must die of SIGABRT and not live to say "survived".
 *
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "tests/child.h"
#include "tests/named_pointer.h"
#include "tests/preloaded.h"

#include <malloc.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>

#include <cmocka.h>

#include "tests/checks.h"

enum { SURVIVED = 77 };

/* One size in each of Tiny's larger and smaller classes, and one in each of Small-Mid's. */
static size_t const sizes[] = {0, 8, 24, 40, 100, 200, 256, 400, 512, 800, 1024, 1500, 2000};
enum { SIZE_COUNT = sizeof sizes / sizeof *sizes };

/* Through memory, so that neither compiler nor analyser sees the deliberate misuse. */
static void *volatile hidden;
static void (*volatile const release)(void *) = free;
static void *(*volatile const resize)(void *, size_t) = realloc;

struct misuse {
    size_t size;
    uint8_t byte_before; /* what stands where the tag should be */
    void *(*pointer)(struct misuse const *misuse, uint8_t **block); /* where a tag leads astray */
};

/* A peer may die in any way; it must only notice. */
static bool died_of_it(struct child const *child, bool by_c_library)
{
    if (getenv("SLABLAB_PEER") != NULL)
        return child->status != -1 && WIFSIGNALED(child->status);
    return child_aborted(child) && (names_pointer(child->text) || by_c_library);
}

static void assert_dies(child_function *function, struct misuse misuse)
{
    struct child child;

    /* bump keeps a size in the slot: with a tag of 0 it is a chunk's, refused by the C library. */
    bool const by_c_library = never_frees() && misuse.byte_before == 0;
    child_run(&child, function, &misuse);
    if (!died_of_it(&child, by_c_library))
        fail_msg("size %zu, byte 0x%x: wait status 0x%x, stderr: %s", misuse.size,
                 (unsigned)misuse.byte_before, (unsigned)child.status, child.text);
}

/* An aligned pointer into the middle of a page that the test mapped itself. */
static void *foreign_pointer(uint8_t byte_before)
{
    uint8_t *const page =
        mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (page == MAP_FAILED)
        _exit(1);
    page[2047] = byte_before;
    say_pointer(page + 2048);
    return page + 2048;
}

static int free_foreign(void *argument)
{
    hidden = foreign_pointer(((struct misuse const *)argument)->byte_before);
    release(hidden);
    return SURVIVED;
}

/* Its tag is that of a live block of the size. Small-Mid's list is full by then, so it spills at
 * once; Tiny's takes it and goes back to the slabs on the 1,024th free. There the tag's slab is
 * checked. */
static int free_foreign_with_a_tag(void *argument)
{
    enum { BLOCKS = 3000 };
    static uint8_t *block[BLOCKS];
    size_t const size = ((struct misuse const *)argument)->size;

    for (uint32_t i = 0; i < BLOCKS; i++)
        block[i] = malloc(size);
    for (uint32_t i = 0; i < 100; i++)
        free(block[i]);
    hidden = foreign_pointer(block[100][-1]);
    release(hidden);
    for (uint32_t i = 100; i < BLOCKS; i++)
        free(block[i]);
    return SURVIVED;
}

enum { ASTRAY_BLOCKS = 6000 };

/* A block of another class, Tiny's or Small-Mid's as those of the size are. */
static void *block_of_another_class(struct misuse const *misuse, uint8_t **block)
{
    (void)misuse;
    return malloc(block[0][-1] < 0xB0 ? 100 : 800);
}

static void *middle_of_a_block(struct misuse const *misuse, uint8_t **block)
{
    (void)misuse;
    return block[0] + 48;
}

/* It came back with all of its neighbours, and they went back to the slab. */
static void *block_of_an_empty_slab(struct misuse const *misuse, uint8_t **block)
{
    (void)misuse;
    for (uint32_t i = 0; i < ASTRAY_BLOCKS / 2; i++)
        free(block[i]);
    return block[0];
}

/* Between SuperSlabs: the kernel lays the next mappings around this one. */
static void *memory_between(struct misuse const *misuse, uint8_t **block)
{
    size_t const unit = 1 << 20;
    uint8_t *const memory =
        mmap(NULL, 4 * unit, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (memory == MAP_FAILED)
        _exit(1);
    for (uint32_t i = 0; i < ASTRAY_BLOCKS / 2; i++)
        block[i] = malloc(misuse->size);
    return memory + (unit - (uintptr_t)memory % unit) + unit + 2048;
}

/* Its tag is right, but its slab is not; that is detected when the thread's list is drained. */
static int free_astray(void *argument)
{
    struct misuse const *const misuse = argument;
    static uint8_t *block[ASTRAY_BLOCKS];

    for (uint32_t i = 0; i < ASTRAY_BLOCKS; i++)
        block[i] = malloc(misuse->size);
    uint8_t *const pointer = misuse->pointer(misuse, block);
    pointer[-1] = block[ASTRAY_BLOCKS - 1][-1];
    say_pointer(pointer);
    hidden = pointer;
    for (uint32_t i = ASTRAY_BLOCKS / 2; i < ASTRAY_BLOCKS; i++) {
        if (i == ASTRAY_BLOCKS / 2 + 100) /* Small-Mid's list is full by now */
            release(hidden);
        free(block[i]);
    }
    return SURVIVED;
}

static int realloc_foreign(void *argument)
{
    hidden = foreign_pointer(((struct misuse const *)argument)->byte_before);
    hidden = resize(hidden, 100);
    return SURVIVED;
}

static int ask_size_of_foreign(void *argument)
{
    hidden = foreign_pointer(((struct misuse const *)argument)->byte_before);
    return malloc_usable_size(hidden) == 0 ? SURVIVED : SURVIVED + 1;
}

static int free_misaligned(void *argument)
{
    hidden = malloc(((struct misuse const *)argument)->size);
    memset(hidden, 0x11, 16);
    hidden = (uint8_t *)hidden + 8;
    say_pointer(hidden);
    release(hidden);
    send_back(((struct misuse const *)argument)->size);
    return SURVIVED;
}

static int free_twice(void *argument)
{
    hidden = malloc(((struct misuse const *)argument)->size);
    say_pointer(hidden);
    release(hidden);
    release(hidden);
    send_back(((struct misuse const *)argument)->size);
    return SURVIVED;
}

static int free_twice_with_another_between(void *argument)
{
    size_t const size = ((struct misuse const *)argument)->size;
    void *const other = malloc(size);

    hidden = malloc(size);
    say_pointer(hidden);
    release(hidden);
    free(other);
    release(hidden);
    send_back(size);
    return SURVIVED;
}

/* So many frees lie between that the first one went back from the thread's list to its slab. */
static int free_twice_with_a_drain_between(void *argument)
{
    enum { BETWEEN = 3000 };
    static void *others[BETWEEN];
    size_t const size = ((struct misuse const *)argument)->size;

    hidden = malloc(size);
    say_pointer(hidden);
    for (uint32_t i = 0; i < BETWEEN; i++)
        others[i] = malloc(size);
    release(hidden);
    for (uint32_t i = 0; i < BETWEEN; i++)
        free(others[i]);
    release(hidden);
    send_back(size);
    return SURVIVED;
}

static int realloc_freed(void *argument)
{
    size_t const size = ((struct misuse const *)argument)->size;

    hidden = malloc(size);
    say_pointer(hidden);
    release(hidden);
    hidden = resize(hidden, size + 3000);
    send_back(size);
    return SURVIVED;
}

/* The block in front was written 8 bytes too far: the last of them is where this block's tag is. */
static void overwrite_tag(struct misuse const *misuse)
{
    hidden = malloc(misuse->size);
    say_pointer(hidden);
    ((uint8_t volatile *)hidden)[-1] = misuse->byte_before;
}

static int free_overrun(void *argument)
{
    overwrite_tag(argument);
    release(hidden);
    return SURVIVED;
}

static int realloc_overrun(void *argument)
{
    overwrite_tag(argument);
    hidden = resize(hidden, 3000);
    return SURVIVED;
}

static uint8_t const no_tags[] = {0x00, 0x01, 0x41, 0x5c, 0x7f, 0xff};
enum { NO_TAG_COUNT = sizeof no_tags / sizeof *no_tags };

static void test_pointers_never_allocated(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < NO_TAG_COUNT; i++) {
        struct misuse const misuse = {.byte_before = no_tags[i]};
        assert_dies(free_foreign, misuse);
        assert_dies(realloc_foreign, misuse);
        assert_dies(ask_size_of_foreign, misuse);
    }
}

/* A limit: where a phase has Small-Mid but it is off, its list keeps such a pointer unseen. */
static bool small_mid_takes_its_tag_unused(void)
{
    char const *const on = getenv("SLABLAB_SMALLMID");

    return strncmp(expected_object(), "libphase17-", strlen("libphase17-")) == 0 &&
           (on == NULL || strcmp(on, "1") != 0);
}

/* Of the first class and the last, and of 256 B, which is Small-Mid's where that is on. Where it is
 * off, or there is none, its tag is refused, but for what the limit above says. */
static void test_foreign_pointers_with_a_live_tag(void **state)
{
    (void)state;
    if (never_frees())
        skip();
    assert_dies(free_foreign_with_a_tag, (struct misuse){.size = 8});
    assert_dies(free_foreign_with_a_tag, (struct misuse){.size = 2000});
    assert_dies(free_foreign_with_a_tag, (struct misuse){.size = 256});
    if (!small_mid_takes_its_tag_unused() && getenv("SLABLAB_SMALLMID") == NULL)
        assert_dies(free_foreign, (struct misuse){.byte_before = 0xB0});
}

static void test_live_tags_that_lead_astray(void **state)
{
    (void)state;
    if (never_frees())
        skip();
    if (blocks_have_tags()) /* else it is a block like any other */
        assert_dies(free_astray, (struct misuse){2000, 0, block_of_another_class});
    assert_dies(free_astray, (struct misuse){2000, 0, middle_of_a_block});
    assert_dies(free_astray, (struct misuse){2000, 0, block_of_an_empty_slab});
    assert_dies(free_astray, (struct misuse){2000, 0, memory_between});
    if (getenv("SLABLAB_SMALLMID") == NULL || small_mid_takes_its_tag_unused())
        return;
    assert_dies(free_astray, (struct misuse){256, 0, block_of_another_class});
    assert_dies(free_astray, (struct misuse){256, 0, middle_of_a_block});
    assert_dies(free_astray, (struct misuse){256, 0, memory_between});
}

static int free_twice_unheard(void *argument)
{
    close(STDERR_FILENO);
    return free_twice(argument);
}

static void test_stderr_may_be_closed(void **state)
{
    struct misuse misuse = {.size = 100};
    struct child child;
    (void)state;

    if (never_frees())
        skip();
    child_run(&child, free_twice_unheard, &misuse);
    assert_true(child_aborted(&child));
}

static void test_misaligned_pointers(void **state)
{
    (void)state;
    for (uint32_t i = 2; i < SIZE_COUNT; i++)
        assert_dies(free_misaligned, (struct misuse){.size = sizes[i]});
}

static void test_double_free(void **state)
{
    (void)state;
    if (never_frees())
        skip();
    for (uint32_t i = 0; i < SIZE_COUNT; i++) {
        assert_dies(free_twice, (struct misuse){.size = sizes[i]});
        assert_dies(free_twice_with_another_between, (struct misuse){.size = sizes[i]});
        assert_dies(free_twice_with_a_drain_between, (struct misuse){.size = sizes[i]});
    }
}

static void test_realloc_of_a_freed_block(void **state)
{
    (void)state;
    if (never_frees())
        skip();
    for (uint32_t i = 0; i < SIZE_COUNT; i++)
        assert_dies(realloc_freed, (struct misuse){.size = sizes[i]});
}

static void test_overrun_tag(void **state)
{
    (void)state;
    if (!blocks_have_tags())
        skip();
    for (uint32_t i = 0; i < SIZE_COUNT; i++)
        for (uint32_t byte = 0; byte < NO_TAG_COUNT; byte++) {
            struct misuse const misuse = {.size = sizes[i], .byte_before = no_tags[byte]};
            assert_dies(free_overrun, misuse);
            assert_dies(realloc_overrun, misuse);
        }
}

static void test_the_preloaded_object_serves(void **state)
{
    (void)state;
    assert_true(preloaded_object_serves("free"));
}

int main(int argc, char **argv)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_the_preloaded_object_serves),
        cmocka_unit_test(test_pointers_never_allocated),
        cmocka_unit_test(test_foreign_pointers_with_a_live_tag),
        cmocka_unit_test(test_live_tags_that_lead_astray),
        cmocka_unit_test(test_stderr_may_be_closed),
        cmocka_unit_test(test_misaligned_pointers),
        cmocka_unit_test(test_double_free),
        cmocka_unit_test(test_realloc_of_a_freed_block),
        cmocka_unit_test(test_overrun_tag),
    };
    return CHECKS_RUN(argc, argv, "misuse", tests);
}
