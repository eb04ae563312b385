/* check_arms.h -- can every arm of a plan serve malloc here? Asked before anything runs.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_CHECK_ARMS_H
#define SLABLAB_CHECK_ARMS_H

#include "experiment/plan.h"

/* Complains of each object that the loader refuses, or that defines no malloc; false then. */
bool check_arms(struct plan const *plan);

#endif
