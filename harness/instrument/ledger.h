/* ledger.h -- every page fault of a process: by which code, in which memory, when, and the sum
 * checked.
 *
 * Invariant: recorded + populated + unplaced == total, where
 *   total      the kernel's own count for the process and the children it waited for (getrusage)
 *   recorded   exceptions, each with its address and chain
 *   populated  faults that the kernel took by itself in a call that fills memory (MAP_POPULATE,
 *              MADV_POPULATE_WRITE, mlock, exec's argument pages): they raise no exception and are
 *              counted by the untouched pages of the call
 *   unplaced   the remainder; negative if more was seen than getrusage counts
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_LEDGER_H
#define SLABLAB_LEDGER_H

#include "instrument/stages.h"
#include "symbols/symbols.h"
#include "trace/trace.h"

#include <jansson.h>

/* What is known of the process, besides the trace. The trace holds descendants too: their faults
 * are in the total, but not in those of the start-up and the region. */
struct ledger_facts {
    uint32_t pid;            /* of the process */
    char const *program;     /* path of its executable, as trace_mapping has it (realpath) */
    char const *allocator;   /* likewise of the object that served malloc; "" if unknown */
    struct stages stages;    /* when its region began and ended */
    uint64_t faults_total;   /* minor and major, by wait4 */
    uint64_t faults_start_up; /* by the process itself, up to its region; 0 without a region */
    uint64_t faults_region;
    uint64_t exec_bytes;     /* of arguments, environment and path as exec copies them; 0: no row */
    bool with_trace;         /* add `superslab_faults` */
};

/* The object `faults` of records.md; a new reference. */
json_t *ledger_describe(struct trace const *trace, struct symbols *symbols,
                        struct ledger_facts const *facts);

#endif
