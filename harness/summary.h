/* summary.h -- a finished run in 80 columns.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_SUMMARY_H
#define SLABLAB_SUMMARY_H

#include "tally.h"

/* Prints cells and arms, the noise floor, losses, the verdict with its reasons, and where the run
 * lies. */
void summary_print(struct tally const *tally, json_t *outcome, char const *folder);

#endif
