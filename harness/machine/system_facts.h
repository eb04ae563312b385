/* system_facts.h -- facts about this machine from the kernel's small files.
 *
 * Every answer is the caller's to free, and NULL, with errno where it applies, if unknown.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_SYSTEM_FACTS_H
#define SLABLAB_SYSTEM_FACTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FACT_GOVERNOR "/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor"
#define FACT_THP_ENABLED "/sys/kernel/mm/transparent_hugepage/enabled"
#define FACT_THP_DEFRAG "/sys/kernel/mm/transparent_hugepage/defrag"
#define FACT_ASLR "/proc/sys/kernel/randomize_va_space"
#define FACT_PERF_PARANOID "/proc/sys/kernel/perf_event_paranoid"
#define FACT_KPTR_RESTRICT "/proc/sys/kernel/kptr_restrict"
#define FACT_SMT_ACTIVE "/sys/devices/system/cpu/smt/active"
#define FACT_CLOCKSOURCE "/sys/devices/system/clocksource/clocksource0/current_clocksource"
#define FACT_NUMA_NODES "/sys/devices/system/node/node[0-9]*"

/* The chosen word of "always [madvise] never". */
char *fact_selected(char const *path);

/* A whole number, which may be negative, alone in its file. */
bool fact_number(char const *path, int64_t *number);

/* The value after "key:" or "key  :" in a file of such lines. */
char *fact_keyed(char const *path, char const *key);

/* The same from a text in memory. */
char *fact_keyed_in(char const *text, char const *key);

/* "MemTotal: 123 kB" of /proc/meminfo in bytes. */
bool fact_memory_bytes(char const *key, uint64_t *bytes);

/* How many paths match. */
size_t fact_count(char const *pattern);

/* The vendor of the hypervisor that this machine runs under; "unknown" if it does not say; NULL on
 * bare metal. */
char *fact_hypervisor(void);

#endif
