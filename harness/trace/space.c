/* space.c -- address spaces maintained from system calls and MAP records.
 *
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "trace/space.h"

#include "base/memory.h"
#include "machine/system_facts.h"
#include "trace/address_space.h"
#include "trace/calls.h"

#include <linux/mman.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>

enum { HUGE_PAGE_USUAL = 2 << 20 };

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
    struct range told = {
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
        if (number == SYS_shmat) {
            told.origin = spaces->trace->events[call].stack;
            told.flags = MAP_SHARED;
        }
    }
    address_space_told(&find_or_add(spaces, event->pid)->space, &told);
}

static bool failed(uint64_t value)
{
    return value > UINT64_MAX - 4095; /* -errno */
}

/* The size is in the flags, as a power of two, or it is this machine's. */
static uint64_t huge_page_bytes(uint32_t flags)
{
    unsigned const power = flags >> MAP_HUGE_SHIFT & MAP_HUGE_MASK;
    uint64_t bytes = 0;

    if (power > 0)
        return UINT64_C(1) << power;
    return fact_memory_bytes("Hugepagesize", &bytes) && bytes > 0 ? bytes : HUGE_PAGE_USUAL;
}

static uint64_t round_up(uint64_t bytes, uint64_t unit)
{
    return (bytes + unit - 1) / unit * unit;
}

/* Huge pages are filled as if they were locked, even on fault. */
static enum range_lock lock_of_mmap(struct address_space const *space, uint64_t flags)
{
    if (space->future == RANGE_UNLOCKED)
        return flags & MAP_LOCKED ? RANGE_LOCKED : RANGE_UNLOCKED;
    return flags & MAP_HUGETLB ? RANGE_LOCKED : space->future;
}

static void take_mmap(struct spaces *spaces, struct address_space *space,
                      struct returned const *returned)
{
    uint64_t const *const argument = returned->call->argument;
    uint64_t *const file = number_map_at(&spaces->files, returned->tid);
    struct range range = {
        .begin = returned->value,
        .end = returned->value + page_round_up(argument[1]),
        .lock = lock_of_mmap(space, argument[3]),
        .protection = (uint32_t)argument[2],
        .flags = (uint32_t)argument[3],
        .origin = returned->stack,
        .made = returned->returned_at,
        .path = "//anon",
    };

    if ((range.flags & MAP_ANONYMOUS) == 0) {
        range.file_offset = argument[5];
        range.path = *file == 0 ? "//unknown" : spaces->trace->mappings[*file - 1].path;
    } else if (range.flags & MAP_HUGETLB) {
        range.page_bytes = huge_page_bytes(range.flags);
        range.end = range.begin + round_up(argument[1], range.page_bytes);
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
        .protection = PROT_READ | PROT_WRITE,
        .lock = space->future,
        .path = "[heap]",
    };

    address_space_heap(space, returned->value, &grown);
}

static void take_mprotect(struct address_space *space, uint64_t const argument[6])
{
    address_space_protect(space, argument[0], argument[0] + page_round_up(argument[1]),
                          (uint32_t)argument[2]);
}

static void take_lock(struct address_space *space, uint64_t const argument[6],
                      enum range_lock lock)
{
    address_space_lock(space, argument[0] / PAGE_BYTES * PAGE_BYTES,
                       page_round_up(argument[0] + argument[1]), lock);
}

/* MCL_ONFAULT alone is an error. Without MCL_FUTURE, what is mapped from now on is not locked. */
static void take_mlockall(struct address_space *space, uint64_t flags)
{
    enum range_lock const lock = flags & MCL_ONFAULT ? RANGE_LOCKED_ON_FAULT : RANGE_LOCKED;

    space->future = flags & MCL_FUTURE ? lock : RANGE_UNLOCKED;
    if (flags & MCL_CURRENT)
        address_space_lock(space, 0, UINT64_MAX, lock);
}

static void take_munlockall(struct address_space *space)
{
    space->future = RANGE_UNLOCKED;
    address_space_lock(space, 0, UINT64_MAX, RANGE_UNLOCKED);
}

/* The range that shmat mapped there. */
static void take_shmdt(struct address_space *space, struct returned const *returned)
{
    struct range const *const range = ranges_find(&space->ranges, returned->call->argument[0]);

    if (range != NULL)
        address_space_unmap(space, range->begin, range->end, returned->called_at);
}

/* A call that changes what mapped pages are, and succeeded. */
static void take_change(struct address_space *space, struct returned const *returned)
{
    uint64_t const *const argument = returned->call->argument;

    switch (returned->call->number) {
    case SYS_mprotect:
    case SYS_pkey_mprotect:
        take_mprotect(space, argument);
        break;
    case SYS_mlock:
        take_lock(space, argument, RANGE_LOCKED);
        break;
    case SYS_mlock2:
        take_lock(space, argument,
                  argument[2] & MLOCK_ONFAULT ? RANGE_LOCKED_ON_FAULT : RANGE_LOCKED);
        break;
    case SYS_munlock:
        take_lock(space, argument, RANGE_UNLOCKED);
        break;
    case SYS_mlockall:
        take_mlockall(space, argument[0]);
        break;
    case SYS_munlockall:
        take_munlockall(space);
        break;
    case SYS_shmdt:
        take_shmdt(space, returned);
        break;
    default:
        break;
    }
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
    else if (value == 0)
        take_change(space, &returned);
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
    struct address_space *const space = &find_or_add(spaces, pid)->space;
    struct range const *const range = ranges_find(&space->ranges, address);
    uint64_t const unit = range != NULL && range->page_bytes > 0 ? range->page_bytes : PAGE_BYTES;

    return pages_touch(&space->touched, address / unit * unit);
}
