/* fold.h -- a trace of CPU time as folded stacks, each in one layer, counted by stage.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_FOLD_H
#define SLABLAB_FOLD_H

#include "instrument/stages.h"
#include "symbols/symbols.h"
#include "trace/trace.h"

#include <jansson.h>

/* What is known of the profiled process, besides the trace. */
struct fold_facts {
    char const *program;   /* path of its executable */
    char const *allocator; /* path of the object that served malloc */
    struct stages stages;  /* when its region began and ended */
    uint64_t period_ns;
};

/* The objects `profile` and `objects` of records.md in one; a new reference. */
json_t *fold_describe(struct trace const *trace, struct symbols *symbols,
                      struct fold_facts const *facts);

#endif
