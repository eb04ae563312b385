/* counted.h -- runs a workload in a child, with an allocator that counts what it is asked for.
 *
 *   #include "counted.h"
 *   #include "../hand_over.c"
 *
 * The allocator is the C library's with a label before each block. Sizes, threads and live objects
 * are counted in memory that the child shares with the test.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_COUNTED_H
#define SLABLAB_COUNTED_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "runtime/runtime.h"
#include "spawn.h"

enum { COUNTED_SIZES = 1 << 13 };

/* Lies directly before a block: the C library's block, who asked for it, and for how much. */
struct counted_label {
    void *base;
    size_t size;
    uint64_t thread;
    uint64_t unused; /* keeps blocks aligned to 16 bytes */
};

/* What the whole run asked for. live counts objects, alive bytes. */
struct counted {
    uint64_t allocations;
    uint64_t zeroed;      /* of them, by calloc */
    uint64_t aligned;     /* by aligned_alloc */
    uint64_t resized;     /* calls of realloc on a block */
    uint64_t frees;
    uint64_t foreign;     /* of them, by another thread than the one that allocated */
    uint64_t bytes;       /* of all allocations */
    uint64_t live;        /* objects at the end */
    uint64_t live_most;
    uint64_t alive;       /* their bytes */
    uint64_t size_least;
    uint64_t size_most;
    uint64_t threads;     /* that allocated or freed */
    uint64_t givers;      /* that allocated */
    uint64_t of_size[COUNTED_SIZES]; /* allocations of each size below */
    uint64_t checksum;
    struct region region; /* what it reported */
    int status;
};

static struct counted *counted;

static uint64_t counted_thread(void)
{
    static _Thread_local uint64_t number;

    if (number == 0)
        number = __atomic_add_fetch(&counted->threads, 1, __ATOMIC_SEQ_CST);
    return number;
}

static void counted_add(uint64_t *count, uint64_t by)
{
    __atomic_add_fetch(count, by, __ATOMIC_SEQ_CST);
}

static void counted_raise(uint64_t *most, uint64_t value)
{
    uint64_t known = __atomic_load_n(most, __ATOMIC_SEQ_CST);

    while (known < value && !__atomic_compare_exchange_n(most, &known, value, false,
                                                         __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST))
        ;
}

static void counted_lower(uint64_t *least, uint64_t value)
{
    uint64_t known = __atomic_load_n(least, __ATOMIC_SEQ_CST);

    while (known > value && !__atomic_compare_exchange_n(least, &known, value, false,
                                                         __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST))
        ;
}

static struct counted_label *counted_label_of(void *block)
{
    return (struct counted_label *)block - 1;
}

static void counted_size(size_t size)
{
    counted_add(&counted->bytes, size);
    counted_add(&counted->alive, size);
    counted_raise(&counted->size_most, size);
    counted_lower(&counted->size_least, size);
    if (size < COUNTED_SIZES)
        counted_add(&counted->of_size[size], 1);
}

static void *counted_new(size_t alignment, size_t size)
{
    size_t const front = alignment > sizeof(struct counted_label) ? alignment
                                                                  : sizeof(struct counted_label);
    char *const base = aligned_alloc(front, (front + size + front - 1) / front * front);
    struct counted_label *const label = (struct counted_label *)(base + front) - 1;
    static _Thread_local bool gives;

    counted_add(&counted->givers, !gives);
    gives = true;
    *label = (struct counted_label){.base = base, .size = size, .thread = counted_thread()};
    memset(base + front, 0xa5, size);
    counted_add(&counted->allocations, 1);
    counted_raise(&counted->live_most, __atomic_add_fetch(&counted->live, 1, __ATOMIC_SEQ_CST));
    counted_size(size);
    return base + front;
}

static void counted_free(void *block)
{
    if (block == NULL)
        return;
    struct counted_label *const label = counted_label_of(block);
    counted_add(&counted->frees, 1);
    counted_add(&counted->foreign, label->thread != counted_thread());
    counted_add(&counted->live, (uint64_t)-1);
    counted_add(&counted->alive, -label->size);
    free(label->base);
}

static inline void *counted_malloc(size_t size)
{
    return counted_new(16, size);
}

static inline void *counted_aligned(size_t alignment, size_t size)
{
    counted_add(&counted->aligned, 1);
    return counted_new(alignment, size);
}

static inline void *counted_calloc(size_t count, size_t size)
{
    counted_add(&counted->zeroed, 1);
    return memset(counted_new(16, count * size), 0, count * size);
}

/* It always moves. */
static inline void *counted_realloc(void *block, size_t size)
{
    void *const moved = counted_new(16, size);

    if (block == NULL)
        return moved;
    size_t const old = counted_label_of(block)->size;
    counted_add(&counted->resized, 1);
    memcpy(moved, block, old < size ? old : size);
    counted_free(block);
    counted_add(&counted->allocations, (uint64_t)-1);
    counted_add(&counted->frees, (uint64_t)-1);
    return moved;
}

static inline void counted_child(char *const *words, int count)
{
    struct arguments const arguments = arguments_parse(count, (char **)words);

    declaration_check();
    if (workload.setup != NULL)
        workload.setup();
    workload.run(arguments.warmup);
    counted->checksum = workload.run(arguments.operations);
    collect_measures(&counted->region);
    _exit(0);
}

/* "threads=2 operations=100". The counts are the run's until the next one. */
static inline struct counted const *counted_run(char const *words)
{
    struct spawn_words split;
    int count = 0;

    if (counted == NULL)
        counted = mmap(NULL, sizeof *counted, PROT_READ | PROT_WRITE,
                       MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    *counted = (struct counted){.size_least = UINT64_MAX};
    snprintf(split.text, sizeof split.text, "workload %s", words);
    for (char *word = strtok(split.text, " "); word != NULL; word = strtok(NULL, " "))
        split.word[count++] = word;
    split.word[count] = NULL;
    pid_t const child = fork();
    if (child == 0)
        counted_child(split.word, count);
    counted->status = spawn_wait(child);
    return counted;
}

/* The same, and it succeeded. */
static inline struct counted const *counted_good(char const *words)
{
    assert_int_equal(counted_run(words)->status, 0);
    return counted;
}

#define malloc counted_malloc
#define calloc counted_calloc
#define realloc counted_realloc
#define aligned_alloc counted_aligned
#define free counted_free

#endif
