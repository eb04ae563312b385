/* ranges.h -- what each address of one process shows, as ranges in order.
 *
 *   | libc.so.6 | libc.so.6 | //anon |      | //anon |
 *   begin   end == begin  end == begin      a gap: nothing known is mapped
 *
 * Invariant: range[i].begin < range[i].end <= range[i + 1].begin. Neighbours are never merged, for
 * each keeps who mapped it.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_RANGES_H
#define SLABLAB_RANGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SPACE_NO_ORIGIN UINT32_MAX

/* What a range of addresses shows. */
struct range {
    uint64_t begin;
    uint64_t end;
    uint64_t file_offset; /* of `begin`, where there is a file */
    uint32_t protection;  /* PROT_ bits that it was mapped with */
    uint32_t flags;       /* MAP_ bits of mmap, where the trace holds system calls; else 0 */
    uint32_t origin;      /* position in trace->stacks of the mmap that made it; SPACE_NO_ORIGIN */
    size_t made;          /* number of the event that made it; its pieces have the same */
    char const *path;     /* of the file, or "[heap]" (brk), "[stack]", "//anon" ...; never NULL */
};

/* It shows a file (the kernel's vdso counts as one), not memory without a name. */
bool range_is_file(struct range const *range);

/* All zero: nothing is mapped. */
struct ranges {
    struct range *range;
    size_t count;
    size_t capacity;
};

/* Position of the first range that ends behind the address; count where none does. */
size_t ranges_position(struct ranges const *ranges, uint64_t address);

/* The range that holds the address, or NULL. */
struct range const *ranges_find(struct ranges const *ranges, uint64_t address);

/* Takes begin ... end - 1 out of every range that was made before event number `before`. */
void ranges_cut(struct ranges *ranges, uint64_t begin, uint64_t end, size_t before);

/* Puts one where nothing is. */
void ranges_put(struct ranges *ranges, struct range const *range);

struct ranges ranges_copy(struct ranges const *ranges);
void ranges_free(struct ranges *ranges);

#endif
