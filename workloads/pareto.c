/* pareto.c -- sizes and lifetimes that both have long tails.
 *
 *   P(size >= x)     = min / x    up to max       an operation frees what is due, and allocates
 *   P(lifetime >= x) = life / x   up to longest   one object; lifetimes count operations
 *
 * The idea is that of ITHare's alloc-test (No Bugs Hare, 2018): sizes and lifetimes of programs are
 * closer to Pareto's distribution than to an even one. With the exponent 1 a draw is a division of
 * whole numbers. On average life * (1 + ln(longest / life)) objects are alive in the long run.
 *
 * It does not show what size and lifetime have to do with each other in a program: here nothing.
 *
 * SPDX-License-Identifier: MIT */
#include "workload.h"

#include <stdlib.h>

/* An object in the list of those that are due at one operation. */
struct node {
    unsigned char *block;
    uint32_t size;
    uint32_t next; /* in its list, or in that of free nodes; NONE ends it */
};

enum { NONE = UINT32_MAX };

/* due[t % longest]: the list of what dies at operation t. A lifetime is below `longest`. */
static struct {
    uint32_t *due;
    struct node *nodes; /* one of each operation of the last `longest` at most */
    uint32_t unused;    /* the list of free nodes */
    uint32_t least;
    uint32_t most;
    uint32_t life;
    uint32_t longest;
    uint64_t now;
    uint32_t random;
    uint64_t checksum;
} state;

static void setup(void)
{
    state.least = (uint32_t)workload_parameter("min");
    state.most = (uint32_t)workload_parameter("max");
    state.life = (uint32_t)workload_parameter("life");
    state.longest = (uint32_t)workload_parameter("longest");
    state.random = (uint32_t)workload_parameter("seed");
    if (state.most < state.least || state.longest <= state.life)
        workload_refuse("max=65536 min=16 longest=100000 life=100",
                        "max is less than min, or longest not more than life");
    state.checksum = CHECKSUM_START;
    state.due = workload_map(state.longest * sizeof *state.due);
    state.nodes = workload_map(state.longest * sizeof *state.nodes);
    for (uint32_t i = 0; i < state.longest; i++) {
        state.due[i] = NONE;
        state.nodes[i].next = i + 1 < state.longest ? i + 1 : NONE;
    }
}

/* Pareto's distribution with the exponent 1, cut off: least / u for an even u of (0, 1]. */
static uint32_t draw_pareto(uint32_t least, uint32_t most)
{
    uint64_t const drawn = ((uint64_t)least << 32) / ((uint64_t)random_draw(&state.random) + 1);

    return drawn < most ? (uint32_t)drawn : most;
}

static void bury(uint32_t index)
{
    struct node *const node = &state.nodes[index];
    uint32_t const expected = content_expected(content_tag(index));
    uint32_t const content = content_read(node->block, node->size);

    if (content != expected)
        workload_corrupted(node->block, node->size, expected, content);
    free(node->block);
    state.checksum = checksum_add(state.checksum, content);
    node->next = state.unused;
    state.unused = index;
}

static void bear(void)
{
    uint32_t const index = state.unused;
    struct node *const node = &state.nodes[index];
    uint32_t const size = draw_pareto(state.least, state.most);
    uint32_t *const due =
        &state.due[(state.now + draw_pareto(state.life, state.longest - 1)) % state.longest];

    node->block = malloc(size);
    if (node->block == NULL)
        workload_out_of_memory(size);
    node->size = size;
    content_write(node->block, size, content_tag(index));
    state.unused = node->next;
    node->next = *due;
    *due = index;
    state.checksum = checksum_add(state.checksum, size);
}

static uint64_t run(uint64_t operations)
{
    for (; operations > 0; operations--) {
        uint32_t index = state.due[state.now % state.longest];
        state.due[state.now % state.longest] = NONE;
        while (index != NONE) {
            uint32_t const next = state.nodes[index].next;
            bury(index);
            index = next;
        }
        bear();
        state.now++;
    }
    return state.checksum;
}

static struct parameter const params[] = {
    {"min", 16, 1, UINT64_C(1) << 30, "bytes", "of the smallest object"},
    {"max", 65536, 1, UINT64_C(1) << 30, "bytes", "of the largest object"},
    {"life", 100, 1, UINT64_C(1) << 20, "operations", "that every object lives at least"},
    {"longest", 100000, 2, UINT64_C(1) << 28, "operations", "that none outlives"},
    {"seed", 42, 1, UINT32_MAX, "", "of the generator"},
    {.name = NULL},
};

struct workload const workload = {
    .name = "pareto",
    .models = "a program of many parts: most objects small and brief, a few large or long-lived",
    .params = params,
    .setup = setup,
    .run = run,
};
