/* space.c -- address spaces maintained from system calls and MAP records.
 *
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "trace/space.h"

#include "base/memory.h"
#include "trace/address_space.h"
#include "trace/calls.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>

struct process {
    struct address_space space;
    size_t threads;
};

struct spaces {
    struct trace const *trace;
    struct calls *calls;
    struct number_map numbers; /* pid -> position in processes, plus one */
    struct number_map files;   /* tid -> position in trace->mappings of its mmap's MAP, plus one */
    struct process *processes;
    size_t process_count;
};

/* A call and what it returned. */
struct returned {
    struct trace_call const *call;
    uint64_t value;
    uint32_t tid;
    uint32_t stack; /* of the CALL */
    size_t called_at;
    size_t returned_at;
};

struct spaces *spaces_new(struct trace const *trace)
{
    struct spaces *const spaces = memory_zeroed(1, sizeof *spaces);

    spaces->trace = trace;
    spaces->calls = calls_new(trace);
    return spaces;
}

void spaces_free(struct spaces *spaces)
{
    for (size_t i = 0; i < spaces->process_count; i++)
        address_space_clear(&spaces->processes[i].space);
    free(spaces->processes);
    number_map_free(&spaces->numbers);
    number_map_free(&spaces->files);
    calls_free(spaces->calls);
    free(spaces);
}

static struct process *find(struct spaces const *spaces, uint32_t pid)
{
    uint64_t const *const number = number_map_find(&spaces->numbers, pid);

    return number == NULL ? NULL : &spaces->processes[*number - 1];
}

/* A process without a FORK event is the first, with one thread. Moves the others. */
static struct process *find_or_add(struct spaces *spaces, uint32_t pid)
{
    uint64_t *const number = number_map_at(&spaces->numbers, pid);

    if (*number == 0) {
        spaces->processes = memory_room_for_one(spaces->processes, spaces->process_count,
                                                sizeof *spaces->processes);
        *number = ++spaces->process_count;
        spaces->processes[*number - 1].threads = 1;
    }
    return &spaces->processes[*number - 1];
}

static uint64_t call_number(struct spaces const *spaces, size_t call)
{
    return spaces->trace->calls[spaces->trace->events[call].detail].number;
}

static void take_map(struct spaces *spaces, struct trace_event const *event, size_t position)
{
    struct trace_mapping const *const mapping = &spaces->trace->mappings[event->detail];
    size_t const call = calls_pending(spaces->calls, event->tid);
    struct range const told = {
        .begin = mapping->begin,
        .end = mapping->end,
        .file_offset = mapping->file_offset,
        .protection = mapping->protection,
        .origin = SPACE_NO_ORIGIN,
        .made = position,
        .path = mapping->path,
    };

    if (call != CALLS_NONE) {
        uint64_t const number = call_number(spaces, call);
        if (number == SYS_mmap)
            *number_map_at(&spaces->files, event->tid) = event->detail + 1;
        if (number == SYS_mmap || number == SYS_brk || number == SYS_mremap)
            return; /* its RETURN says more */
    }
    address_space_told(&find_or_add(spaces, event->pid)->space, &told);
}

static bool failed(uint64_t value)
{
    return value > UINT64_MAX - 4095; /* -errno */
}

static void take_mmap(struct spaces *spaces, struct address_space *space,
                      struct returned const *returned)
{
    uint64_t const *const argument = returned->call->argument;
    uint64_t *const file = number_map_at(&spaces->files, returned->tid);
    struct range range = {
        .begin = returned->value,
        .end = returned->value + page_round_up(argument[1]),
        .protection = (uint32_t)argument[2],
        .flags = (uint32_t)argument[3],
        .origin = returned->stack,
        .made = returned->returned_at,
        .path = "//anon",
    };

    if ((range.flags & MAP_ANONYMOUS) == 0) {
        range.file_offset = argument[5];
        range.path = *file == 0 ? "//unknown" : spaces->trace->mappings[*file - 1].path;
    }
    *file = 0;
    if (!failed(returned->value))
        address_space_map(space, &range);
}

/* Another thread may have mapped there again before this call returned. */
static void take_munmap(struct address_space *space, struct returned const *returned)
{
    uint64_t const begin = returned->call->argument[0];
    uint64_t const bytes = page_round_up(returned->call->argument[1]);

    if (returned->value == 0)
        address_space_unmap(space, begin, begin + bytes, returned->called_at);
}

