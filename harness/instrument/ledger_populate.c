/* ledger_populate.c -- interprets the arguments of mmap, madvise and mlock as the kernel does.
 *
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "instrument/ledger_populate.h"

#include "trace/pages.h"

#include <sys/mman.h>
#include <sys/syscall.h>

static struct populated pages_of(uint64_t address, uint64_t bytes)
{
    uint64_t const begin = address / PAGE_BYTES * PAGE_BYTES;

    return (struct populated){begin, page_round_up(address + bytes)};
}

/* Inaccessible memory is not filled; MAP_NONBLOCK cancels MAP_POPULATE. */
static bool mmap_fills(uint64_t const argument[6])
{
    uint64_t const flags = argument[3];

    if (argument[2] == PROT_NONE)
        return false;
    return (flags & MAP_LOCKED) != 0 || (flags & (MAP_POPULATE | MAP_NONBLOCK)) == MAP_POPULATE;
}

struct populated populated_by(struct trace_call const *call, uint64_t value)
{
    uint64_t const *const argument = call->argument;
    bool const worked = value == 0;

    switch (call->number) {
    case SYS_mmap:
        if (value % PAGE_BYTES == 0 && mmap_fills(argument)) /* -errno is not a page's address */
            return pages_of(value, argument[1]);
        break;
    case SYS_madvise:
        if (worked && (argument[2] == MADV_POPULATE_READ || argument[2] == MADV_POPULATE_WRITE))
            return pages_of(argument[0], argument[1]);
        break;
    case SYS_mlock:
        if (worked)
            return pages_of(argument[0], argument[1]);
        break;
    case SYS_mlock2:
        if (worked && (argument[2] & MLOCK_ONFAULT) == 0)
            return pages_of(argument[0], argument[1]);
        break;
    default:
        break;
    }
    return (struct populated){0, 0};
}
