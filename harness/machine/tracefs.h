/* tracefs.h -- tracepoint ids from tracefs, whether or not it is mounted.
 *
 * If it is not mounted, root gets a mount private to this process: it has no path and appears in no
 * mount table. tracefs is opened at the first query and stays open.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_TRACEFS_H
#define SLABLAB_TRACEFS_H

#include <stdbool.h>
#include <stdint.h>

/* "at /sys/kernel/tracing", "by a mount of our own": how this process reads it; NULL if not. */
char const *tracefs_source(void);

/* "syscalls:sys_enter_mmap" -> the id for perf_event_open; false if tracefs is not readable or has
 * no such tracepoint. */
bool tracefs_number(char const *name, uint64_t *number);

#endif
