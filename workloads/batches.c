/* batches.c -- batches of objects, freed in their order or in reverse, by the same thread or by the
 * next one.
 *
 *   thread t    fills box t, and empties box t (foreign=0) or box t - 1 (foreign=1)
 *   box t       | object | object | ... |      filled: how often; emptied: how often
 *
 * The ideas are those of sh6bench and sh8bench (MicroQuill's SmartHeap benchmarks), of which only
 * the outlines are public: batches that are freed in the order of allocation or in the opposite
 * one, and in sh8bench by other threads. Sizes are drawn anew, evenly from `min` to `max`.
 *
 * It does not show objects that outlive their batch.
 *
 * SPDX-License-Identifier: MIT */
#include "workload.h"

#include <stdlib.h>

/* Invariant: emptied <= filled <= emptied + 1. */
struct box {
    struct turn filled;
    struct turn emptied;
    unsigned char **object;
    uint32_t *size;
    uint32_t count; /* of the last batch */
};

static struct {
    struct box *box;
    uint32_t batch;
    uint32_t least;
    uint32_t sizes; /* how many there are */
    uint32_t foreign;
    uint32_t reverse;
} state;

static void setup(void)
{
    uint32_t const threads = (uint32_t)workload_parameter("threads");
    uint64_t const most = workload_parameter("max");

    state.batch = (uint32_t)workload_parameter("batch");
    state.least = (uint32_t)workload_parameter("min");
    state.foreign = (uint32_t)workload_parameter("foreign");
    state.reverse = (uint32_t)workload_parameter("reverse");
    if (most < state.least)
        workload_refuse("max=1000", "max=%llu is less than min=%u", (unsigned long long)most,
                        (unsigned)state.least);
    state.sizes = (uint32_t)most - state.least + 1;
    state.box = workload_map(threads * sizeof *state.box);
    for (uint32_t i = 0; i < threads; i++) {
        state.box[i].object = workload_map(state.batch * sizeof *state.box[i].object);
        state.box[i].size = workload_map(state.batch * sizeof *state.box[i].size);
    }
}

static void fill(struct worker *worker, struct box *box, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        uint32_t const size = state.least + random_draw(&worker->random) % state.sizes;
        unsigned char *const block = malloc(size);
        if (block == NULL)
            workload_out_of_memory(size);
        content_write(block, size, content_tag(i));
        box->object[i] = block;
        box->size[i] = size;
        worker->checksum = checksum_add(worker->checksum, size);
    }
    box->count = count;
}

static void empty(struct worker *worker, struct box *box)
{
    for (uint32_t i = 0; i < box->count; i++) {
        uint32_t const number = state.reverse ? box->count - 1 - i : i;
        uint32_t const expected = content_expected(content_tag(number));
        uint32_t const content = content_read(box->object[number], box->size[number]);
        if (content != expected)
            workload_corrupted(box->object[number], box->size[number], expected, content);
        free(box->object[number]);
        worker->checksum = checksum_add(worker->checksum, content);
    }
}

/* The count of objects of the batch that begins after `done` of `share`. */
static uint32_t batch_after(uint64_t done, uint64_t share)
{
    return share - done < state.batch ? (uint32_t)(share - done) : state.batch;
}

/* All boxes are empty before a phase and after it. */
static void work(struct worker *worker, uint64_t operations)
{
    uint32_t const threads = worker->threads;
    uint32_t const other = state.foreign ? (worker->number + threads - 1) % threads
                                         : worker->number;
    struct box *const own = &state.box[worker->number];
    struct box *const box = &state.box[other];
    uint64_t const share = workload_share(worker, operations, worker->number, threads);
    uint64_t const theirs = workload_share(worker, operations, other, threads);

    for (uint64_t done = 0; done < share || done < theirs; done += state.batch) {
        if (done < share) {
            turn_wait(&own->emptied, own->filled.number);
            fill(worker, own, batch_after(done, share));
            turn_give(&own->filled, own->filled.number + 1);
        }
        if (done < theirs) {
            turn_wait(&box->filled, box->emptied.number + 1);
            empty(worker, box);
            turn_give(&box->emptied, box->emptied.number + 1);
        }
    }
}

static struct parameter const params[] = {
    {"threads", 2, 1, 256, "threads", "each with a batch at a time"},
    {"foreign", 1, 0, 1, "", "is a batch freed by the next thread? 0: by its own"},
    {"reverse", 0, 0, 1, "", "is the last object of a batch freed first?"},
    {"batch", 1000, 1, UINT64_C(1) << 24, "objects", "of a batch"},
    {"min", 1, 1, UINT64_C(1) << 30, "bytes", "of the smallest object"},
    {"max", 1000, 1, UINT64_C(1) << 30, "bytes", "of the largest object"},
    {"seed", 42, 1, UINT32_MAX, "", "of the generators"},
    {.name = NULL},
};

struct workload const workload = {
    .name = "batches",
    .models = "work in stages: a stage's objects are all freed when it is done",
    .params = params,
    .setup = setup,
    .run = workload_run_threads,
    .work = work,
};
