/* walk.h -- a random walk over the whole malloc API, a table of operations with their weights.
 *
 * Every promise is checked where it is made: alignment, usable size and overlap of a new block,
 * contents of one that goes or moves, zeros of calloc, errno of what fails and of what may not set
 * it.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_TESTS_FUZZ_WALK_H
#define SLABLAB_TESTS_FUZZ_WALK_H

#include <errno.h>
#include <sys/wait.h>

#include "tests/fuzz/decisions.h"
#include "tests/fuzz/helper.h"
#include "tests/fuzz/sizes.h"

enum {
    WALK_ALIGNMENT = 16,
    WALK_ERRNO_MARK = 12345, /* an errno that no allocator sets */
    WALK_CHILD_OPERATIONS = 100,
    WALK_CHILD_SECONDS_MAX = 300
};

struct walk {
    struct shadow shadow;
    struct decisions decisions;
    uint32_t owner;
    bool forked; /* a child forks no further */
};

static struct walk walk;

/* Through memory: analysers take `block = realloc(block, size)` for a leak, and compilers warn of
 * products that are meant to overflow. */
static void *(*volatile const walk_realloc)(void *, size_t) = realloc;
static void *(*volatile const walk_reallocarray)(void *, size_t, size_t) = reallocarray;
static void *(*volatile const walk_calloc_hidden)(size_t, size_t) = calloc;

static uint32_t walk_decide(uint32_t limit)
{
    return decide(&walk.decisions, limit);
}

/* A live block, no longer the shadow's. */
static struct shadow_block walk_take(void)
{
    return shadow_remove(&walk.shadow, walk_decide(walk.shadow.count));
}

static void walk_release(struct shadow_block block)
{
    block_verify(&block);
    errno = WALK_ERRNO_MARK;
    free(block.begin);
    require(errno == WALK_ERRNO_MARK, "free changed errno");
}

static void walk_free(void)
{
    if (walk.shadow.count > 0)
        walk_release(walk_take());
    else
        free(NULL);
}

static void walk_keep(void *pointer, size_t size, size_t alignment)
{
    struct shadow_block const block =
        block_make(pointer, size, alignment, walk.owner++, walk_decide(4) == 0);

    while (walk.shadow.count == SHADOW_BLOCKS)
        walk_free();
    shadow_add(&walk.shadow, block);
}

static void walk_malloc(void)
{
    size_t const size = size_any(&walk.decisions);

    walk_keep(malloc(size), size, WALK_ALIGNMENT);
}

static void walk_calloc(void)
{
    size_t const size = size_any(&walk.decisions);
    size_t const count = 1 + walk_decide(4);
    void *const block = walk_decide(2) == 0 ? calloc(count, size) : calloc(size, count);

    require(block != NULL, "no memory");
    require(all_zero(block, count * size), "calloc is not zero");
    walk_keep(block, count * size, WALK_ALIGNMENT);
}

static void walk_resize_to(size_t size, size_t count)
{
    if (walk.shadow.count == 0) {
        void *const block = walk_realloc(NULL, count * size);

        walk_keep(block, count * size, WALK_ALIGNMENT);
        return;
    }
    struct shadow_block const before = walk_take();
    size_t const kept = before.written < count * size ? before.written : count * size;

    block_verify(&before);
    void *const block = count == 1 ? walk_realloc(before.begin, size)
                                   : walk_reallocarray(before.begin, count, size);
    if (count * size == 0) {
        require(block == NULL, "realloc to 0 bytes gave a block");
        return;
    }
    require(block != NULL, "no memory");
    require(pattern_holds(block, kept, before.owner), "realloc lost contents");
    walk_keep(block, count * size, WALK_ALIGNMENT);
}

static void walk_resize(void)
{
    walk_resize_to(size_any(&walk.decisions), 1);
}

static void walk_resize_array(void)
{
    walk_resize_to(size_any(&walk.decisions), 2 + walk_decide(4));
}

