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

#include "base/text.h"
#include "experiment/experiment.h"
#include "experiment/plan.h"

/* What a step works on. */
struct expansion {
    struct yaml_file const *file;
    struct experiment const *experiment;
    bool quick;
    struct plan_side const *base; /* a gate's, instead of the experiment's arms; NULL: not a gate */
    struct plan_side const *head;
    uint64_t seconds; /* at most, of a gate's measuring; 0: no limit */
    struct plan *plan;
};

/* expansion.c: the plan; NULL after a complaint. `expansion` has what the command says, and the
 * file; the rest is filled in here. `text` is what it all was made of. */
struct plan *expansion_plan(struct expansion expansion, char const *text, uint64_t seed);

/* expand_arms.c: baseline, control, arms, and their files. */
bool expand_arms(struct expansion const *expansion);

/* expand_axis.c: "ss-reuse+drain=64,256 A=1" as "ss-reuse+drain=64 A=1" and "ss-reuse+drain=256
 * A=1". words_free releases them. */
struct words expand_axis(char const *spec);

/* expand_arms.c: gives *path another name where the loader would take the path apart. */
bool expand_preload(struct expansion const *expansion, char const *place, char **path);

/* expand_layouts.c: the links of those arms that are built here, where the experiment asks. */
bool expand_layouts(struct expansion const *expansion);

/* expand_arm_names.c: their ids. */
bool expand_arm_names(struct expansion const *expansion);
char const *expansion_place_of_arm(struct expansion const *expansion, size_t arm);

/* expand_cells.c: every workload on every point of its axes, the first axis slowest. All cells, in
 * either form; *left_out[i] says that the quick form omits cell i. */
bool expand_cells(struct expansion const *expansion, bool **left_out);

/* expand_cpus.c: threads that share a CPU, of a program too, are marked in the cell's id, and so in
 * every table. */
bool expand_cpus(struct expansion const *expansion);

/* expand_programs.c: is entry `index` of `workloads` an ordinary program, and its cell; without one
 * where the program is not on this machine. */
bool expand_is_program(struct expansion const *expansion, size_t index);
bool expand_program(struct expansion const *expansion, size_t index);

/* A cell that is not measured, since something is not to be had on this machine; says so. `file`
 * and `place` are where it is written; id and why are in the plan's arena. */
void expansion_leave_out(struct expansion const *expansion, struct yaml_file const *file,
                         char const *place, char *id, char *why);

/* expand_text.c: gives the cell a parameter that is a word, or a file by its path from the
 * project's folder. */
bool expand_text(struct expansion const *expansion, char const *place, char const *word,
                 bool is_file, char *name, struct cell *cell);

/* expand_thp.c: every cell from `first` on once for each setting that entry `index` asks for. */
bool expand_thp(struct expansion const *expansion, size_t index, size_t first, bool **left_out);
/* expand_reported.c: what the workload of that description reports becomes metrics of the plan, and
 * of the cell. `place` is where the experiment names it. */
struct workload_description;
bool expand_reported(struct expansion const *expansion, char const *place,
                     struct workload_description const *description, struct cell *reporter);

/* expand_references.c: serves, compare, interactions, published. */
bool expand_serves(struct expansion const *expansion, size_t workload, struct cell *cell);
bool expand_references(struct expansion const *expansion);

/* expand_shown.c: what reports show of arms. */
bool expand_shown(struct expansion const *expansion);

/* expand_gate.c: metrics with their margins, and the events that count them; does nothing unless it
 * is a gate. */
bool expand_gate(struct expansion const *expansion);

#endif
