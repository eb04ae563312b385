/* made_trace.h -- traces written by hand, event by event.
 *
 * Every event is a microsecond behind the one before. There is one trace at a time, of the process
 * MADE_PID unless `made_as` says otherwise.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_MADE_TRACE_H
#define SLABLAB_MADE_TRACE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "trace/trace.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>

enum {
    MADE_PID = 100,
    MADE_EVENTS_MAX = 4096,
    MADE_ADDRESSES_MAX = 8192,
    MADE_FILES_MAX = 256
};

#define PAGE UINT64_C(4096)
#define MB (256 * PAGE)

#define MADE_ANONYMOUS (MAP_PRIVATE | MAP_ANONYMOUS)
#define MADE_FAILED ((uint64_t)-12) /* -ENOMEM */

struct made_file {
    uint64_t begin;
    uint64_t end;
    uint64_t file_offset;
    char path[512];
};

static struct trace_event made_events[MADE_EVENTS_MAX];
static struct trace_stack made_stacks[MADE_EVENTS_MAX];
static struct trace_call made_calls[MADE_EVENTS_MAX];
static struct trace_mapping made_mappings[MADE_EVENTS_MAX];
static uint64_t made_addresses[MADE_ADDRESSES_MAX];
static size_t made_address_count;
static struct made_file made_files[MADE_FILES_MAX];
static size_t made_file_count;
static struct trace made;
static uint32_t made_pid;
static uint32_t made_tid;

static inline int made_begin(void **state)
{
    (void)state;
    made = (struct trace){.events = made_events, .stacks = made_stacks, .calls = made_calls,
                          .mappings = made_mappings};
    made_address_count = 0;
    made_pid = MADE_PID;
    made_tid = MADE_PID;
    return 0;
}

/* Events that follow are of that thread. */
static inline void made_as(uint32_t pid, uint32_t tid)
{
    made_pid = pid;
    made_tid = tid;
}

static inline struct trace_event *made_event(enum trace_kind kind, uint64_t detail)
{
    struct trace_event *const event = &made_events[made.event_count++];

    assert_true(made.event_count <= MADE_EVENTS_MAX);
    *event = (struct trace_event){.time_ns = made.event_count * UINT64_C(1000),
                                  .detail = detail,
                                  .pid = made_pid,
                                  .tid = made_tid,
                                  .kind = (uint8_t)kind};
    return event;
}

/* The time of the event that comes next. */
static inline uint64_t made_time_ns(void)
{
    return (made.event_count + 1) * UINT64_C(1000);
}

/* A stack of user addresses, innermost first, up to a 0; returns its position. */
static inline uint32_t made_stack(uint64_t sp, uint64_t const *addresses)
{
    uint64_t *const ip = &made_addresses[made_address_count];
    uint16_t count = 0;

    for (; addresses[count] != 0; count++)
        ip[count] = addresses[count];
    made_address_count += count;
    assert_true(made_address_count < MADE_ADDRESSES_MAX);
    made_stacks[made.stack_count] = (struct trace_stack){.ip = ip, .user_count = count, .sp = sp};
    return (uint32_t)made.stack_count++;
}

#define MADE_STACK(...) made_stack(0, (uint64_t const[]){__VA_ARGS__, 0})

static inline size_t made_call(uint64_t number, uint32_t stack, uint64_t const *argument)
{
    struct trace_call *const call = &made_calls[made.call_count];

    call->number = number;
    memcpy(call->argument, argument, sizeof call->argument);
    made_event(TRACE_CALL, made.call_count++)->stack = stack;
    return made.event_count - 1;
}

#define MADE_CALL(number, stack, ...) made_call(number, stack, (uint64_t const[6]){__VA_ARGS__})

static inline void made_return(uint64_t value)
{
    made_event(TRACE_RETURN, value);
}

static inline void made_map(uint64_t begin, uint64_t end, uint64_t file_offset, char const *path)
{
    made_mappings[made.mapping_count] =
        (struct trace_mapping){begin, end, file_offset, PROT_READ, path};
    made_event(TRACE_MAP, made.mapping_count++);
}

/* mmap of nameless memory: the kernel's MAP tells of merged_begin ... merged_end. */
static inline void made_mmap_merged(uint64_t begin, uint64_t bytes, uint64_t flags, uint32_t stack,
                                    uint64_t merged_begin, uint64_t merged_end)
{
    MADE_CALL(SYS_mmap, stack, 0, bytes, PROT_READ | PROT_WRITE, flags, (uint64_t)-1, 0);
    made_map(merged_begin, merged_end, 0, "//anon");
    made_return(begin);
}

static inline void made_mmap(uint64_t begin, uint64_t bytes, uint64_t flags, uint32_t stack)
{
    made_mmap_merged(begin, bytes, flags, stack, begin, begin + bytes);
}

static inline void made_munmap(uint64_t begin, uint64_t bytes)
{
    MADE_CALL(SYS_munmap, 0, begin, bytes);
    made_return(0);
}

static inline struct trace_event *made_fault(uint64_t address, uint32_t stack)
{
    struct trace_event *const event = made_event(TRACE_FAULT, address);

    event->stack = stack;
    return event;
}

static inline void made_kernel_fault(uint64_t address, uint32_t stack)
{
    made_fault(address, stack)->in_kernel = true;
}

/* Notes the files that this very test maps, before it opens any for their symbols. */
static inline void made_read_own_files(void)
{
    FILE *const maps = fopen("/proc/self/maps", "re");
    char line[1024];

    assert_non_null(maps);
    while (fgets(line, sizeof line, maps) != NULL) {
        struct made_file *const file = &made_files[made_file_count];
        if (sscanf(line, "%" SCNx64 "-%" SCNx64 " %*s %" SCNx64 " %*s %*s %511s", &file->begin,
                   &file->end, &file->file_offset, file->path) == 4 &&
            file->path[0] == '/')
            assert_true(++made_file_count < MADE_FILES_MAX);
    }
    fclose(maps);
}

/* They are mapped where this test has them. */
static inline void made_map_own_files(void)
{
    for (size_t i = 0; i < made_file_count; i++)
        made_map(made_files[i].begin, made_files[i].end, made_files[i].file_offset,
                 made_files[i].path);
}

/* Of the file that holds the address. */
static inline char const *made_own_path(uint64_t address)
{
    size_t i = 0;

    while (i < made_file_count && (address < made_files[i].begin || address >= made_files[i].end))
        i++;
    assert_true(i < made_file_count);
    return made_files[i].path;
}

#endif
