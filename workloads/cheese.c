/* cheese.c -- a heap with holes: it grows, every other object dies, and it grows in another size.
 *
 *   | a | a | a | a |       objects of `size`
 *   | a |   | a |   |       every other one is freed
 *   | a |   | a |   | bb | bb |   half as many of size `second`, aligned to a cache line:
 *                                 do they fit into the holes?       then all are freed
 *
 * The form is an old one of studies of fragmentation (Robson, "Bounds for Some Functions Concerning
 * Dynamic Storage Allocation", JACM 1974; Wilson et al. 1995): what cannot be given to another size
 * is lost to it. Look at peak memory beside the time. The second size comes from aligned_alloc.
 *
 * It does not show a heap that is used for long: the pattern is the worst one, and regular.
 *
 * SPDX-License-Identifier: MIT */
#include "workload.h"

#include <stdlib.h>

enum { ALIGNMENT = 64 };

/* An operation is one call; step counts those of the round, which has grow, holes, second, end. */
static struct {
    unsigned char **object;
    uint32_t objects;
    size_t size;
    size_t second; /* a multiple of ALIGNMENT */
    uint64_t step;
    uint64_t checksum;
} state;

static void setup(void)
{
    state.objects = (uint32_t)workload_parameter("objects") & ~1u;
    state.size = workload_parameter("size");
    state.second =
        (workload_parameter("second") + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    state.checksum = CHECKSUM_START;
    state.object = workload_map(state.objects * sizeof *state.object);
}

static void put(uint32_t number, unsigned char *block, size_t size, size_t alignment)
{
    if (block == NULL)
        workload_out_of_memory(size);
    if ((uintptr_t)block % alignment != 0)
        workload_corrupted(block, size, 0, (uint32_t)((uintptr_t)block % alignment));
    content_write(block, size, content_tag(number));
    state.object[number] = block;
    state.checksum = checksum_add(state.checksum, size);
}

static void take(uint32_t number, size_t size)
{
    uint32_t const expected = content_expected(content_tag(number));
    uint32_t const content = content_read(state.object[number], size);

    if (content != expected)
        workload_corrupted(state.object[number], size, expected, content);
    free(state.object[number]);
    state.checksum = checksum_add(state.checksum, content);
}

/* The second size stands in the places of the holes: the odd ones. */
static void operate(uint64_t step)
{
    uint32_t const objects = state.objects;
    uint32_t const holes = objects / 2;

    if (step < objects)
        put((uint32_t)step, malloc(state.size), state.size, 1);
    else if (step < objects + holes)
        take(2 * (uint32_t)(step - objects) + 1, state.size);
    else if (step < 2 * (uint64_t)objects)
        put(2 * (uint32_t)(step - objects - holes) + 1, aligned_alloc(ALIGNMENT, state.second),
            state.second, ALIGNMENT);
    else
        take((uint32_t)(step - 2 * (uint64_t)objects), step % 2 == 0 ? state.size : state.second);
}

static uint64_t run(uint64_t operations)
{
    for (; operations > 0; operations--) {
        operate(state.step);
        state.step = state.step + 1 == 3 * (uint64_t)state.objects ? 0 : state.step + 1;
    }
    return state.checksum;
}

static struct parameter const params[] = {
    {"objects", 8192, 2, UINT64_C(1) << 28, "objects", "of the first size; an even number"},
    {"size", 200, 1, UINT64_C(1) << 40, "bytes", "of the first objects"},
    {"second", 256, 1, UINT64_C(1) << 40, "bytes", "of the second ones, rounded up to 64"},
    {.name = NULL},
};

struct workload const workload = {
    .name = "cheese",
    .models = "a server that changes its load: the old objects have left holes",
    .params = params,
    .setup = setup,
    .run = run,
};
