/* sums.h -- sums of what an instrument found, by label and arm.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_SUMS_H
#define SLABLAB_SUMS_H

#include "base/text.h"

/* value[row * arm_count + arm] is of labels.word[row]; processes[arm] is how many processes the
 * values are of.
 * Invariant: total[arm] is the sum of a column. */
struct sums {
    size_t arm_count;
    struct words labels;
    double *value;
    double *total;
    double *processes;
};

struct sums sums_new(size_t arm_count);
void sums_free(struct sums *sums);

/* Makes a row of a label that has none yet. */
void sums_add(struct sums *sums, size_t arm, char const *label, double value);

double sums_at(struct sums const *sums, size_t row, size_t arm);

#endif
