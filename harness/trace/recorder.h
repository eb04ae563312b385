/* recorder.h -- the kernel's records of one process: opened before it starts, a trace when it ends.
 *
 * The events are opened on this process and inherited by the child it forks next, so that nothing
 * of the child is missed. This process's own records are left out of the trace.
 *
 *   recorder_begin   events and rings, one of each CPU        (then fork, exec)
 *   recorder_read    whatever the rings hold so far           (again and again, or they overflow)
 *   recorder_end     the rest, and the events are closed
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_RECORDER_H
#define SLABLAB_RECORDER_H

#include "trace/trace.h"

#include <poll.h>

enum recording {
    RECORD_CPU_TIME,   /* a SAMPLE every period of CPU time, from exec on */
    RECORD_PAGE_FAULTS /* every FAULT from fork on, and system calls if permitted */
};

struct recorder;

/* Encodes the events. Complains and returns NULL if this user may open none of them.
 * period_ns is for RECORD_CPU_TIME. */
struct recorder *recorder_new(enum recording recording, uint64_t period_ns);
void recorder_free(struct recorder *recorder);

/* May the kernel's own work be recorded, and are system calls? */
bool recorder_sees_kernel(struct recorder const *recorder);
bool recorder_sees_calls(struct recorder const *recorder);

/* From the next begin on, of RECORD_CPU_TIME. */
void recorder_set_period(struct recorder *recorder, uint64_t period_ns);

/* Complains and returns false if events or rings are refused. */
bool recorder_begin(struct recorder *recorder);

/* Writes the descriptors to wait for to polls (room for `room`); returns how many there are. */
size_t recorder_polls(struct recorder const *recorder, struct pollfd *polls, size_t room);

void recorder_read(struct recorder *recorder);

/* The trace belongs to the recorder and lives until its next begin. */
struct trace const *recorder_end(struct recorder *recorder);

/* That of the last recorder_end. */
struct trace const *recorder_trace(struct recorder const *recorder);

#endif
