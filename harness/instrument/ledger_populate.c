/* ledger_populate.c -- interprets calls that map and lock memory as the kernel does.
 *
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "instrument/ledger_populate.h"

#include "trace/pages.h"

#include <sys/mman.h>
#include <sys/syscall.h>

static struct populated const nothing = {.begin = 0};

static struct populated pages_of(uint64_t address, uint64_t bytes)
{
    uint64_t const begin = address / PAGE_BYTES * PAGE_BYTES;

    return (struct populated){.begin = begin, .end = page_round_up(address + bytes)};
}

/* MAP_NONBLOCK cancels MAP_POPULATE. */
static bool mmap_fills(struct range const *range, uint64_t flags)
{
    return range->lock == RANGE_LOCKED || (flags & (MAP_POPULATE | MAP_NONBLOCK)) == MAP_POPULATE;
}

/* What a call that maps made: of brk, the range that ends where it says. */
static struct populated by_mapping(struct spaces const *spaces, uint32_t pid,
                                   struct trace_call const *call, uint64_t value, size_t position)
{
    bool const of_heap = call->number == SYS_brk;
    struct range const *const range =
        space_find(spaces, pid, of_heap ? page_round_up(value) - 1 : value);

    if (range == NULL || range->made != position || !mmap_fills(range, call->argument[3]) ||
        (of_heap && range->lock != RANGE_LOCKED))
        return nothing;
    return (struct populated){.begin = range->begin, .end = range->end};
}

/* Locked memory that grows is filled. */
static struct populated by_mremap(struct spaces const *spaces, uint32_t pid,
                                  uint64_t const argument[6], uint64_t value)
{
    uint64_t const old_bytes = page_round_up(argument[1]);
    uint64_t const new_bytes = page_round_up(argument[2]);
    struct range const *const range = space_find(spaces, pid, value);

    if (range == NULL || range->lock != RANGE_LOCKED || new_bytes <= old_bytes)
        return nothing;
    return (struct populated){.begin = value + old_bytes, .end = value + new_bytes};
}

struct populated populated_by(struct spaces const *spaces, uint32_t pid,
                              struct trace_call const *call, uint64_t value, size_t position)
{
    uint64_t const *const argument = call->argument;
    struct populated populated = nothing;

    if (call->number == SYS_mmap || call->number == SYS_brk)
        return by_mapping(spaces, pid, call, value, position);
    if (call->number == SYS_mremap)
        return by_mremap(spaces, pid, argument, value);
    if (value != 0)
        return nothing;
    if (call->number == SYS_mlock || call->number == SYS_mlock2)
        return pages_of(argument[0], argument[1]);
    if (call->number == SYS_mlockall && (argument[0] & MCL_CURRENT))
        return (struct populated){.end = UINT64_MAX / PAGE_BYTES * PAGE_BYTES, .everything = true};
    if (call->number == SYS_madvise &&
        (argument[2] == MADV_POPULATE_READ || argument[2] == MADV_POPULATE_WRITE)) {
        populated = pages_of(argument[0], argument[1]);
        populated.on_fault = true;
    }
    return populated;
}

/* Locked private memory that becomes writable is filled, so that no later write must copy. */
static bool mprotect_fills(struct range const *range)
{
    return range->lock == RANGE_LOCKED && !range_is_shared(range) &&
           (range->protection & PROT_WRITE) == 0;
}

struct populated populated_by_change(struct spaces const *spaces, uint32_t pid,
                                     struct trace_call const *call, uint64_t value)
{
    uint64_t const *const argument = call->argument;
    struct populated populated = {.begin = argument[0], .end = argument[0]};
    uint64_t const end = argument[0] + page_round_up(argument[1]);

    if ((call->number != SYS_mprotect && call->number != SYS_pkey_mprotect) || value != 0 ||
        (argument[2] & PROT_WRITE) == 0)
        return nothing;
    while (populated.end < end) {
        struct range const *const range = space_find(spaces, pid, populated.end);
        if (range == NULL || !mprotect_fills(range))
            break;
        populated.end = range->end < end ? range->end : end;
    }
    return populated;
}
