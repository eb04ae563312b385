/* cpus.h -- the CPU that samples run on, and the one that the harness keeps to.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_CPUS_H
#define SLABLAB_CPUS_H

#include <stdbool.h>
#include <stddef.h>

/* Samples get the last CPU allowed, the harness the last but one; where there is one alone, they
 * share it. */
struct cpus {
    size_t allowed; /* how many this process may run on; 0: the kernel does not say */
    int workload;   /* -1: unknown */
    int harness;    /* -1: unknown */
};

/* What this process may run on now: after cpus_pin, one. */
struct cpus cpus_allowed(void);

/* Moves this process to that CPU and keeps it there. False, with errno, where it may not. */
bool cpus_pin(int cpu);

#endif
