/* cpus.c -- CPUs by sched_getaffinity, which unlike sysconf respects containers and taskset.
 *
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "machine/cpus.h"

#include <sched.h>

/* Of the first call. */
static cpu_set_t const *first_allowed(void)
{
    static cpu_set_t allowed;
    static bool known;

    if (!known && sched_getaffinity(0, sizeof allowed, &allowed) != 0)
        return NULL;
    known = true;
    return &allowed;
}

struct cpus cpus_choose(size_t wanted)
{
    struct cpus cpus = {.harness = -1};
    cpu_set_t const *const allowed = first_allowed();

    for (int cpu = CPU_SETSIZE - 1; allowed != NULL && cpu >= 0; cpu--)
        if (CPU_ISSET(cpu, allowed)) {
            if (cpus.count < wanted && cpus.count < CPUS_MAX)
                cpus.workload[cpus.count++] = cpu;
            else if (cpus.harness < 0)
                cpus.harness = cpu;
            cpus.allowed++;
        }
    if (cpus.harness < 0 && cpus.count > 0)
        cpus.harness = cpus.workload[cpus.count - 1];
    return cpus;
}

bool cpus_keep_to(int const *cpu, size_t count)
{
    cpu_set_t own;

    CPU_ZERO(&own);
    for (size_t i = 0; i < count; i++)
        CPU_SET(cpu[i], &own);
    return sched_setaffinity(0, sizeof own, &own) == 0;
}
