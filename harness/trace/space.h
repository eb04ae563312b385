/* space.h -- what is mapped where in each process of a trace, as the trace goes on.
 *
 * If the trace has system calls, they determine what is mapped, and a MAP record only gives the
 * path of its mmap: the kernel merges neighbouring anonymous mappings, and such a record then
 * describes them all. Without system calls only MAP records are available, and munmap is unknown.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_SPACE_H
#define SLABLAB_SPACE_H

#include "trace/ranges.h"
#include "trace/trace.h"

struct spaces;

struct spaces *spaces_new(struct trace const *trace);
void spaces_free(struct spaces *spaces);

/* Processes event number `event`: MAP, FORK, EXEC, EXIT, CALL and RETURN change what is mapped.
 * Events must come in order. */
void spaces_take(struct spaces *spaces, size_t event);

/* The range that holds the address in that process now; NULL if nothing known is mapped. Valid
 * until the next spaces_take. */
struct range const *space_find(struct spaces const *spaces, uint32_t pid, uint64_t address);

/* All ranges of the process, ordered by address; none if the process is unknown. */
struct ranges const *space_ranges(struct spaces const *spaces, uint32_t pid);

/* A number that changes whenever a file is mapped or unmapped in that process. */
uint64_t space_files_version(struct spaces const *spaces, uint32_t pid);

/* Notes that the address was touched: true if this is the first touch of its page, which may be a
 * huge one, since it was mapped. A process starts with the touched pages of its parent. */
bool space_touch(struct spaces *spaces, uint32_t pid, uint64_t address);

#endif
