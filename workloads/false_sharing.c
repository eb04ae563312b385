/* false_sharing.c -- threads write to small objects of their own, which may share cache lines.
 *
 *   line   | object of thread 0 | object of thread 1 | ...    each write takes it from the other
 *
 * The ideas are Hoard's cache-thrash and cache-scratch (Berger et al., "Hoard: A Scalable Memory
 * Allocator for Multithreaded Applications", ASPLOS 2000). Active: the allocator itself gives parts
 * of a line to two threads. Passive (passive=1): the first objects of all threads were allocated by
 * thread 0, side by side; each thread frees those that it was given, and an allocator that gives it
 * the same memory again keeps the line shared.
 *
 * An operation replaces a thread's oldest object and writes to the new one again and again. The
 * answer is also given without a clock: `bytes_shared` is over the objects that are alive at the
 * end, so it says nothing about lines that were shared in between. It does not show objects of
 * one thread that share a line, which do no harm, nor a processor that fetches lines in pairs.
 *
 * SPDX-License-Identifier: MIT */
#include "workload.h"

#include <stdbool.h>
#include <stdlib.h>

enum { LINE = 64 };

/* A thread's objects. oldest: the one that is replaced next. NULL: there is none yet. */
struct holder {
    _Alignas(128) unsigned char volatile **object;
    uint64_t oldest;
};

static struct {
    struct turn given; /* 1: the first objects are there */
    struct holder *holder;
    uint32_t threads;
    uint32_t objects;
    uint64_t writes;
    size_t size;
} state;

static void setup(void)
{
    state.threads = (uint32_t)workload_parameter("threads");
    state.objects = (uint32_t)workload_parameter("objects");
    state.writes = workload_parameter("writes");
    state.size = workload_parameter("size");
    state.holder = workload_map(state.threads * sizeof *state.holder);
    for (uint32_t i = 0; i < state.threads; i++)
        state.holder[i].object = workload_map(state.objects * sizeof *state.holder[i].object);
}

static unsigned char volatile *allocate(void)
{
    unsigned char volatile *const block = malloc(state.size);

    if (block == NULL)
        workload_out_of_memory(state.size);
    return block;
}

/* Writes to every byte in turn; the last value of each is known. */
static void write_to(unsigned char volatile *block)
{
    size_t place = 0;

    for (uint64_t i = 1; i <= state.writes; i++) {
        block[place] = (unsigned char)i;
        place = place + 1 == state.size ? 0 : place + 1;
    }
}

static uint64_t replace(struct holder *holder, uint64_t checksum)
{
    unsigned char volatile **const place = &holder->object[holder->oldest % state.objects];

    if (*place != NULL) {
        unsigned char const found = (*place)[0];
        uint64_t const rounds = (state.writes - 1) / state.size;
        unsigned char const expected = (unsigned char)(rounds * state.size + 1);
        if (found != expected)
            workload_corrupted((void const *)*place, state.size, expected, found);
        free((void *)*place);
        checksum = checksum_add(checksum, found);
    }
    *place = allocate();
    write_to(*place);
    holder->oldest++;
    return checksum_add(checksum, state.size);
}

/* Of all threads in turn, so that neighbours in memory belong to different ones. */
static void give_first_objects(void)
{
    for (uint32_t i = 0; i < state.objects; i++)
        for (uint32_t thread = 0; thread < state.threads; thread++) {
            state.holder[thread].object[i] = allocate();
            write_to(state.holder[thread].object[i]);
        }
}

static void work(struct worker *worker, uint64_t operations)
{
    struct holder *const holder = &state.holder[worker->number];
    uint64_t left = workload_share(worker, operations, worker->number, worker->threads);

    if (worker->number == 0 && state.given.number == 0 && workload_parameter("passive") == 1)
        give_first_objects();
    if (worker->number == 0)
        turn_give(&state.given, 1);
    turn_wait(&state.given, 1);
    for (; left > 0; left--)
        worker->checksum = replace(holder, worker->checksum);
}

/* The bytes of one object that lie on one line, and whose it is. */
struct piece {
    uintptr_t line;
    uint64_t bytes;
    uint32_t owner;
};

static int compare_lines(void const *left, void const *right)
{
    uintptr_t const one = ((struct piece const *)left)->line;
    uintptr_t const other = ((struct piece const *)right)->line;

    return (one > other) - (one < other);
}

static size_t cut_up(uint32_t owner, uintptr_t object, struct piece *piece)
{
    size_t count = 0;

    for (uintptr_t at = object; at < object + state.size;) {
        uintptr_t const line = at / LINE;
        uintptr_t const rest = object + state.size - at;
        uintptr_t const bytes = (line + 1) * LINE - at < rest ? (line + 1) * LINE - at : rest;
        piece[count++] = (struct piece){line, bytes, owner};
        at += bytes;
    }
    return count;
}

/* Of pieces in the order of their lines: the bytes on lines with pieces of two owners. */
static uint64_t shared_among(struct piece const *piece, size_t count)
{
    uint64_t shared = 0;

    for (size_t begin = 0, end; begin < count; begin = end) {
        uint64_t bytes = 0;
        bool both = false;
        for (end = begin; end < count && piece[end].line == piece[begin].line; end++) {
            bytes += piece[end].bytes;
            both = both || piece[end].owner != piece[begin].owner;
        }
        shared += both ? bytes : 0;
    }
    return shared;
}

static void report(void)
{
    size_t const most = (size_t)state.threads * state.objects * (state.size / LINE + 2);
    struct piece *const piece = workload_map(most * sizeof *piece);
    size_t count = 0;

    for (uint32_t thread = 0; thread < state.threads; thread++)
        for (uint32_t i = 0; i < state.objects; i++)
            if (state.holder[thread].object[i] != NULL)
                count += cut_up(thread, (uintptr_t)state.holder[thread].object[i], piece + count);
    qsort(piece, count, sizeof *piece, compare_lines);
    workload_report("bytes_shared", shared_among(piece, count));
}

static struct parameter const params[] = {
    {"threads", 2, 1, 256, "threads", "that write to objects of their own"},
    {"passive", 0, 0, 1, "", "are the first objects allocated by thread 0?"},
    {"size", 8, 1, 4096, "bytes", "of every object"},
    {"objects", 16, 1, 1024, "objects", "alive of each thread"},
    {"writes", 1000, 1, UINT64_C(1) << 40, "writes", "to each object"},
    {.name = NULL},
};

static struct measure const measures[] = {
    {"bytes_shared", "bytes", "less",
     "Bytes of live objects that share a cache line with another thread's, at the end"},
    {.name = NULL},
};

struct workload const workload = {
    .name = "false_sharing",
    .models = "threads that each count something in a small object of their own",
    .params = params,
    .setup = setup,
    .run = workload_run_threads,
    .work = work,
    .measures = measures,
    .report = report,
};
