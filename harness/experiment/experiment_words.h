/* experiment_words.h -- parsing shared by several steps of an experiment's expansion.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_EXPERIMENT_WORDS_H
#define SLABLAB_EXPERIMENT_WORDS_H

#include "base/yaml_file.h"
#include "experiment/plan.h"

/* Adds an event unless the plan already has it. */
void expansion_add_event(struct plan *plan, char const *name);

/* "0.5%" from the node at `place`; NULL leaves *ratio as it is. Complains and returns false if it
 * is not a percentage. */
bool expansion_take_ratio(struct yaml_file const *file, char const *place, char const *text,
                          double *ratio);

#endif
