/* binaries.h -- what measures and what is measured, copied into a share.
 *
 * Machines are to differ, and not compilers: every one runs these files.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_BINARIES_H
#define SLABLAB_BINARIES_H

#include "experiment/plan.h"

#include <stdbool.h>

/* Copies slablab, the allocators (observing ones too), the workloads, peers.yaml, the experiment
 * and the files that it names into the folder, which is made if it is new. The plan is that of the
 * experiment here. False after a complaint, as of a folder that holds a share already. */
bool binaries_copy(char const *share, char const *experiment, struct plan const *plan);

#endif
