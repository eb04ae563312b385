/* cpus.h -- the CPUs that samples run on, and the harness's own.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_CPUS_H
#define SLABLAB_CPUS_H

#include <stdbool.h>
#include <stddef.h>

enum { CPUS_MAX = 256 }; /* of one sample */

/* Samples get the last allowed CPUs, the harness the last of the others; if there is no other, it
 * shares the samples' last one with them. Thread i of a workload takes workload[i % count]
 * (workloads/runtime/threads.c). */
struct cpus {
    size_t allowed; /* how many this process could run on when it was first asked; 0: unknown */
    size_t count;   /* of the samples': as many as were wanted, if so many are allowed */
    int workload[CPUS_MAX]; /* the last allowed one first */
    int harness;            /* -1: unknown */
};

/* The choice for samples on `wanted` CPUs. What may be chosen from is what this process could run
 * on at the first call, so that pinning it changes no later choice. */
struct cpus cpus_choose(size_t wanted);

/* Keeps this process on these CPUs. False, with errno, if that is refused. */
bool cpus_keep_to(int const *cpu, size_t count);

#endif
