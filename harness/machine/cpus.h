/* cpus.h -- the CPU that samples run on, and the harness's own.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_CPUS_H
#define SLABLAB_CPUS_H

#include <stdbool.h>
#include <stddef.h>

/* Samples get the last allowed CPU, the harness the last but one; if there is only one, they share
 * it. */
struct cpus {
    size_t allowed; /* how many this process may run on; 0: unknown */
    int workload;   /* -1: unknown */
    int harness;    /* -1: unknown */
};

/* The CPUs that this process may run on now: after cpus_pin, one. */
struct cpus cpus_allowed(void);

/* Pins this process to that CPU. False, with errno, if that is refused. */
bool cpus_pin(int cpu);

#endif
