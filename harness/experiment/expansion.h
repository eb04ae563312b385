/* expansion.h -- the steps from an experiment's words to a plan, in the order in which they happen.
 *
 *   arms -> cells -> a gate's metrics -> references between them -> hash
 *
 * Each complains with the line of the error and returns false; the plan is then partly filled, and
 * plan_free may be called. What they make on the way is in the plan's arena.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_EXPANSION_H
#define SLABLAB_EXPANSION_H

#include "experiment/experiment.h"
#include "experiment/plan.h"

/* What a step works on. */
struct expansion {
    struct yaml_file const *file;
    struct experiment const *experiment;
    bool quick;
    char const *base; /* a gate's two arms, instead of the experiment's; NULL: not a gate */
    char const *head;
    struct plan *plan;
};

/* expand_arms.c: baseline, control, arms, and their files. */
bool expand_arms(struct expansion const *expansion);

/* expand_arm_names.c: their ids. */
bool expand_arm_names(struct expansion const *expansion);
char const *expansion_place_of_arm(struct expansion const *expansion, size_t arm);

/* expand_cells.c: every workload on every point of its axes, the first axis slowest. All cells, in
 * either form; *left_out[i] says that the quick form omits cell i. */
bool expand_cells(struct expansion const *expansion, bool **left_out);

/* expand_reported.c: what the workload of that description reports becomes metrics of the plan, and
 * of the cell. `place` is where the experiment names it. */
struct workload_description;
bool expand_reported(struct expansion const *expansion, char const *place,
                     struct workload_description const *description, struct cell *reporter);

/* expand_references.c: serves, compare, interactions, published. */
bool expand_serves(struct expansion const *expansion, size_t workload, struct cell *cell);
bool expand_references(struct expansion const *expansion);

/* expand_gate.c: metrics with their margins, and the events that count them; does nothing unless it
 * is a gate. */
bool expand_gate(struct expansion const *expansion);

#endif
