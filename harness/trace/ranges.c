/* ranges.c -- a sorted array of ranges, with cutting and insertion.
 *
 * Ten thousand SuperSlabs are ten thousand ranges, of which an insertion moves half a megabyte at
 * most: 20 microseconds, less than the mmap itself took under a tracer.
 *
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "trace/ranges.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { CAPACITY_FIRST = 32 };

static bool begins_with_one_of(char const *path, char const *const *beginnings)
{
    for (; *beginnings != NULL; beginnings++)
        if (strncmp(path, *beginnings, strlen(*beginnings)) == 0)
            return true;
    return false;
}

bool range_is_file(struct range const *range)
{
    static char const *const nameless[] = {"//anon",    "[anon",          "[heap]", "[stack]",
                                           "/dev/zero", "/anon_hugepage", NULL};

    return (range->flags & MAP_ANONYMOUS) == 0 && !begins_with_one_of(range->path, nameless);
}

bool range_is_memory_file(struct range const *range)
{
    static char const *const folders[] = {"/memfd:", "/dev/shm/", "/SYSV", NULL};

    return range_is_file(range) && begins_with_one_of(range->path, folders);
}

bool range_is_shared(struct range const *range)
{
    return (range->flags & MAP_TYPE) == MAP_SHARED ||
           (range->flags & MAP_TYPE) == MAP_SHARED_VALIDATE;
}

size_t ranges_position(struct ranges const *ranges, uint64_t address)
{
    size_t low = 0;
    size_t high = ranges->count;

    while (low < high) {
        size_t const middle = low + (high - low) / 2;
        if (ranges->range[middle].end > address)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

struct range const *ranges_find(struct ranges const *ranges, uint64_t address)
{
    size_t const position = ranges_position(ranges, address);

    if (position == ranges->count || ranges->range[position].begin > address)
        return NULL;
    return &ranges->range[position];
}

static void reserve(struct ranges *ranges, size_t capacity)
{
    struct range *const grown = memory_zeroed(capacity, sizeof *grown);

    if (ranges->count > 0)
        memcpy(grown, ranges->range, ranges->count * sizeof *grown);
    free(ranges->range);
    ranges->range = grown;
    ranges->capacity = capacity;
}

static void insert(struct ranges *ranges, size_t position, struct range range)
{
    if (ranges->count == ranges->capacity)
        reserve(ranges, ranges->capacity == 0 ? CAPACITY_FIRST : 2 * ranges->capacity);
    memmove(&ranges->range[position + 1], &ranges->range[position],
            (ranges->count - position) * sizeof range);
    ranges->range[position] = range;
    ranges->count++;
}

static void begin_at(struct range *range, uint64_t begin)
{
    range->file_offset += begin - range->begin;
    range->begin = begin;
}

/* Cuts one range, and returns the position of the next one to examine. */
static size_t cut_one(struct ranges *ranges, size_t position, uint64_t begin, uint64_t end)
{
    struct range *const range = &ranges->range[position];
    struct range rest = *range;

    if (range->begin < begin && range->end > end) {
        range->end = begin;
        begin_at(&rest, end);
        insert(ranges, position + 1, rest);
        return position + 2;
    }
    if (range->begin < begin) {
        range->end = begin;
        return position + 1;
    }
    if (range->end > end) {
        begin_at(range, end);
        return position + 1;
    }
    ranges->count--;
    memmove(range, range + 1, (ranges->count - position) * sizeof *range);
    return position;
}

void ranges_cut(struct ranges *ranges, uint64_t begin, uint64_t end, size_t before)
{
    size_t position = ranges_position(ranges, begin);

    while (position < ranges->count && ranges->range[position].begin < end)
        position = ranges->range[position].made < before
                       ? cut_one(ranges, position, begin, end)
                       : position + 1;
}

static void split_at(struct ranges *ranges, uint64_t address)
{
    size_t const position = ranges_position(ranges, address);

    if (position == ranges->count || ranges->range[position].begin >= address)
        return;
    struct range rest = ranges->range[position];
    ranges->range[position].end = address;
    begin_at(&rest, address);
    insert(ranges, position + 1, rest);
}

struct ranges_span ranges_split(struct ranges *ranges, uint64_t begin, uint64_t end)
{
    split_at(ranges, begin);
    split_at(ranges, end);
    struct ranges_span span = {ranges_position(ranges, begin), 0};
    for (span.last = span.first;
         span.last < ranges->count && ranges->range[span.last].begin < end; span.last++)
        continue;
    return span;
}

void ranges_put(struct ranges *ranges, struct range const *range)
{
    insert(ranges, ranges_position(ranges, range->begin), *range);
}

struct ranges ranges_copy(struct ranges const *ranges)
{
    struct ranges copy = *ranges;

    copy.range = NULL;
    copy.count = 0;
    reserve(&copy, ranges->count);
    if (ranges->count > 0)
        memcpy(copy.range, ranges->range, ranges->count * sizeof *copy.range);
    copy.count = ranges->count;
    return copy;
}

void ranges_free(struct ranges *ranges)
{
    free(ranges->range);
    *ranges = (struct ranges){0};
}
