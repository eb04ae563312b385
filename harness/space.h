/* space.h -- what is mapped where in each process of a trace, as the trace goes on.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_SPACE_H
#define SLABLAB_SPACE_H

#include "trace.h"

/* What a range of addresses shows. Ranges of one process do not overlap. */
struct range {
    uint64_t begin;
    uint64_t end;
    uint64_t file_offset; /* of `begin`, where there is a file */
    uint32_t protection;  /* of a file */
    uint32_t flags;       /* MAP_ bits of mmap, where the trace holds system calls; else 0 */
    uint32_t origin;      /* position in trace->stacks of the mmap that made it; SPACE_NO_ORIGIN */
    char const *path;     /* of the file, or "[heap]" (by brk), "[stack]", "//anon" ...; never NULL */
};

enum { SPACE_NO_ORIGIN = UINT32_MAX };

struct spaces;

struct spaces *spaces_new(struct trace const *trace);
void spaces_free(struct spaces *spaces);

/* Takes in event number `event`: MAP, FORK, EXEC, CALL and RETURN change what is mapped. Events are
 * to be shown in their order. */
void spaces_take(struct spaces *spaces, size_t event);

/* The range that holds the address in that process now; NULL where nothing known is mapped. */
struct range const *space_find(struct spaces const *spaces, uint32_t pid, uint64_t address);

#endif
