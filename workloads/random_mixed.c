/* random_mixed.c -- the published benchmark: objects of mixed size that are born and die at random.
 *
 * The loop of the source's bench_random_mixed, one xorshift32 draw r an operation:
 *
 *   slot = r mod slots;  a full slot is freed;
 *   an empty one gets malloc(min + r mod (max - min + 1)) and one byte, r's lowest
 *
 * so that with the defaults the size is 16 + (r & 0x3FF), 16 to 1039 bytes. One thing is added: the
 * byte is read back before free, into the checksum.
 *
 * The artefact: slot and size come from the same draw. With the default sizes, size mod 1024 is r's
 * ten lowest bits, and with slots a power of two the slot is r's lowest bits as well. So with 256
 * slots a slot fixes eight of the ten bits and only ever sees 4 sizes (k + 16, k + 272, k + 528, k
 * + 784); with 1024 slots it sees one, and a freed block always fits the slot's next request. With
 * 400 = 16 * 25 slots it fixes the four lowest bits alone: 64 sizes, spread over the range.
 * workloads/tests/test_artefact.c counts all three.
 *
 * SPDX-License-Identifier: MIT */
#include "workload.h"

#include <stdlib.h>

static struct {
    unsigned char **slot; /* NULL: empty */
    uint32_t slots;
    uint32_t size_min;
    uint32_t size_span; /* max - min + 1 */
    uint32_t random;
    uint64_t checksum;
} state;

static void setup(void)
{
    uint64_t const min = workload_parameter("min");
    uint64_t const max = workload_parameter("max");

    if (min > max)
        workload_refuse("min=16 max=1039, the published sizes",
                        "min=%llu is more than max=%llu", (unsigned long long)min,
                        (unsigned long long)max);
    state.slots = (uint32_t)workload_parameter("slots");
    state.size_min = (uint32_t)min;
    state.size_span = (uint32_t)(max - min + 1);
    state.random = (uint32_t)workload_parameter("seed");
    state.slot = workload_map(state.slots * sizeof *state.slot);
    state.checksum = CHECKSUM_START;
}

static uint64_t run(uint64_t operations)
{
    unsigned char **const slot = state.slot;
    uint32_t const slots = state.slots;
    uint32_t const size_min = state.size_min;
    uint32_t const size_span = state.size_span;
    uint32_t random = state.random;
    uint64_t checksum = state.checksum;

    for (; operations > 0; operations--) {
        uint32_t const draw = random_draw(&random);
        uint32_t const index = draw % slots;
        unsigned char *block = slot[index];
        if (block != NULL) {
            unsigned char const content = block[0];
            free(block);
            slot[index] = NULL;
            checksum = checksum_add(checksum, content);
        } else {
            size_t const size = size_min + draw % size_span;
            block = malloc(size);
            if (block == NULL)
                workload_out_of_memory(size);
            block[0] = (unsigned char)draw;
            slot[index] = block;
            checksum = checksum_add(checksum, size);
        }
    }
    state.random = random;
    state.checksum = checksum;
    return checksum;
}

static struct parameter const params[] = {
    {"slots", 256, 1, UINT64_C(1) << 28, "objects",
     "that may be alive; half of them are, in the long run"},
    {"seed", 42, 1, UINT32_MAX, "", "of the generator"},
    {"min", 16, 1, UINT64_C(1) << 30, "bytes", "the smallest request"},
    {"max", 1039, 1, UINT64_C(1) << 30, "bytes", "the largest request"},
    {.name = NULL},
};

struct workload const workload = {
    .name = "random_mixed",
    .models = "the source's bench_random_mixed: objects of many sizes with random death",
    .params = params,
    .setup = setup,
    .run = run,
};
