/* hand_over.c -- threads replace objects in arrays, and hand each array to the next thread.
 *
 *   thread t, round r:  array (t - r) mod threads     an operation: a random slot's object is freed
 *                                                     and another one allocated
 *
 * The idea is Larson's and Krishnan's ("Memory Allocation for Long-Running Server Applications",
 * ISMM 1998; 8 to 1,000 bytes, 5,000 objects a thread): most objects are freed by another thread
 * than the one that allocated them. There a thread ends and a new one gets its array; here a fixed
 * number of threads go on, so the work is fixed. Sizes and slots are drawn from a stream of each
 * array, so that they do not depend on the threads' speed.
 *
 * It does not show what threads cost that begin and end, nor objects that live long: a slot's
 * object lives for `slots` operations on average.
 *
 * SPDX-License-Identifier: MIT */
#include "workload.h"

#include <stdlib.h>

/* One array. rounds: how many are done on it; the next one is for the thread after. */
struct array {
    struct turn rounds;
    uint32_t random;
    unsigned char **object;
    uint32_t *size; /* 0: the slot is empty */
};

/* A thread's place: rounds that it has ended, and operations of the present one. */
struct place {
    _Alignas(128) uint64_t round;
    uint64_t done;
};

static struct {
    struct array *array;
    struct place *place;
    uint32_t slots;
    uint32_t least;
    uint32_t sizes; /* how many there are */
    uint64_t round;
} state;

static void setup(void)
{
    uint32_t const threads = (uint32_t)workload_parameter("threads");
    uint64_t const most = workload_parameter("max");

    state.slots = (uint32_t)workload_parameter("slots");
    state.least = (uint32_t)workload_parameter("min");
    state.round = workload_parameter("round");
    if (most < state.least)
        workload_refuse("max=1000", "max=%llu is less than min=%u", (unsigned long long)most,
                        (unsigned)state.least);
    state.sizes = (uint32_t)most - state.least + 1;
    state.array = workload_map(threads * sizeof *state.array);
    state.place = workload_map(threads * sizeof *state.place);
    for (uint32_t i = 0; i < threads; i++) {
        state.array[i].random = random_stream((uint32_t)workload_parameter("seed"), i);
        state.array[i].object = workload_map(state.slots * sizeof *state.array[i].object);
        state.array[i].size = workload_map(state.slots * sizeof *state.array[i].size);
    }
}

/* Returns the checksum with the freed object's content and the new one's size. */
static uint64_t replace(struct array *array, uint64_t checksum)
{
    uint32_t const slot = random_draw(&array->random) % state.slots;
    uint32_t const size = state.least + random_draw(&array->random) % state.sizes;
    unsigned char const tag = content_tag(slot);

    if (array->size[slot] != 0) {
        unsigned char *const old = array->object[slot];
        uint32_t const content = content_read(old, array->size[slot]);
        if (content != content_expected(tag))
            workload_corrupted(old, array->size[slot], content_expected(tag), content);
        free(old);
        checksum = checksum_add(checksum, content);
    }
    unsigned char *const block = malloc(size);
    if (block == NULL)
        workload_out_of_memory(size);
    content_write(block, size, tag);
    array->object[slot] = block;
    array->size[slot] = size;
    return checksum_add(checksum, size);
}

static void work(struct worker *worker, uint64_t operations)
{
    struct place *const place = &state.place[worker->number];
    uint64_t left = workload_share(worker, operations, worker->number, worker->threads);
    uint64_t checksum = worker->checksum;

    while (left > 0) {
        uint64_t const behind = place->round % worker->threads;
        struct array *const array =
            &state.array[(worker->number + worker->threads - behind) % worker->threads];
        turn_wait(&array->rounds, place->round);
        for (; left > 0 && place->done < state.round; left--, place->done++)
            checksum = replace(array, checksum);
        if (place->done == state.round) {
            place->done = 0;
            turn_give(&array->rounds, ++place->round);
        }
    }
    worker->checksum = checksum;
}

static struct parameter const params[] = {
    {"threads", 2, 1, 256, "threads", "that hand their arrays on in a ring"},
    {"slots", 5000, 1, UINT64_C(1) << 24, "objects", "in the array of each thread"},
    {"min", 8, 1, UINT64_C(1) << 30, "bytes", "of the smallest object"},
    {"max", 1000, 1, UINT64_C(1) << 30, "bytes", "of the largest object"},
    {"round", 5000, 1, UINT64_C(1) << 40, "operations", "on an array before it is handed on"},
    {"seed", 42, 1, UINT32_MAX, "", "of the generators"},
    {.name = NULL},
};

struct workload const workload = {
    .name = "hand_over",
    .models = "a server: requests that begin in one thread and end in another",
    .params = params,
    .setup = setup,
    .run = workload_run_threads,
    .work = work,
};
