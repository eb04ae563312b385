/* stored_pace.h -- how long a plan would take at the pace of a stored run of its experiment.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_STORED_PACE_H
#define SLABLAB_STORED_PACE_H

#include "experiment/plan.h"

struct stored_pace {
    char *run; /* the folder whose blocks it is from; NULL where no run is stored. The caller frees
                  it. */
    double seconds; /* of all blocks up to blocks_max, scaled by the number of arms */
};

/* Looks for RESULTS/<experiment>/<run>-<form>/samples*.jsonl, newest first. A cell that the run did
 * not have is assumed to take the mean of those it had. */
struct stored_pace stored_pace_of(struct plan const *plan, char const *results);

#endif
