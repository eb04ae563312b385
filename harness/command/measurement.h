/* measurement.h -- one run, from its plan to its outcome, for all commands that measure.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_MEASUREMENT_H
#define SLABLAB_MEASUREMENT_H

#include "gate/gate_outcome.h"
#include "instrument/instrument.h"

struct measurement {
    char const *results;  /* the folder that holds <experiment>/<run>/ */
    bool wait;            /* for another slablab that measures on this machine */
    bool fresh;           /* do not go on with an unfinished run */
    uint64_t seed;        /* as the command gave it; 0: none */
    struct run_kind const *kind;
    struct instrument *instrument;   /* the kind's; NULL where it has none */
    struct gate_request const *gate; /* of RUN_GATE alone */
};

/* Carries out the plan, or resumes its newest unfinished run; releases the plan. Returns
 * an exit status of complain.h's. */
int measurement_run(struct measurement const *measurement, struct plan *plan);

#endif