static void walk_memalign(void)
{
    size_t const alignment = (size_t)1 << walk_decide(22); /* up to 2 MB */
    size_t const size = size_any(&walk.decisions);
    void *const block =
        walk_decide(2) == 0 ? memalign(alignment, size) : aligned_alloc(alignment, size);

    walk_keep(block, size, alignment > WALK_ALIGNMENT ? alignment : WALK_ALIGNMENT);
}

static void walk_posix_memalign(void)
{
    size_t const alignment = (size_t)8 << walk_decide(19); /* up to 2 MB */
    size_t const size = size_any(&walk.decisions);
    void *block = NULL;

    errno = WALK_ERRNO_MARK;
    require(posix_memalign(&block, alignment, size) == 0, "posix_memalign failed");
    require(errno == WALK_ERRNO_MARK, "posix_memalign changed errno");
    walk_keep(block, size, alignment > WALK_ALIGNMENT ? alignment : WALK_ALIGNMENT);
}

static void walk_pages(void)
{
    size_t const size = size_any(&walk.decisions);

    if (walk_decide(2) == 0)
        walk_keep(valloc(size), size, 4096);
    else
        walk_keep(pvalloc(size), (size + 4095) / 4096 * 4096, 4096);
}

/* A block stays alive while it is looked at. */
static void walk_check(void)
{
    errno = WALK_ERRNO_MARK;
    require(malloc_usable_size(NULL) == 0, "nothing has a usable size");
    if (walk.shadow.count > 0) {
        struct shadow_block const *const block = &walk.shadow.block[walk_decide(walk.shadow.count)];
        block_verify(block);
        shadow_hide(block);
    }
    require(errno == WALK_ERRNO_MARK, "malloc_usable_size changed errno");
}

/* The call before it must have failed. */
static void walk_refused(void const *block)
{
    require(block == NULL, "an impossible request was granted");
    require(errno == ENOMEM, "a refused request did not set ENOMEM");
    errno = 0;
}

static void walk_refuse(void)
{
    size_t const size = size_impossible(&walk.decisions);
    size_t const alignment = (size_t)1 << walk_decide(22);
    void *untouched = &walk;

    errno = 0;
    walk_refused(malloc(size));
    walk_refused(calloc(1, size));
    walk_refused(walk_calloc_hidden((size_t)1 << (32 + walk_decide(32)), (size_t)1 << 32));
    walk_refused(memalign(alignment, size));
    walk_refused(aligned_alloc(alignment, size));
    walk_refused(valloc(size));
    walk_refused(pvalloc(size));
    errno = WALK_ERRNO_MARK;
    require(posix_memalign(&untouched, 64, size) == ENOMEM, "posix_memalign gave the impossible");
    require(posix_memalign(&untouched, 24, 8) == EINVAL, "an alignment of 24 is not invalid");
    require(posix_memalign(&untouched, 4, 8) == EINVAL, "an alignment of 4 is not invalid");
    require(errno == WALK_ERRNO_MARK, "posix_memalign changed errno");
    require(untouched == &walk, "posix_memalign wrote a pointer but failed");
    if (walk.shadow.count == 0)
        return;
    struct shadow_block const *const block = &walk.shadow.block[walk_decide(walk.shadow.count)];
    errno = 0;
    walk_refused(walk_realloc(block->begin, size));
    walk_refused(walk_reallocarray(block->begin, (size_t)1 << 60, 16 + walk_decide(100)));
    block_verify(block); /* a block that was refused more is still what it was */
    shadow_hide(block);
}

/* One size so often that lists are filled and drained, slabs emptied and taken again. */
static void walk_burst(void)
{
    size_t const size = size_small(&walk.decisions);
    uint32_t const kind = walk_decide(8);
    uint32_t const count = kind == 0 ? 1100 + walk_decide(400) : walk_decide(64);
    uint32_t const first = walk.shadow.count;

    for (uint32_t i = 0; i < count && walk.shadow.count < SHADOW_BLOCKS; i++)
        shadow_add(&walk.shadow,
                   block_make(malloc(size), size, WALK_ALIGNMENT, walk.owner++, false));
    while (kind % 2 == 0 && walk.shadow.count > first) /* the other half stays */
        walk_release(shadow_remove(&walk.shadow, walk.shadow.count - 1));
}

