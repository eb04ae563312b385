/* fixed_random.c -- objects of one size that are born and die at random.
 *
 * An operation draws a slot. A full slot's object is checked and freed; an empty slot gets a new
 * object, whose first and last byte are written. From empty slots the number of live objects rises
 * to half the slots: after n operations on s slots it is s/2 * (1 - (1 - 2/s)^n) on average.
 *
 * SPDX-License-Identifier: MIT */
#include "workload.h"

#include <stdlib.h>

static struct {
    unsigned char **slot; /* NULL: empty */
    uint32_t slots;
    size_t size;
    uint32_t random;
    uint64_t checksum;
} state;

static void setup(void)
{
    state.slots = (uint32_t)workload_parameter("slots");
    state.size = workload_parameter("size");
    state.random = (uint32_t)workload_parameter("seed");
    state.slot = workload_map(state.slots * sizeof *state.slot);
    state.checksum = CHECKSUM_START;
}

static uint64_t run(uint64_t operations)
{
    unsigned char **const slot = state.slot;
    uint32_t const slots = state.slots;
    size_t const size = state.size;
    uint32_t random = state.random;
    uint64_t checksum = state.checksum;

    for (; operations > 0; operations--) {
        uint32_t const index = random_draw(&random) % slots;
        unsigned char const tag = content_tag(index);
        unsigned char *block = slot[index];
        if (block != NULL) {
            uint32_t const content = content_read(block, size);
            if (content != content_expected(tag))
                workload_corrupted(block, size, content_expected(tag), content);
            free(block);
            slot[index] = NULL;
            checksum = checksum_add(checksum, content);
        } else {
            block = malloc(size);
            if (block == NULL)
                workload_out_of_memory(size);
            content_write(block, size, tag);
            slot[index] = block;
            checksum = checksum_add(checksum, size);
        }
    }
    state.random = random;
    state.checksum = checksum;
    return checksum;
}

static struct parameter const params[] = {
    {"size", 512, 1, UINT64_C(1) << 40, "bytes", "requested for every object"},
    {"slots", 400, 1, UINT64_C(1) << 28, "objects",
     "that may be alive; half of them are, in the long run"},
    {"seed", 42, 1, UINT32_MAX, "", "of the generator"},
    {.name = NULL},
};

struct workload const workload = {
    .name = "fixed_random",
    .models = "a cache of equal objects with random death",
    .params = params,
    .setup = setup,
    .run = run,
};