static void take_mremap(struct address_space *space, struct returned const *returned)
{
    uint64_t const *const argument = returned->call->argument;
    struct address_move const move = {
        .from = argument[0],
        .old_bytes = page_round_up(argument[1]),
        .to = returned->value,
        .new_bytes = page_round_up(argument[2]),
        .keeps_old = (argument[3] & MREMAP_DONTUNMAP) != 0,
        .called_at = returned->called_at,
        .returned_at = returned->returned_at,
    };

    if (!failed(returned->value))
        address_space_move(space, &move);
}

static void take_brk(struct address_space *space, struct returned const *returned)
{
    struct range const grown = {
        .origin = returned->stack,
        .made = returned->returned_at,
        .path = "[heap]",
    };

    address_space_heap(space, returned->value, &grown);
}

/* `call` is the number of the CALL event; `position`, that of the event that ends it. */
static void take_return(struct spaces *spaces, size_t call, size_t position, uint64_t value)
{
    struct trace_event const *const event = &spaces->trace->events[position];
    struct address_space *const space = &find_or_add(spaces, event->pid)->space;
    struct returned const returned = {
        .call = &spaces->trace->calls[spaces->trace->events[call].detail],
        .value = value,
        .tid = event->tid,
        .stack = spaces->trace->events[call].stack,
        .called_at = call,
        .returned_at = position,
    };

    if (returned.call->number == SYS_mmap)
        take_mmap(spaces, space, &returned);
    else if (returned.call->number == SYS_munmap)
        take_munmap(space, &returned);
    else if (returned.call->number == SYS_mremap)
        take_mremap(space, &returned);
    else if (returned.call->number == SYS_brk)
        take_brk(space, &returned);
}

/* A thread that ends or calls again during a munmap whose return was not seen has unmapped. */
static void take_unreturned(struct spaces *spaces, size_t position)
{
    size_t const call = calls_pending(spaces->calls, spaces->trace->events[position].tid);

    if (call != CALLS_NONE && call_number(spaces, call) == SYS_munmap)
        take_return(spaces, call, position, 0);
}

static void take_fork(struct spaces *spaces, struct trace_event const *event)
{
    uint32_t const parent = (uint32_t)event->detail;

    find_or_add(spaces, parent);
    if (parent == event->pid) {
        find(spaces, parent)->threads++;
        return;
    }
    struct process *const child = find_or_add(spaces, event->pid);
    address_space_copy(&child->space, &find(spaces, parent)->space);
    child->threads = 1;
}

static void take_exit(struct spaces *spaces, struct trace_event const *event)
{
    struct process *const process = find_or_add(spaces, event->pid);

    if (process->threads > 0 && --process->threads == 0)
        address_space_clear(&process->space);
}

void spaces_take(struct spaces *spaces, size_t position)
{
    struct trace_event const *const event = &spaces->trace->events[position];

    if (event->kind == TRACE_CALL || event->kind == TRACE_EXIT)
        take_unreturned(spaces, position);
    size_t const call = calls_take(spaces->calls, position);
    if (call != CALLS_NONE)
        take_return(spaces, call, position, event->detail);
    if (event->kind == TRACE_MAP)
        take_map(spaces, event, position);
    else if (event->kind == TRACE_FORK)
        take_fork(spaces, event);
    else if (event->kind == TRACE_EXEC)
        address_space_clear(&find_or_add(spaces, event->pid)->space);
    else if (event->kind == TRACE_EXIT)
        take_exit(spaces, event);
}

struct range const *space_find(struct spaces const *spaces, uint32_t pid, uint64_t address)
{
    struct process const *const process = find(spaces, pid);

    return process == NULL ? NULL : ranges_find(&process->space.ranges, address);
}

struct ranges const *space_ranges(struct spaces const *spaces, uint32_t pid)
{
    static struct ranges const none;
    struct process const *const process = find(spaces, pid);

    return process == NULL ? &none : &process->space.ranges;
}

uint64_t space_files_version(struct spaces const *spaces, uint32_t pid)
{
    struct process const *const process = find(spaces, pid);

    return process == NULL ? 0 : process->space.files_version;
}

bool space_touch(struct spaces *spaces, uint32_t pid, uint64_t address)
{
    return pages_touch(&find_or_add(spaces, pid)->space.touched, address);
}
