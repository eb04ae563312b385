/* producer_consumer.c -- some threads allocate objects, and the others free them.
 *
 *   producer p  --ring-->  consumer c      each pair has a ring of its own: one thread writes it,
 *               --ring-->  ...             one reads it, and no lock is taken
 *
 * The idea is xmalloc-test's (Lever and Boreham, "malloc() Performance in a Multithreaded Linux
 * Environment", USENIX 2000; objects of 64 bytes). There a mutex and two condition variables guard
 * the list, which is then what is measured; here the rings take no lock. A producer deals its
 * objects out to the consumers in turn, and a consumer takes one of each producer in turn, so the
 * order in which each frees them is fixed.
 *
 * It does not show threads that both allocate and free: some designs have nothing to give a thread
 * that only frees. With one thread it allocates and frees in turns of a ring.
 *
 * SPDX-License-Identifier: MIT */
#include "workload.h"

#include <stdlib.h>

enum { THREADS_MOST = 256 };

/* given: objects that were ever written to the ring; taken: those that were read. */
struct ring {
    struct turn given;
    struct turn taken;
    unsigned char **object;
};


/* How often a producer found a ring full, in the phase that goes on. */
struct waits {
    _Alignas(128) uint64_t count;
};

static struct {
    struct waits waits[THREADS_MOST]; /* of each producer */
    struct ring *ring; /* of producer p and consumer c: ring[p * consumers + c] */
    uint32_t producers;
    uint32_t consumers;
    uint32_t capacity;
    size_t size;
} state;

static void setup(void)
{
    uint32_t const threads = (uint32_t)workload_parameter("threads");
    uint64_t const percent = workload_parameter("producers");
    uint32_t const wanted = (uint32_t)((threads * percent + 50) / 100);

    state.producers = wanted == 0 ? 1 : wanted < threads || threads == 1 ? wanted : threads - 1;
    state.consumers = threads > 1 ? threads - state.producers : 1;
    state.capacity = (uint32_t)workload_parameter("ring");
    state.size = workload_parameter("size");
    uint32_t const rings = state.producers * state.consumers;
    state.ring = workload_map(rings * sizeof *state.ring);
    for (uint32_t i = 0; i < rings; i++)
        state.ring[i].object = workload_map(state.capacity * sizeof *state.ring[i].object);
}

static struct ring *ring_of(uint64_t producer, uint64_t consumer)
{
    return &state.ring[producer * state.consumers + consumer];
}

static void wait_for_room(uint32_t producer, struct ring const *ring, uint64_t taken)
{
    state.waits[producer].count += __atomic_load_n(&ring->taken.number, __ATOMIC_RELAXED) < taken;
    turn_wait(&ring->taken, taken);
}

/* The number-th object of a producer, from 0 on. */
static uint64_t produce(uint32_t producer, uint64_t number, uint64_t checksum)
{
    struct ring *const ring = ring_of(producer, number % state.consumers);
    uint64_t const place = number / state.consumers;
    unsigned char *const block = malloc(state.size);

    if (block == NULL)
        workload_out_of_memory(state.size);
    content_write(block, state.size, content_tag((uint32_t)number));
    if (place >= state.capacity)
        wait_for_room(producer, ring, place + 1 - state.capacity);
    ring->object[place % state.capacity] = block;
    turn_give(&ring->given, place + 1);
    return checksum_add(checksum, state.size);
}

/* The number-th object that some consumer has of a producer. */
static uint64_t consume(uint32_t producer, uint32_t consumer, uint64_t number, uint64_t checksum)
{
    struct ring *const ring = ring_of(producer, consumer);
    uint32_t const expected =
        content_expected(content_tag((uint32_t)(number * state.consumers + consumer)));

    turn_wait(&ring->given, number + 1);
    unsigned char *const block = ring->object[number % state.capacity];
    turn_give(&ring->taken, number + 1);
    uint32_t const content = content_read(block, state.size);
    if (content != expected)
        workload_corrupted(block, state.size, expected, content);
    free(block);
    return checksum_add(checksum, content);
}

/* Of what number `part` of `parts` was dealt out of `whole`, in turn. */
static uint64_t dealt(uint64_t whole, uint64_t part, uint64_t parts)
{
    return whole / parts + (part < whole % parts);
}

/* Of the first `operations` objects, how many a producer dealt to a consumer. */
static uint64_t dealt_to(uint64_t operations, uint32_t producer, uint32_t consumer)
{
    return dealt(dealt(operations, producer, state.producers), consumer, state.consumers);
}

/* All that the producers deal to this consumer from operation `begin` to `end`, one of each in
 * turn. */
static void consume_all(struct worker *worker, uint32_t consumer, uint64_t begin, uint64_t end)
{
    uint64_t next[THREADS_MOST] = {0};
    uint64_t last[THREADS_MOST] = {0};
    uint64_t left = 0;

    for (uint32_t p = 0; p < state.producers; p++) {
        next[p] = dealt_to(begin, p, consumer);
        last[p] = dealt_to(end, p, consumer);
        left += last[p] - next[p];
    }
    for (uint32_t p = 0; left > 0; p = p + 1 == state.producers ? 0 : p + 1)
        if (next[p] < last[p]) {
            worker->checksum = consume(p, consumer, next[p]++, worker->checksum);
            left--;
        }
}

static void alone(struct worker *worker, uint64_t operations)
{
    uint64_t const end = worker->before + operations;

    for (uint64_t begin = worker->before; begin < end;) {
        uint64_t const most = begin + state.capacity;
        uint64_t const until = most < end ? most : end;
        for (uint64_t i = begin; i < until; i++)
            worker->checksum = produce(0, i, worker->checksum);
        for (uint64_t i = begin; i < until; i++)
            worker->checksum = consume(0, 0, i, worker->checksum);
        begin = until;
    }
}

static void work(struct worker *worker, uint64_t operations)
{
    uint32_t const number = worker->number;
    uint64_t const begin = worker->before;
    uint64_t const end = begin + operations;

    if (worker->threads == 1) {
        alone(worker, operations);
    } else if (number < state.producers) {
        state.waits[number].count = 0;
        uint64_t const last = dealt(end, number, state.producers);
        for (uint64_t i = dealt(begin, number, state.producers); i < last; i++)
            worker->checksum = produce(number, i, worker->checksum);
    } else {
        consume_all(worker, number - state.producers, begin, end);
    }
}

static void report(void)
{
    uint64_t sum = 0;

    for (uint32_t p = 0; p < state.producers; p++)
        sum += state.waits[p].count;
    workload_report("waits_for_room", sum);
}

static struct parameter const params[] = {
    {"threads", 2, 1, THREADS_MOST, "threads", "that produce or consume"},
    {"producers", 50, 1, 99, "%", "of the threads; one at least, and one consumer"},
    {"size", 64, 1, UINT64_C(1) << 40, "bytes", "of every object"},
    {"ring", 1024, 1, UINT64_C(1) << 24, "objects", "that may wait for a consumer of a producer"},
    {.name = NULL},
};

static struct measure const measures[] = {
    {"waits_for_room", "waits", "less", "Waits of a producer because a ring was full"},
    {.name = NULL},
};

struct workload const workload = {
    .name = "producer_consumer",
    .models = "a pipeline: one stage makes the messages that the next one uses up",
    .params = params,
    .setup = setup,
    .run = workload_run_threads,
    .work = work,
    .measures = measures,
    .report = report,
};
