/* plan_file.h -- a plan as plan.json has it, and two of them held against each other.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_PLAN_FILE_H
#define SLABLAB_PLAN_FILE_H

#include "experiment/plan.h"

#include <jansson.h>

extern char const plan_schema[];

/* What plan_write writes; NULL where a text of the plan is not valid UTF-8. The caller releases
 * it. */
json_t *plan_to_json(struct plan const *plan);

/* plan_hash.c: of a plan.json, whatever it says that its hash is. The caller frees it. */
char *plan_hash_of_json(json_t const *plan);

/* Is the key one of those that a hash leaves out? */
bool plan_key_is_said(char const *key);

/* plan_change.c: "margin is 3 %, and the unfinished run has 2 %": the first key by which a plan
 * differs from the stored one, among those in the hash; NULL where none does. The caller frees
 * it. */
char *plan_change(json_t const *stored, json_t const *now);

#endif
