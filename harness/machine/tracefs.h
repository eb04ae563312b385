/* tracefs.h -- the kernel's numbers of tracepoints, wherever tracefs is.
 *
 * Where it is mounted nowhere, root gets a mount that belongs to this process alone: it has no path
 * and stands in nobody's list of mounts. tracefs is opened at the first question and kept.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_TRACEFS_H
#define SLABLAB_TRACEFS_H

#include <stdbool.h>
#include <stdint.h>

/* "at /sys/kernel/tracing", "by a mount of our own": how this process reads it; NULL if not. */
char const *tracefs_place(void);

/* "syscalls:sys_enter_mmap" -> the number that perf_event_open wants; false where tracefs is not
 * readable or has no such tracepoint. */
bool tracefs_number(char const *name, uint64_t *number);

#endif
