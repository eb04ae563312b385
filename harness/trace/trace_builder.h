/* trace_builder.h -- decodes perf's records into a trace.
 *
 * It knows the layout of records and makes no system calls, so that a test can pass its own.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_TRACE_BUILDER_H
#define SLABLAB_TRACE_BUILDER_H

#include "trace/trace.h"

#include <perfmon/perf_event.h>

/* The fields of every event's samples, in their order. */
enum {
    TRACE_SAMPLE_TYPE = PERF_SAMPLE_IDENTIFIER | PERF_SAMPLE_IP | PERF_SAMPLE_TID |
                        PERF_SAMPLE_TIME | PERF_SAMPLE_ADDR | PERF_SAMPLE_CALLCHAIN |
                        PERF_SAMPLE_RAW,
    TRACE_USER_STATE = PERF_SAMPLE_REGS_USER | PERF_SAMPLE_STACK_USER, /* if the CPU has them */
    /* asm/perf_regs.h of x86-64: bp, sp and ip, in this order in the record */
    TRACE_REGISTERS = 1 << 6 | 1 << 7 | 1 << 8,
    TRACE_STACK_BYTES = 256,
    TRACE_EVENTS_MAX = 4 * 1000 * 1000 /* then records are lost: some 2 GB */
};

/* Which identifier belongs to what. */
struct trace_source {
    uint64_t identifier;
    enum trace_kind kind; /* SAMPLE, FAULT, CALL, RETURN */
    bool major;
};

struct trace_builder;

/* own_pid: the process whose records are left out. user_state: the samples hold TRACE_USER_STATE.
  */
struct trace_builder *trace_builder_new(uint32_t own_pid, bool user_state);
void trace_builder_free(struct trace_builder *builder);

/* Identifiers must come in rising order, as the kernel gives them out. */
void trace_builder_source(struct trace_builder *builder, struct trace_source source);
void trace_builder_take(struct trace_builder *builder, struct perf_event_header const *record);

/* Puts the events in the order of time. The trace belongs to the builder. */
struct trace const *trace_builder_finish(struct trace_builder *builder);

#endif
