/* address_space.h -- one process's ranges, and which of their pages were touched.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_ADDRESS_SPACE_H
#define SLABLAB_ADDRESS_SPACE_H

#include "trace/pages.h"
#include "trace/ranges.h"

/* All zero: nothing is mapped. */
struct address_space {
    struct ranges ranges;
    struct pages touched;
    uint64_t files_version; /* counts changes of the mapped files */
    uint64_t heap_end;      /* rounded up to a page; 0 before the first brk returned */
    enum range_lock future; /* of what is mapped from now on (MCL_FUTURE) */
};

/* Unmaps all ranges made before event number `before`. */
void address_space_unmap(struct address_space *space, uint64_t begin, uint64_t end, size_t before);

/* Maps the range over whatever was there; none of its pages is touched. */
void address_space_map(struct address_space *space, struct range const *range);

/* Applies a MAP record, which may repeat what is known: a file's range if mprotect changed it,
 * anonymous memory if its neighbour was merged with it. */
void address_space_told(struct address_space *space, struct range const *told);

/* mremap: old_bytes at `from` are now new_bytes at `to`. The pages keep their touched state and
 * their origin. */
struct address_move {
    uint64_t from;
    uint64_t old_bytes;
    uint64_t to;
    uint64_t new_bytes;
    bool keeps_old;   /* MREMAP_DONTUNMAP */
    size_t called_at; /* numbers of its CALL and RETURN events */
    size_t returned_at;
};
void address_space_move(struct address_space *space, struct address_move const *move);

/* brk returned `end`; `grown` gives the caller, its begin and end do not matter. */
void address_space_heap(struct address_space *space, uint64_t end, struct range const *grown);

/* mprotect. */
void address_space_protect(struct address_space *space, uint64_t begin, uint64_t end,
                           uint32_t protection);

/* mlock, and for UNLOCKED munlock. Neither huge pages nor the vdso are ever locked. */
void address_space_lock(struct address_space *space, uint64_t begin, uint64_t end,
                        enum range_lock lock);

/* The address space that a forked child starts with: nothing in it is locked. */
void address_space_copy(struct address_space *child, struct address_space const *parent);

void address_space_clear(struct address_space *space);

#endif
