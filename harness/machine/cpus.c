/* cpus.c -- CPUs by sched_getaffinity, which unlike sysconf respects containers and taskset.
 *
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "machine/cpus.h"

#include <sched.h>

struct cpus cpus_allowed(void)
{
    struct cpus cpus = {.workload = -1, .harness = -1};
    cpu_set_t allowed;

    if (sched_getaffinity(0, sizeof allowed, &allowed) != 0)
        return cpus;
    for (int cpu = 0; cpu < CPU_SETSIZE; cpu++)
        if (CPU_ISSET(cpu, &allowed)) {
            cpus.harness = cpus.allowed == 0 ? cpu : cpus.workload;
            cpus.workload = cpu;
            cpus.allowed++;
        }
    return cpus;
}

bool cpus_pin(int cpu)
{
    cpu_set_t own;

    CPU_ZERO(&own);
    CPU_SET(cpu, &own);
    return sched_setaffinity(0, sizeof own, &own) == 0;
}