/* All blocks die, or most of them. */
static void walk_drop(void)
{
    uint32_t const kept = walk_decide(4) * walk_decide(20);

    while (walk.shadow.count > kept)
        walk_free();
}

/* The second thread is given blocks and, meanwhile, makes some. */
static void walk_hand(void)
{
    uint32_t const kind = walk_decide(16);
    uint32_t const count = kind == 0 ? HELPER_BLOCKS : walk_decide(40);

    helper_wait(&walk.shadow);
    while (helper.given_count < count && walk.shadow.count > 0)
        helper.given[helper.given_count++] = walk_take();
    helper.made_size = size_small(&walk.decisions);
    helper.made_count = kind == 1 ? HELPER_BLOCKS : walk_decide(40);
    helper_hand();
}

static void walk_collect(void)
{
    helper_wait(&walk.shadow);
}

static void walk_end_thread(void)
{
    helper_end(&walk.shadow);
}

static void walk_on(uint64_t operations);

/* The child lives on with what it inherited. At the fork the second thread may be anywhere, often
 * holding a lock. */
static void walk_fork(void)
{
    uint64_t const seed = walk.owner * UINT64_C(65536) + walk_decide(65536);
    int status = -1;

    if (walk.forked)
        return;
    helper_wait(&walk.shadow);
    helper.made_count = HELPER_BLOCKS;
    helper.made_size = size_small(&walk.decisions);
    helper_hand();
    pid_t const child = fork();
    if (child == 0) {
        alarm(WALK_CHILD_SECONDS_MAX); /* a lock that was held at the fork is held for ever */
        helper_forget();
        walk.forked = true;
        walk.decisions = decisions_of_seed(seed);
        walk_on(WALK_CHILD_OPERATIONS);
        walk_drop();
        helper_end(&walk.shadow);
        _exit(0);
    }
    require(child > 0 && waitpid(child, &status, 0) == child, "no child");
    require(status == 0, "the forked child failed");
}

struct walk_operation {
    char const *name;
    void (*function)(void);
    uint32_t weight; /* of 1,024; the last one has what is left */
};

static struct walk_operation const walk_operations[] = {
    {"malloc", walk_malloc, 270},
    {"free", walk_free, 310},
    {"realloc", walk_resize, 130},
    {"calloc", walk_calloc, 70},
    {"hand to the second thread", walk_hand, 30},
    {"memalign", walk_memalign, 30},
    {"posix_memalign", walk_posix_memalign, 20},
    {"collect from the second thread", walk_collect, 20},
    {"reallocarray", walk_resize_array, 20},
    {"refused requests", walk_refuse, 20},
    {"burst", walk_burst, 10},
    {"valloc or pvalloc", walk_pages, 8},
    {"drop", walk_drop, 4},
    {"end of the second thread", walk_end_thread, 4},
    {"fork", walk_fork, 1},
    {"check", walk_check, 1024},
};

static void walk_step(void)
{
    uint32_t drawn = walk_decide(1024);
    uint32_t i = 0;

    while (drawn >= walk_operations[i].weight)
        drawn -= walk_operations[i++].weight;
    if (!walk.forked)
        whereabouts->operation = walk_operations[i].name;
    walk_operations[i].function();
}

/* So many operations, or till the input ends. */
static void walk_on(uint64_t operations)
{
    for (uint64_t i = 0; i < operations && !decisions_end(&walk.decisions); i++) {
        walk_step();
        if (!walk.forked)
            atomic_fetch_add(&whereabouts->number, 1);
    }
}

/* Everything goes back, so that everything was checked. */
static void walk_end(void)
{
    whereabouts->operation = "end";
    helper_end(&walk.shadow);
    while (walk.shadow.count > 0)
        walk_release(shadow_remove(&walk.shadow, walk.shadow.count - 1));
}

#endif
