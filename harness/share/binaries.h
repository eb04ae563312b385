/* binaries.h -- what measures and what is measured, copied into a share.
 *
 * Machines are to differ, and not compilers: every one runs these files.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_BINARIES_H
#define SLABLAB_BINARIES_H

#include <stdbool.h>

/* Copies slablab, the allocators (observing ones too), the workloads, peers.yaml and the experiment
 * into the folder, which is made if it is new. False after a complaint, as of a folder that holds a
 * share already. */
bool binaries_copy(char const *share, char const *experiment);

#endif
