/* experiment_words.h -- words of an experiment that several steps of its expansion take in.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_EXPERIMENT_WORDS_H
#define SLABLAB_EXPERIMENT_WORDS_H

#include "base/yaml_file.h"
#include "experiment/plan.h"

/* Adds an event unless the plan has it. */
void expansion_add_event(struct plan *plan, char const *name);

/* "0.5%" from the node at `place`; NULL leaves *ratio as it is. Complains and returns false where
 * it is no percentage. */
bool expansion_take_ratio(struct yaml_file const *file, char const *place, char const *text,
                          double *ratio);

#endif
