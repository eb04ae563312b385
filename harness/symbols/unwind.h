/* unwind.h -- the callers that a frame-pointer walk misses.
 *
 * A function that has not pushed its frame yet, or has none (most of the C library), hides its
 * caller from the kernel's walk: the frame pointer is still the caller's own. Its CFI and the words
 * at the top of the stack, which were recorded with the chain, recover that caller.
 *
 *   kernel's walk:   malloc <- workload_main <- main          ip bp
 *   repaired:        malloc <- run <- workload_main <- main
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_UNWIND_H
#define SLABLAB_UNWIND_H

#include "symbols/symbols.h"
#include "trace/trace.h"

enum { UNWIND_FRAMES_MAX = 128 };

/* Finds the rule at an address of the current process; of_call as in symbols.h. */
typedef struct unwind_rule unwind_lookup(void *context, uint64_t address, bool of_call);

/* Writes the user part of the stack, with the missing callers inserted, to ip[0 ...
 * UNWIND_FRAMES_MAX - 1], innermost first; returns how many. Where rules or words are missing, the
 * kernel's walk is copied unchanged. The C library's start-up code below the outermost frame
 * pointer is always left out, as in the kernel's walk. */
size_t unwind_repair(struct trace_stack const *stack, unwind_lookup *lookup, void *context,
                     uint64_t *ip);

#endif
