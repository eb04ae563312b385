/* calls.h -- which system call each thread of a trace is in.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_CALLS_H
#define SLABLAB_CALLS_H

#include "trace/trace.h"

enum { CALL_NAME_BYTES = 24 };

#define CALLS_NONE SIZE_MAX

struct calls;

struct calls *calls_new(struct trace const *trace);
void calls_free(struct calls *calls);

/* Processes event number `event`; events must come in order. Returns the number of the CALL event
 * that a RETURN ends; CALLS_NONE for other events, or if that call is unknown. */
size_t calls_take(struct calls *calls, size_t event);

/* Number of the CALL event of the system call that the thread is in; CALLS_NONE. A new thread is in
 * the call by which its parent made it. */
size_t calls_pending(struct calls const *calls, uint32_t tid);

/* The thread is becoming a program: it is in execve, or its new program has not run yet. True for a
 * thread that was never seen, because the trace's first thread begins so. */
bool calls_in_exec(struct calls const *calls, uint32_t tid);

/* "mmap", or "syscall_460"; written to `into` where it is not a common one. */
char const *call_name(uint64_t number, char into[CALL_NAME_BYTES]);

#endif
