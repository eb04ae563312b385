/* sums.c -- rows in the order in which their labels came.
 *
 * SPDX-License-Identifier: MIT */
#include "instrument/sums.h"

#include "base/memory.h"

#include <stdlib.h>

struct sums sums_new(size_t arm_count)
{
    return (struct sums){.arm_count = arm_count,
                         .total = memory_zeroed(arm_count, sizeof(double)),
                         .processes = memory_zeroed(arm_count, sizeof(double))};
}

void sums_free(struct sums *sums)
{
    words_free(&sums->labels);
    free(sums->value);
    free(sums->total);
    free(sums->processes);
}

static size_t row_of(struct sums *sums, char const *label)
{
    for (size_t row = 0; row < sums->labels.count; row++)
        if (text_equal(sums->labels.word[row], label))
            return row;
    words_add(&sums->labels, label);
    sums->value =
        memory_room_for_one(sums->value, sums->labels.count - 1, sums->arm_count * sizeof(double));
    return sums->labels.count - 1;
}

void sums_add(struct sums *sums, size_t arm, char const *label, double value)
{
    size_t const row = row_of(sums, label); /* may move the values */

    sums->value[row * sums->arm_count + arm] += value;
    sums->total[arm] += value;
}

double sums_at(struct sums const *sums, size_t row, size_t arm)
{
    return sums->value[row * sums->arm_count + arm];
}
