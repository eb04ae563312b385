/* ranges.h -- what is mapped at each address of one process, as ordered ranges.
 *
 *   | libc.so.6 | libc.so.6 | //anon |      | //anon |
 *   begin   end == begin  end == begin      a gap: nothing known is mapped
 *
 * Invariant: range[i].begin < range[i].end <= range[i + 1].begin. Neighbours are never merged,
 * because each keeps its origin.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_RANGES_H
#define SLABLAB_RANGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SPACE_NO_ORIGIN UINT32_MAX

/* Of mlock and its kin: its pages are filled at once, or only kept once they are touched. */
enum range_lock { RANGE_UNLOCKED, RANGE_LOCKED, RANGE_LOCKED_ON_FAULT };

/* What is mapped in a range of addresses. */
struct range {
    uint64_t begin;
    uint64_t end;
    uint64_t file_offset; /* of `begin`, if there is a file */
    uint32_t protection;  /* PROT_ bits, by mmap or mprotect */
    uint32_t flags;       /* MAP_ bits of mmap, if the trace has system calls; else 0 */
    uint32_t origin;      /* position in trace->stacks of the mmap that made it; SPACE_NO_ORIGIN */
    enum range_lock lock;
    size_t made;          /* number of the event that made it; its pieces keep it */
    uint64_t page_bytes;  /* of hugetlb; 0: the usual ones */
    char const *path;     /* of the file, or "[heap]" (brk), "[stack]", "//anon" ...; never NULL */
};

/* A file is mapped (the kernel's vdso counts as one), not anonymous memory. */
bool range_is_file(struct range const *range);

/* The file is in memory alone: of memfd_create, shm_open or shmget. */
bool range_is_memory_file(struct range const *range);

bool range_is_shared(struct range const *range);

/* All zero: nothing is mapped. */
struct ranges {
    struct range *range;
    size_t count;
    size_t capacity;
};

/* Position of the first range that ends beyond the address; count if there is none. */
size_t ranges_position(struct ranges const *ranges, uint64_t address);

/* The range that holds the address, or NULL. */
struct range const *ranges_find(struct ranges const *ranges, uint64_t address);

/* Removes begin ... end - 1 from every range that was made before event number `before`. */
void ranges_cut(struct ranges *ranges, uint64_t begin, uint64_t end, size_t before);

/* The positions of the ranges that lie in begin ... end - 1, which are split at both. */
struct ranges_span {
    size_t first;
    size_t last; /* one behind */
};
struct ranges_span ranges_split(struct ranges *ranges, uint64_t begin, uint64_t end);

/* Inserts a range where nothing is mapped. */
void ranges_put(struct ranges *ranges, struct range const *range);

struct ranges ranges_copy(struct ranges const *ranges);
void ranges_free(struct ranges *ranges);

#endif
