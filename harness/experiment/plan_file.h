/* plan_file.h -- the keywords of plan.json.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_PLAN_FILE_H
#define SLABLAB_PLAN_FILE_H

#include "experiment/plan.h"

#include <jansson.h>

extern char const plan_schema[];
extern char const *const plan_role_names[]; /* by enum arm_role */

#endif
