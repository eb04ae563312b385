/* link_spread.c -- sums over groups, and their variances.
 *
 * SPDX-License-Identifier: MIT */
#include "judge/link_spread.h"

#include "base/memory.h"
#include "judge/statistics.h"

#include <math.h>
#include <stdlib.h>

static double const normal_quantile = 1.959963984540054; /* of 97.5 % */
static double const robust_sd = 1.482602218505602; /* over the median distance of normal values */
static double const farthest = 6;                  /* of those SDs that a value counts as */
enum { OWN_MEDIAN = 4 }; /* values that a group needs for that */

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

/* The median of one group's values, and of all where it has few; scratch has room for n. */
static double middle_of(double const *value, size_t const *group, size_t n, size_t which,
                        double *scratch)
{
    size_t count = 0;

    for (size_t i = 0; i < n; i++)
        if (group[i] == which)
            scratch[count++] = value[i];
    for (size_t i = 0; i < n && count < OWN_MEDIAN; i++)
        scratch[i] = value[i];
    count = count < OWN_MEDIAN ? n : count;
    sort_values(scratch, count);
    return median_of_sorted(scratch, count);
}

/* No value is farther from its group's median than one may be. middle: a median for each group. */
static void limit(double *value, size_t const *group, size_t n, double const *middle,
                  double *scratch)
{
    for (size_t i = 0; i < n; i++)
        scratch[i] = fabs(value[i] - middle[group[i]]);
    sort_values(scratch, n);
    double const most = farthest * robust_sd * median_of_sorted(scratch, n);
    for (size_t i = 0; i < n && most > 0; i++) {
        double const centre = middle[group[i]];
        value[i] = fmin(fmax(value[i], centre - most), centre + most);
    }
}

/* The values, but for what one process that took twice as long would say of its group. The caller
 * frees them. */
static double *without_outliers(double const *value, size_t const *group, size_t n, size_t groups)
{
    double *const limited = memory_zeroed(n + 1, sizeof *limited);
    double *const scratch = memory_zeroed(n + 1, sizeof *scratch);
    double *const middle = memory_zeroed(groups + 1, sizeof *middle);

    for (size_t i = 0; i < groups; i++)
        middle[i] = middle_of(value, group, n, i, scratch);
    for (size_t i = 0; i < n; i++)
        limited[i] = value[i];
    limit(limited, group, n, middle, scratch);
    free(middle);
    free(scratch);
    return limited;
}

double between_variance(double const *all, size_t const *group, size_t n, size_t groups)
{
    double *const value = without_outliers(all, group, n, groups);
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
    free(value);
    return variance;
}

double link_spread(double base_variance, double head_variance)
{
    if (isnan(base_variance) && isnan(head_variance))
        return NAN;
    return normal_quantile * sqrt((isnan(base_variance) ? 0 : base_variance) +
                                  (isnan(head_variance) ? 0 : head_variance));
}
