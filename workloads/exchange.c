/* exchange.c -- threads of unequal load, sizes of powers of two, and a table through which they
 * exchange objects.
 *
 *   thread's slots  | x |   | x | ... |      most operations: replace the object of a slot
 *                       ^ v                  one in `every`: swap a slot with one of the table
 *   common table    | x |   | x | ... |
 *
 * The idea is mstress's (mimalloc's test of correctness under stress; its own head says that it is
 * no benchmark): thread i has 1, 2, 3 ... 8 parts of the work, and objects pass from any thread to
 * any other by an atomic exchange. Which object a thread is given depends on the threads' speed;
 * what it allocates does not, and the checksum is over that. An object says itself how large it is.
 *
 * It does not show a program's sizes: half of all objects are of the smallest one, a quarter of the
 * next, and so on.
 *
 * SPDX-License-Identifier: MIT */
#include "workload.h"

#include <stdlib.h>
#include <string.h>

enum { PARTS = 8, LEAST = 16 };

/* What each object begins with; its last byte is the tag too. */
struct content {
    uint64_t size;
    unsigned char tag;
};

struct slots {
    _Alignas(128) unsigned char **object;
    uint32_t turn; /* operations so far, modulo `every` */
};

static struct {
    struct slots *slots;
    unsigned char **table;
    uint32_t count; /* of a thread's slots */
    uint32_t places; /* of the table */
    uint32_t every;
    uint32_t steps; /* how many sizes there are: LEAST << 0 ... steps - 1 */
} state;

static void setup(void)
{
    uint32_t const threads = (uint32_t)workload_parameter("threads");

    state.count = (uint32_t)workload_parameter("slots");
    state.places = (uint32_t)workload_parameter("table");
    state.every = (uint32_t)workload_parameter("every");
    state.steps = (uint32_t)workload_parameter("sizes");
    state.table = workload_map(state.places * sizeof *state.table);
    state.slots = workload_map(threads * sizeof *state.slots);
    for (uint32_t i = 0; i < threads; i++)
        state.slots[i].object = workload_map(state.count * sizeof *state.slots[i].object);
}

/* Halves as often for each step: the number of low zero bits of a draw. */
static size_t draw_size(uint32_t *random)
{
    uint32_t const draw = random_draw(random);
    uint32_t const zeros = (uint32_t)__builtin_ctz(draw | 1u << 31);

    return (size_t)LEAST << (zeros < state.steps ? zeros : state.steps - 1);
}

static unsigned char *allocate(size_t size, unsigned char tag)
{
    unsigned char *const block = malloc(size);

    if (block == NULL)
        workload_out_of_memory(size);
    memcpy(block, &(struct content){size, tag}, sizeof(struct content));
    block[size - 1] = tag;
    return block;
}

static void check_and_free(unsigned char *block)
{
    struct content content;

    memcpy(&content, block, sizeof content);
    if (content.size < LEAST || content.size > (uint64_t)LEAST << (state.steps - 1) ||
        block[content.size - 1] != content.tag)
        workload_corrupted(block, content.size, content.tag, content_read(block, LEAST));
    free(block);
}

static void operate(struct worker *worker, struct slots *slots)
{
    uint32_t const slot = random_draw(&worker->random) % state.count;

    if (++slots->turn == state.every) {
        uint32_t const place = random_draw(&worker->random) % state.places;
        slots->turn = 0;
        slots->object[slot] =
            __atomic_exchange_n(&state.table[place], slots->object[slot], __ATOMIC_ACQ_REL);
        worker->checksum = checksum_add(worker->checksum, place);
        return;
    }
    size_t const size = draw_size(&worker->random);
    if (slots->object[slot] != NULL)
        check_and_free(slots->object[slot]);
    slots->object[slot] = allocate(size, content_tag(slot));
    worker->checksum = checksum_add(worker->checksum, size);
}

static uint64_t parts_of(uint64_t threads)
{
    return threads / PARTS * (PARTS * (PARTS + 1) / 2) +
           threads % PARTS * (threads % PARTS + 1) / 2;
}

/* How much of the first `operations` the threads before this one do. */
static uint64_t before_thread(uint64_t operations, uint32_t number, uint32_t threads)
{
    return (uint64_t)((__uint128_t)operations * parts_of(number) / parts_of(threads));
}

static uint64_t done_by(struct worker const *worker, uint64_t operations)
{
    return before_thread(operations, worker->number + 1, worker->threads) -
           before_thread(operations, worker->number, worker->threads);
}

static void work(struct worker *worker, uint64_t operations)
{
    struct slots *const slots = &state.slots[worker->number];
    uint64_t left = done_by(worker, worker->before + operations) - done_by(worker, worker->before);

    for (; left > 0; left--)
        operate(worker, slots);
}

static struct parameter const params[] = {
    {"threads", 2, 1, 256, "threads", "with 1, 2 ... 8, 1, 2 ... parts of the work"},
    {"slots", 1000, 1, UINT64_C(1) << 24, "objects", "that a thread may hold"},
    {"table", 1000, 1, UINT64_C(1) << 24, "objects", "that the common table may hold"},
    {"every", 10, 1, UINT64_C(1) << 31, "operations", "of a thread are for one exchange"},
    {"sizes", 10, 1, 19, "sizes", "of 16, 32 ... bytes, each half as often as the one before"},
    {"seed", 42, 1, UINT32_MAX, "", "of the generators"},
    {.name = NULL},
};

struct workload const workload = {
    .name = "exchange",
    .models = "a shared cache: any thread may free what any other one allocated",
    .params = params,
    .setup = setup,
    .run = workload_run_threads,
    .work = work,
};
