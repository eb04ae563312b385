/* gate_explain.h -- where a cell that failed its gate differs: a profile and a ledger of faults.
 *
 *   FOLDER/explain/profile/   runs as `slablab profile` and `slablab faults` leave them, of the
 *   FOLDER/explain/faults/    cells that failed: `python3 -m analysis profile` reads both
 *
 * They are made by the gate's own process, with its arms, operations and checksums.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_GATE_EXPLAIN_H
#define SLABLAB_GATE_EXPLAIN_H

#include "sample/trial.h"

/* Prints, for each of `count` cells, the functions in which base and head differ most, in at most
 * 15 lines of 80 columns. Complains about what cannot be measured and omits it; Ctrl-C omits the
 * rest. */
void gate_explain(struct rig const *rig, size_t const *failed_cells, size_t count,
                  char const *folder);

#endif
