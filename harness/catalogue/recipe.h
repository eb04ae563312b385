/* recipe.h -- how a revision is built: by slablab.yaml, or as this build builds a phase.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_RECIPE_H
#define SLABLAB_RECIPE_H

#include "catalogue/build_facts.h"

#include <stdbool.h>

/* Does slablab.yaml name this artifact? False after a complaint. */
bool recipe_is_named(char const *wanted);

/* Fills in the recipe, and which of its artifacts is `wanted`: the name of one in slablab.yaml
 * (NULL: the first), or of a phase. False after a complaint that calls the revision `label`.
 * recipe_free releases it, in either case. */
bool recipe_for(char const *commit, char const *label, char const *wanted, struct recipe *recipe,
                size_t *artifact);

#endif
