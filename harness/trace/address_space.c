/* address_space.c -- mapping, unmapping and moving in one address space.
 *
 * SPDX-License-Identifier: MIT */
#include "trace/address_space.h"

#include <string.h>

#define ALWAYS SIZE_MAX /* made whenever */

static uint64_t smaller(uint64_t one, uint64_t other)
{
    return one < other ? one : other;
}

void address_space_unmap(struct address_space *space, uint64_t begin, uint64_t end, size_t before)
{
    struct ranges *const ranges = &space->ranges;

    if (begin >= end)
        return;
    for (size_t i = ranges_position(ranges, begin);
         i < ranges->count && ranges->range[i].begin < end; i++) {
        struct range const *const range = &ranges->range[i];
        if (range->made >= before)
            continue;
        pages_clear(&space->touched, range->begin > begin ? range->begin : begin,
                    smaller(range->end, end));
        space->files_version += range_is_file(range);
    }
    ranges_cut(ranges, begin, end, before);
}

void address_space_map(struct address_space *space, struct range const *range)
{
    if (range->begin >= range->end)
        return;
    address_space_unmap(space, range->begin, range->end, ALWAYS);
    pages_clear(&space->touched, range->begin, range->end); /* the mapping was unknown */
    ranges_put(&space->ranges, range);
    space->files_version += range_is_file(range);
}

/* Known anonymous memory stays, with its origin; a file there was unmapped. */
static void map_gaps(struct address_space *space, struct range const *told)
{
    struct range gap = *told;

    while (gap.begin < told->end) {
        size_t const position = ranges_position(&space->ranges, gap.begin);
        uint64_t resume = told->end;
        gap.end = told->end;
        if (position < space->ranges.count) {
            struct range const *const next = &space->ranges.range[position];
            resume = smaller(next->end, told->end);
            gap.end = range_is_file(next) ? resume : smaller(next->begin, told->end);
        }
        address_space_map(space, &gap); /* no gap: it ends where it begins, or before */
        gap.begin = resume;
    }
}

static bool is_known(struct address_space const *space, struct range const *told)
{
    struct range const *const known = ranges_find(&space->ranges, told->begin);

    return known != NULL && known->end >= told->end && strcmp(known->path, told->path) == 0 &&
           known->file_offset + (told->begin - known->begin) == told->file_offset;
}

void address_space_told(struct address_space *space, struct range const *told)
{
    if (!range_is_file(told))
        map_gaps(space, told);
    else if (!is_known(space, told))
        address_space_map(space, told);
}

/* It stays in place; only its end moves. */
static void resize(struct address_space *space, struct range old, struct address_move const *move)
{
    uint64_t const old_end = move->from + move->old_bytes;
    uint64_t const new_end = move->from + move->new_bytes;

    address_space_unmap(space, new_end, old_end, move->called_at);
    old.file_offset += old_end - old.begin;
    old.begin = old_end;
    old.end = new_end;
    address_space_map(space, &old);
}

void address_space_move(struct address_space *space, struct address_move const *move)
{
    struct range const *const old = ranges_find(&space->ranges, move->from);
    uint64_t const to_end = move->to + move->new_bytes;

    if (old == NULL)
        return;
    if (move->to == move->from) {
        resize(space, *old, move);
        return;
    }
    struct range range = *old;
    range.file_offset += move->from - range.begin;
    range.begin = move->to;
    range.end = to_end;
    range.made = move->returned_at;
    address_space_map(space, &range);
    pages_move(&space->touched, move->from, move->to, smaller(move->old_bytes, move->new_bytes));
    if (!move->keeps_old)
        address_space_unmap(space, move->from, move->from + move->old_bytes, move->called_at);
}

void address_space_heap(struct address_space *space, uint64_t end, struct range const *grown)
{
    uint64_t const old_end = space->heap_end;
    struct range range = *grown;

    space->heap_end = page_round_up(end);
    if (old_end == 0)
        return;
    range.begin = old_end;
    range.end = space->heap_end;
    address_space_map(space, &range); /* nothing if it shrank */
    address_space_unmap(space, space->heap_end, old_end, ALWAYS);
}

void address_space_protect(struct address_space *space, uint64_t begin, uint64_t end,
                           uint32_t protection)
{
    struct ranges_span const span = ranges_split(&space->ranges, begin, end);

    for (size_t i = span.first; i < span.last; i++)
        space->ranges.range[i].protection = protection;
}

void address_space_lock(struct address_space *space, uint64_t begin, uint64_t end,
                        enum range_lock lock)
{
    struct ranges_span const span = ranges_split(&space->ranges, begin, end);

    for (size_t i = span.first; i < span.last; i++) {
        struct range *const range = &space->ranges.range[i];
        if (range->page_bytes == 0 && strcmp(range->path, "[vdso]") != 0)
            range->lock = lock;
    }
}

void address_space_copy(struct address_space *child, struct address_space const *parent)
{
    address_space_clear(child);
    child->ranges = ranges_copy(&parent->ranges);
    child->touched = pages_copy(&parent->touched);
    child->heap_end = parent->heap_end;
    address_space_lock(child, 0, ALWAYS, RANGE_UNLOCKED);
}

void address_space_clear(struct address_space *space)
{
    ranges_free(&space->ranges);
    pages_free(&space->touched);
    space->files_version++;
    space->heap_end = 0;
    space->future = RANGE_UNLOCKED;
}
