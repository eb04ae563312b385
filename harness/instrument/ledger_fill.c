/* ledger_fill.c -- walks the ranges between two addresses, and the pages of each.
 *
 * SPDX-License-Identifier: MIT */
#include "instrument/ledger_fill.h"

#include "trace/pages.h"

#include <sys/mman.h>
#include <sys/syscall.h>

/* Each untouched page takes one fault. */
static bool is_exact(struct range const *range, uint64_t call)
{
    if (range->page_bytes > 0)
        return true;
    return !range_is_file(range) && (!range_is_shared(range) || call == SYS_mmap);
}

/* A touched page may take one more, since it is unknown whether it was only read. */
static bool is_copied(struct range const *range, bool exact, bool everything)
{
    return range->page_bytes == 0 && !range_is_shared(range) &&
           (range->protection & PROT_WRITE) != 0 && (everything || !exact);
}

/* Of one piece, which is unknown if range is NULL. */
static void fill_pages(struct filling const *filling, struct populated const *pages,
                       struct range const *range, struct fault fault, struct ledger_rows *rows)
{
    uint64_t const unit = range != NULL && range->page_bytes > 0 ? range->page_bytes : PAGE_BYTES;
    bool const exact = range == NULL || is_exact(range, filling->call->number);
    bool const copied = range != NULL && is_copied(range, exact, pages->everything);

    for (uint64_t page = pages->begin; page < pages->end; page += unit) {
        fault.again = !space_touch(filling->spaces, filling->pid, page);
        if (fault.again && !copied)
            continue;
        fault.memory = memory_at(filling->memories, filling->pid, page, false).name;
        if (exact && !fault.again)
            rows_add(rows, &fault, 1);
        else
            rows_add_at_most(rows, &fault, 1);
    }
}

/* The kernel makes a stack of 128 KiB and the arguments; where, nothing tells. */
static void fill_stack(struct filling const *filling, struct fault fault, struct ledger_rows *rows)
{
    enum { STACK_BYTES = 128 << 10, EDGES = 2 };

    fault.memory = "stack";
    rows_add_at_most(rows, &fault,
                     (STACK_BYTES + page_round_up(filling->exec_bytes)) / PAGE_BYTES + EDGES);
}

static bool is_filled(struct range const *range, struct populated const *populated)
{
    return range->protection != PROT_NONE &&
           (populated->on_fault || range->lock != RANGE_LOCKED_ON_FAULT);
}

void fill(struct filling const *filling, struct populated const *populated,
          struct fault const *fault, struct ledger_rows *rows)
{
    struct populated piece = *populated;

    while (piece.begin < populated->end) {
        struct ranges const *const ranges = space_ranges(filling->spaces, filling->pid);
        size_t const position = ranges_position(ranges, piece.begin);
        struct range const *range = position < ranges->count ? &ranges->range[position] : NULL;
        uint64_t end = range != NULL ? range->end : populated->end;
        if (range != NULL && range->begin > piece.begin) { /* a gap */
            end = range->begin;
            range = NULL;
        }
        piece.end = end < populated->end ? end : populated->end;
        if (range != NULL ? is_filled(range, populated) : !populated->everything)
            fill_pages(filling, &piece, range, *fault, rows);
        piece.begin = piece.end;
    }
    if (populated->everything && (filling->call->argument[0] & MCL_ONFAULT) == 0)
        fill_stack(filling, *fault, rows);
}
