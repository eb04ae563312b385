/* findings.h -- the records of an instrument's run, read row by row (records.md).
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_FINDINGS_H
#define SLABLAB_FINDINGS_H

#include "experiment/run_kind.h"

#include <jansson.h>

/* A process of a valid block that an instrument looked into. */
struct finding {
    size_t cell;
    size_t arm;
    json_t const *found; /* "profile" or "faults" */
};

/* The samples of one stack in the region, or the faults of one origin. What the record lacks is
 * "?". */
struct finding_row {
    char const *stage;
    char const *layer;
    char const *function; /* the innermost one; of a profile, its frame */
    char const *stack;    /* of a profile: folded */
    char const *memory;   /* of faults */
    double count;
    double period_ns; /* of a profile: between two samples */
};

struct finding_visitor {
    void (*process)(void *context, struct finding const *finding);
    void (*row)(void *context, struct finding const *finding, struct finding_row const *row);
    void *context;
};

/* The function of a frame, inlined or not; the kernel's keeps its mark. The caller frees it. */
char *findings_function(char const *frame);

/* Shows each process and then its rows. False after a complaint. */
bool findings_read(struct run_kind const *kind, struct plan const *plan, char const *folder,
                   struct finding_visitor const *visitor);

#endif
