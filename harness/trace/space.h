/* space.h -- what is mapped where in each process of a trace, as the trace goes on.
 *
 * Where the trace holds system calls, they say what is mapped, and a MAP record gives the path of
 * the mmap that it came in: the kernel merges neighbouring anonymous mappings, and such a record
 * then tells of them all. Without system calls, records alone must do: nothing is known of munmap.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_SPACE_H
#define SLABLAB_SPACE_H

#include "trace/ranges.h"
#include "trace/trace.h"

struct spaces;

struct spaces *spaces_new(struct trace const *trace);
void spaces_free(struct spaces *spaces);

/* Takes in event number `event`: MAP, FORK, EXEC, EXIT, CALL and RETURN change what is mapped.
 * Events are to be shown in their order. */
void spaces_take(struct spaces *spaces, size_t event);

/* The range that holds the address in that process now; NULL where nothing known is mapped. Good
 * until the next spaces_take. */
struct range const *space_find(struct spaces const *spaces, uint32_t pid, uint64_t address);

/* All of them, in the order of their addresses; no ranges where the process is not known. */
struct ranges const *space_ranges(struct spaces const *spaces, uint32_t pid);

/* A number that changes whenever a file is mapped or unmapped in that process. */
uint64_t space_files_version(struct spaces const *spaces, uint32_t pid);

/* Notes that the address was touched: true where its page was not since it was mapped. A process
 * begins with what its parent had touched. */
bool space_touch(struct spaces *spaces, uint32_t pid, uint64_t address);

#endif
