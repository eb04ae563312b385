/* gate_explain.h -- where a cell that failed its gate differs: a profile and a ledger of faults.
 *
 *   FOLDER/explain/profile/   runs as `slablab profile` and `slablab faults` leave them, of the
 *   FOLDER/explain/faults/    cells that failed: `slablab where` reads both
 *
 * They are made by the gate's own process, with its arms, operations and checksums. A cell that
 * failed by instructions is counted once more under callgrind, which tells them by function.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_GATE_EXPLAIN_H
#define SLABLAB_GATE_EXPLAIN_H

#include "sample/trial.h"

struct failed_cell {
    size_t cell;
    bool by_instructions;
    bool by_another; /* metric */
};

/* For each of `count` cells the functions in which base and head differ most, in lines of 80
 * columns, at most 23 a cell. Complains about what cannot be measured and omits it; Ctrl-C omits
 * the rest. NULL where nothing was measured. The caller frees the text. */
char *gate_explain(struct rig const *rig, struct failed_cell const *failed, size_t count,
                   char const *folder);

/* Prints the command that shows all of FOLDER/explain, where there is one. */
void gate_explain_print_more(char const *folder);

#endif
