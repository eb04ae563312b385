/* trace.h -- what the kernel recorded of one process and its descendants, in the order of time.
 *
 * recorder.h makes one; the code for symbols, layers and memory is built on it and does not depend
 * on perf. Times are CLOCK_MONOTONIC.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_TRACE_H
#define SLABLAB_TRACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum trace_kind {
    TRACE_SAMPLE, /* a period of CPU time elapsed */
    TRACE_FAULT,  /* a page fault by an exception; detail: the address that was touched */
    TRACE_CALL,   /* a system call begins; detail: a position in calls */
    TRACE_RETURN, /* and returns; detail: what it returns */
    TRACE_MAP,    /* memory was mapped; detail: a position in mappings */
    TRACE_FORK,   /* the process or thread began; detail: its parent's pid */
    TRACE_EXEC,   /* the process executed another program: earlier mappings are gone */
    TRACE_EXIT    /* the thread ended */
};

/* stack is a position in stacks if the kind has one (SAMPLE, FAULT, CALL). */
struct trace_event {
    uint64_t time_ns;
    uint64_t detail;
    uint32_t pid;
    uint32_t tid;
    uint32_t stack;
    uint32_t order;  /* order of reading, among events of equal time */
    uint8_t kind;    /* enum trace_kind */
    bool in_kernel;  /* SAMPLE, FAULT: the kernel was running */
    bool major;      /* FAULT: it was a major fault */
};

/* A chain of code addresses, innermost first: ip[0 ... kernel_count - 1] in the kernel, then
 * user_count in the program. All but the innermost of each are return addresses. The registers and
 * the words at the top of the user stack are those of the moment when user code last ran;
 * word_count is 0 if there are none. */
struct trace_stack {
    uint64_t const *ip;
    uint16_t kernel_count;
    uint16_t user_count;
    uint16_t word_count;
    uint64_t sp;
    uint64_t bp;
    uint64_t const *word; /* word[0] is at sp */
};

struct trace_call {
    uint64_t number; /* SYS_mmap ... */
    uint64_t argument[6];
};

/* begin ... end - 1 shows the file's bytes from file_offset on; "//anon", "[heap]" and the like
 * where there is no file. */
struct trace_mapping {
    uint64_t begin;
    uint64_t end;
    uint64_t file_offset;
    uint32_t protection; /* PROT_ bits */
    char const *path;
};

struct trace {
    struct trace_event *events; /* by time_ns */
    size_t event_count;
    struct trace_stack *stacks;
    size_t stack_count;
    struct trace_call *calls;
    size_t call_count;
    struct trace_mapping *mappings;
    size_t mapping_count;
    uint64_t lost;      /* records lost because a ring was full */
    uint64_t throttled; /* times that the kernel throttled an event */
};

#endif
