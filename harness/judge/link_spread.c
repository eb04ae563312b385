/* link_spread.c -- sums over groups, and their variances.
 *
 * SPDX-License-Identifier: MIT */
#include "judge/link_spread.h"

#include "base/memory.h"

#include <math.h>
#include <stdlib.h>

static double const normal_quantile = 1.959963984540054; /* of 97.5 % */

struct group_sum {
    size_t n;
    double sum;
};

/* Of values about their group's mean; *squares is their sum. */
static void sum_within(double const *value, size_t const *group, size_t n,
                       struct group_sum const *sums, double *squares)
{
    *squares = 0;
    for (size_t i = 0; i < n; i++) {
        struct group_sum const *const own = &sums[group[i]];
        double const apart = value[i] - own->sum / (double)own->n;
        *squares += apart * apart;
    }
}

/* The variance of the means of the groups that have values, of which there are `taken`. */
static double variance_of_means(struct group_sum const *sums, size_t groups, size_t taken)
{
    double mean = 0;
    double squares = 0;

    for (size_t i = 0; i < groups; i++)
        if (sums[i].n > 0)
            mean += sums[i].sum / (double)sums[i].n / (double)taken;
    for (size_t i = 0; i < groups; i++)
        if (sums[i].n > 0) {
            double const apart = sums[i].sum / (double)sums[i].n - mean;
            squares += apart * apart;
        }
    return squares / (double)(taken - 1);
}

double between_variance(double const *value, size_t const *group, size_t n, size_t groups)
{
    struct group_sum *const sums = memory_zeroed(groups + 1, sizeof *sums);
    double inverse_sizes = 0;
    double variance = NAN;
    double within;
    size_t taken = 0;

    for (size_t i = 0; i < n; i++) {
        sums[group[i]].n++;
        sums[group[i]].sum += value[i];
    }
    for (size_t i = 0; i < groups; i++)
        if (sums[i].n > 0) {
            inverse_sizes += 1 / (double)sums[i].n;
            taken++;
        }
    if (taken >= 2 && n > taken) {
        sum_within(value, group, n, sums, &within);
        within /= (double)(n - taken);
        variance = fmax(0, variance_of_means(sums, groups, taken) -
                               within * inverse_sizes / (double)taken);
    }
    free(sums);
    return variance;
}

double link_spread(double base_variance, double head_variance)
{
    if (isnan(base_variance) && isnan(head_variance))
        return NAN;
    return normal_quantile * sqrt((isnan(base_variance) ? 0 : base_variance) +
                                  (isnan(head_variance) ? 0 : head_variance));
}
