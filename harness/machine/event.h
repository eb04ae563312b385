/* event.h -- one perf event: from its name to its attributes, and opening it.
 *
 * Samples and `slablab list events` both use this, so they agree on what is absent and why.
 * libpfm4's header brings its own copy of linux/perf_event.h: the kernel's cannot be included with
 * this one.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_EVENT_H
#define SLABLAB_EVENT_H

#include <perfmon/pfmlib_perf_event.h>
#include <stdbool.h>

enum { EVENT_ABSENCE_MAX = 128 };

/* attributes == what perf_event_open is asked for, unless absence says why that is unknown. */
struct event {
    struct perf_event_attr attributes;
    char absence[EVENT_ABSENCE_MAX]; /* "" if the event is known */
    bool undecided; /* absent, and unknown whether such a tracepoint exists */
};

/* A tracepoint (group:name) by its number in tracefs, any other event by libpfm4. */
struct event event_encode(char const *name);

/* Opens a known event on the calling process, inherited by its threads; in the group of `leader`,
 * or with -1 by itself. If the kernel does not let this user count kernel events, the event is
 * opened for user mode only, unless it occurs only in the kernel: then it would count 0. Returns
 * the descriptor or -1, and in *refusal the errno of the first attempt, 0 if that succeeded. Makes
 * system calls only, so it may be called between fork and exec. */
int event_open(struct event const *event, bool disabled, int leader, int *refusal);

/* Does it occur only in the kernel? */
bool event_is_of_kernel(struct event const *event);

/* Software events and tracepoints need no hardware counter, so their group is never multiplexed. */
bool event_joins_group(struct event const *event);

/* May this user look tracepoints up? */
bool event_tracefs_readable(void);

#endif
