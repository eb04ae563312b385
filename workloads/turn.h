/* turn.h -- how a thread waits for another one, by a number that only grows.
 *
 * It looks again and again for some microseconds, and then lets others run between two looks: a
 * thread that shares its CPU with the one that it waits for would wait for the kernel's tick.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_TURN_H
#define SLABLAB_TURN_H

#include <sched.h>
#include <stdint.h>

enum { TURN_LOOKS = 1000 };

/* A number on a cache line of its own: what is written before turn_give is seen after turn_wait. */
struct turn {
    _Alignas(128) uint64_t number;
};

/* Until it is `number` or more. */
static inline void turn_wait(struct turn const *turn, uint64_t number)
{
    for (unsigned look = 0; __atomic_load_n(&turn->number, __ATOMIC_ACQUIRE) < number; look++)
        if (look < TURN_LOOKS)
            __builtin_ia32_pause();
        else
            sched_yield();
}

static inline void turn_give(struct turn *turn, uint64_t number)
{
    __atomic_store_n(&turn->number, number, __ATOMIC_RELEASE);
}

#endif
