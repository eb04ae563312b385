/* sawtooth.c -- as many objects as asked for, then all of them freed, again and again.
 *
 *   alive   /|  /|  /|      one operation is one malloc or one free; `operations` may end anywhere
 *          / | / | / |      on a tooth, and the next run goes on from there
 *         /  |/  |/  |
 *
 * The order of death is an array prepared in set-up, read from one end to the other in all three
 * cases, so that fifo, lifo and random cost the workload the same. `random` has one permutation;
 * each tooth enters it at its own position (a rotation), which costs one draw a tooth and nothing
 * an operation. Mixing goes on by itself all the same: an object's number says nothing about the
 * address it gets once an allocator has reused memory in an order of its own.
 *
 * SPDX-License-Identifier: MIT */
#include "workload.h"

#include <stdlib.h>

enum order { ORDER_FIFO, ORDER_LIFO, ORDER_RANDOM };

/* Growing: objects 0 ... done-1 are alive. Shrinking: `done` are freed, and `next` is the position
 * in `order` of the next one. */
static struct {
    unsigned char **object;
    uint32_t *order; /* order[i]: the number of the object that is freed as the i-th */
    uint32_t objects;
    size_t size;
    enum order kind;
    int shrinking;
    uint32_t done;
    uint32_t next;
    uint32_t random;
    uint64_t checksum;
} state;

/* Fisher and Yates, downwards. */
static void shuffle(uint32_t *numbers, uint32_t count)
{
    for (uint32_t left = count; left > 1; left--) {
        uint32_t const chosen = random_draw(&state.random) % left;
        uint32_t const number = numbers[chosen];
        numbers[chosen] = numbers[left - 1];
        numbers[left - 1] = number;
    }
}

static void setup(void)
{
    state.objects = (uint32_t)workload_parameter("objects");
    state.size = workload_parameter("size");
    state.kind = (enum order)workload_parameter("order");
    state.random = (uint32_t)workload_parameter("seed");
    state.checksum = CHECKSUM_START;
    state.object = workload_map(state.objects * sizeof *state.object);
    state.order = workload_map(state.objects * sizeof *state.order);
    for (uint32_t i = 0; i < state.objects; i++)
        state.order[i] = state.kind == ORDER_LIFO ? state.objects - 1 - i : i;
    if (state.kind == ORDER_RANDOM)
        shuffle(state.order, state.objects);
}

/* Allocates the next `count` objects. */
static void grow(uint32_t count)
{
    unsigned char **const object = state.object;
    size_t const size = state.size;
    uint32_t const end = state.done + count;
    uint64_t checksum = state.checksum;

    for (uint32_t i = state.done; i < end; i++) {
        unsigned char *const block = malloc(size);
        if (block == NULL)
            workload_out_of_memory(size);
        content_write(block, size, content_tag(i));
        object[i] = block;
        checksum = checksum_add(checksum, size);
    }
    state.checksum = checksum;
}

/* Frees the next `count` objects in the order of death. */
static void shrink(uint32_t count)
{
    unsigned char **const object = state.object;
    uint32_t const *const order = state.order;
    uint32_t const objects = state.objects;
    size_t const size = state.size;
    uint32_t next = state.next;
    uint64_t checksum = state.checksum;

    for (; count > 0; count--) {
        uint32_t const number = order[next];
        unsigned char *const block = object[number];
        uint32_t const expected = content_expected(content_tag(number));
        uint32_t const content = content_read(block, size);
        if (content != expected)
            workload_corrupted(block, size, expected, content);
        free(block);
        checksum = checksum_add(checksum, content);
        next = next + 1 == objects ? 0 : next + 1;
    }
    state.next = next;
    state.checksum = checksum;
}

/* All are alive, or none: the other edge of the tooth begins. */
static void turn(void)
{
    state.done = 0;
    state.shrinking = !state.shrinking;
    if (state.shrinking)
        state.next = state.kind == ORDER_RANDOM ? random_draw(&state.random) % state.objects : 0;
}

static uint64_t run(uint64_t operations)
{
    while (operations > 0) {
        uint32_t const left = state.objects - state.done;
        uint32_t const count = operations < left ? (uint32_t)operations : left;
        if (state.shrinking)
            shrink(count);
        else
            grow(count);
        state.done += count;
        operations -= count;
        if (state.done == state.objects)
            turn();
    }
    return state.checksum;
}

static struct parameter const params[] = {
    {"size", 512, 1, UINT64_C(1) << 40, "bytes", "requested for every object"},
    {"objects", 8192, 1, UINT64_C(1) << 28, "objects", "alive at the tooth's tip"},
    {"order", ORDER_RANDOM, ORDER_FIFO, ORDER_RANDOM, "",
     "of death: 0 first in first out, 1 last in first out, 2 random"},
    {"seed", 42, 1, UINT32_MAX, "", "of the random order"},
    {.name = NULL},
};

struct workload const workload = {
    .name = "sawtooth",
    .models = "requests or batches: memory grows to a peak and is all given back",
    .params = params,
    .setup = setup,
    .run = run,
};
