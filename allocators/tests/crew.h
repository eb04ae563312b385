/* crew.h -- threads whose own memory leaves no trace in an allocator's ledger.
 *
 * The stacks are the test's, so the C library caches none, and with it none of what it allocates
 * for a thread. The allocations of a thread's start and end are made by the thread that starts it.
 * So that the main thread does this only once, a foreman starts the others.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_TESTS_CREW_H
#define SLABLAB_TESTS_CREW_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>

enum { CREW_MAX = 64, CREW_STACK_BYTES = 1 << 20 };

/* One of the crew: number out of count; broken counts what it found wrong. */
struct member {
    pthread_t thread;
    uint32_t number;
    uint32_t count;
    uint32_t broken;
    void (*work)(struct member *member);
};

static char *crew_stacks; /* of CREW_MAX members, and of the foreman */

static inline void crew_begin(void)
{
    crew_stacks = mmap(NULL, (size_t)(CREW_MAX + 1) * CREW_STACK_BYTES, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (crew_stacks == MAP_FAILED)
        abort();
}

static inline pthread_t crew_start(void *(*function)(void *), void *argument, uint32_t stack)
{
    pthread_attr_t attributes;
    pthread_t thread;

    if (pthread_attr_init(&attributes) != 0 ||
        pthread_attr_setstack(&attributes, crew_stacks + (size_t)stack * CREW_STACK_BYTES,
                              CREW_STACK_BYTES) != 0 ||
        pthread_create(&thread, &attributes, function, argument) != 0)
        abort();
    pthread_attr_destroy(&attributes);
    return thread;
}

static inline void *crew_member(void *argument)
{
    struct member *const member = argument;

    member->work(member);
    return NULL;
}

/* Runs count threads to their end; the sum of what they found broken. */
static inline uint32_t crew_run(uint32_t count, void (*work)(struct member *member))
{
    struct member members[CREW_MAX];
    uint32_t broken = 0;

    for (uint32_t i = 0; i < count; i++) {
        members[i] = (struct member){.number = i, .count = count, .work = work};
        members[i].thread = crew_start(crew_member, &members[i], i);
    }
    for (uint32_t i = 0; i < count; i++) {
        pthread_join(members[i].thread, NULL);
        broken += members[i].broken;
    }
    return broken;
}

struct foreman {
    uint32_t (*task)(uint32_t count);
    uint32_t count;
    uint32_t broken;
};

static inline void *foreman_run(void *argument)
{
    struct foreman *const foreman = argument;

    foreman->broken = foreman->task(foreman->count);
    return NULL;
}

/* task(count) in a thread that may start others; what it found broken. */
static inline uint32_t crew_under_foreman(uint32_t (*task)(uint32_t count), uint32_t count)
{
    struct foreman foreman = {task, count, 0};

    pthread_join(crew_start(foreman_run, &foreman, CREW_MAX), NULL);
    return foreman.broken;
}

#endif
