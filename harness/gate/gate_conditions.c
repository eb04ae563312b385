/* gate_conditions.c -- under what a gate measured: what it asked, which workloads, on what machine.
 *
 * SPDX-License-Identifier: MIT */
#include "gate/gate_report.h"

/* What a gate asks and decides by. Builds and workloads stand elsewhere; words decide nothing. */
static char const *const asked_keys[] = {
    "alpha", "alpha_control", "stop", "events", "rules", "gate", "cells", NULL,
};

/* What a measurement depends on, of machine.json. Neither a host's name, for hosts of one kind are
 * one machine, nor its memory, of which each kernel leaves a little more or less, nor a compiler's
 * flags, which show in the builds. */
static char const *const machine_keys[] = {
    "architecture",
    "cpu_model",
    "cpu_version",
    "cpus_online",
    "cpus_allowed",
    "smt_active",
    "numa_nodes",
    "hypervisor",
    "page_bytes",
    "kernel_release",
    "kernel_version",
    "kernel_command_line",
    "cpufreq_governor",
    "thp_enabled",
    "thp_defrag",
    "randomize_va_space",
    "clocksource",
    "process",
    "cgroup",
    "compiler",
    "compiler_version",
    NULL,
};

/* Those of the keys that the object has; the values are shared. */
static json_t *part_of(json_t const *object, char const *const *keys)
{
    json_t *const part = json_object();

    for (; *keys != NULL; keys++) {
        json_t *const value = json_object_get(object, *keys);
        if (value != NULL)
            json_object_set(part, *keys, value);
    }
    return part;
}

json_t *gate_conditions(json_t const *plan, json_t const *machine)
{
    json_t *const conditions = json_object();
    json_t *const facts = part_of(machine, machine_keys);
    json_t *const c_library = json_object_get(json_object_get(machine, "libraries"), "glibc");
    json_t *const workloads = json_object_get(plan, "workloads");
    json_t *const slablab = json_object_get(machine, "slablab");

    if (c_library != NULL)
        json_object_set(facts, "glibc", c_library);
    json_object_set_new(conditions, "asked", part_of(plan, asked_keys));
    if (workloads != NULL)
        json_object_set(conditions, "workloads", workloads);
    json_object_set_new(conditions, "machine", facts);
    if (slablab != NULL)
        json_object_set(conditions, "slablab", slablab);
    return conditions;
}
