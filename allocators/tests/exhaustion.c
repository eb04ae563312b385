/* exhaustion.c -- tests that the allocator survives when the kernel gives no more memory.
 *
 * Each case runs in a child whose address space is limited to a little more than it has already.
 *
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "tests/child.h"
#include "tests/pattern.h"
#include "tests/preloaded.h"

#include <errno.h>
#include <malloc.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

enum { MEDIUM_MAX = 32768, OTHER = 1000, OTHERS = 10000, ROOM_BYTES = 64 << 20, PAYLOAD = 16 };

/* Every block heads the list of those before it, so the test needs no memory of its own. */
struct chain {
    struct chain *next;
    uint32_t owner;
};

static bool limit_address_space(size_t room)
{
    char text[128] = {0};
    FILE *const file = fopen("/proc/self/statm", "re");

    if (file == NULL)
        return false;
    setvbuf(file, NULL, _IONBF, 0);
    size_t const got = fread(text, 1, sizeof text - 1, file);
    fclose(file);
    rlim_t const used = (rlim_t)strtoul(text, NULL, 10) * (rlim_t)sysconf(_SC_PAGESIZE);
    struct rlimit const limit = {used + room, used + room};
    return got > 0 && setrlimit(RLIMIT_AS, &limit) == 0;
}

/* How many blocks could be had before the first NULL, which left its errno. */
static uint32_t exhaust(struct chain **chain, size_t size)
{
    uint32_t count = 0;

    *chain = NULL;
    for (;;) {
        errno = 0;
        struct chain *const block = malloc(size);
        if (block == NULL)
            return count;
        *block = (struct chain){*chain, count++};
        *chain = block;
    }
}

static bool release(struct chain *chain, uint32_t count)
{
    while (chain != NULL) {
        struct chain *const next = chain->next;
        if (chain->owner != --count)
            return false;
        free(chain);
        chain = next;
    }
    return count == 0;
}

/* Exit statuses say which promise was broken: see the text of each in test_exhaustion. */
enum broken {
    KEPT,
    NO_LIMIT,
    NEVER_FULL,
    NOT_ENOMEM,
    CONTENTS_LOST,
    BLOCKS_LOST,
    NOTHING_AFTER_FREE
};

/* errno was 0 before the call that gave this block. */
static bool is_refusal(void *block)
{
    bool const refused = block == NULL && errno == ENOMEM;

    free(block);
    return refused;
}

static enum broken check_refusals(struct chain *block, size_t size)
{
    void *untouched = block;
    uint32_t const owner = block->owner;

    errno = 0;
    if (!is_refusal(calloc(1, ROOM_BYTES)))
        return NOT_ENOMEM;
    errno = 0;
    if (!is_refusal(memalign(4096, ROOM_BYTES)))
        return NOT_ENOMEM;
    errno = 0;
    if (!is_refusal(realloc(block, size + ROOM_BYTES)))
        return NOT_ENOMEM;
    if (posix_memalign(&untouched, 64, ROOM_BYTES) != ENOMEM || untouched != (void *)block)
        return NOT_ENOMEM;
    return block->owner == owner ? KEPT : CONTENTS_LOST;
}

/* What was freed, and is kept for the next of its size, gives way to other sizes. */
static bool has_room_for_others(size_t size)
{
    if (!phase_has_rung("large") || size <= MEDIUM_MAX)
        return true;
    struct chain *chain = NULL;
    uint32_t count = 0;

    for (struct chain *next = NULL; count < OTHERS && (next = malloc(OTHER)) != NULL; count++) {
        *next = (struct chain){chain, count};
        chain = next;
    }
    void *const longer = malloc(ROOM_BYTES / 2);
    free(longer);
    return count == OTHERS && release(chain, count) && longer != NULL;
}

static int exhaust_in_child(void *argument)
{
    size_t const size = *(size_t const *)argument;
    struct chain *chain = NULL;

    if (!limit_address_space(ROOM_BYTES))
        return NO_LIMIT;
    uint32_t const count = exhaust(&chain, size);
    if (errno != ENOMEM)
        return NOT_ENOMEM;
    if (count == 0 || (size_t)count * size > 2 * (size_t)ROOM_BYTES)
        return NEVER_FULL;
    enum broken const broken = check_refusals(chain, size);
    if (broken != KEPT)
        return broken;
    if (!release(chain, count))
        return BLOCKS_LOST;
    if (never_frees())
        return KEPT;
    void *const again = malloc(size);
    free(again);
    return again != NULL && has_room_for_others(size) ? KEPT : NOTHING_AFTER_FREE;
}

static void test_exhaustion(void **state)
{
    static char const *const meaning[] = {
        [KEPT] = "all kept",
        [NO_LIMIT] = "the address space could not be limited",
        [NEVER_FULL] = "no block at all, or more than the limit leaves room for",
        [NOT_ENOMEM] = "what cannot fit was not refused with ENOMEM",
        [CONTENTS_LOST] = "a refused realloc changed the block",
        [BLOCKS_LOST] = "the blocks that were had are not those that were written",
        [NOTHING_AFTER_FREE] = "no memory although all of it was freed"};
    static size_t const sizes[] = {PAYLOAD, 40, 248, 500, 1000, 2000, 5000, 100000, 3 << 20};
    (void)state;

    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct child child;
        size_t size = sizes[i];
        child_run(&child, exhaust_in_child, &size);
        if (child_succeeded(&child))
            continue;
        bool const said = child.status != -1 && WIFEXITED(child.status) &&
                          WEXITSTATUS(child.status) <= NOTHING_AFTER_FREE;
        fail_msg("size %zu, wait status 0x%x: %s%s", size, (unsigned)child.status,
                 said ? meaning[WEXITSTATUS(child.status)] : "died: ", child.text);
    }
}

static void test_the_preloaded_object_serves(void **state)
{
    (void)state;
    assert_true(preloaded_object_serves("malloc"));
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_the_preloaded_object_serves),
        cmocka_unit_test(test_exhaustion),
    };
    return cmocka_run_group_tests_name("exhaustion", tests, NULL, NULL);
}
