/* statistics.h -- the exact statistics by which a run stops, as pure functions.
 *
 * Only what a stop rule needs is here; analysis/ makes tables and verdicts from the records.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_STATISTICS_H
#define SLABLAB_STATISTICS_H

#include <stddef.h>

/* Ranks, counted from 1, of the ordered values that bound an interval. Both 0: there is none. */
struct rank_interval {
    size_t low;
    size_t high;
};

/* The exact order-statistic (sign test) interval of the median of n values: the narrowest pair of
 * ranks (k, n + 1 - k) that misses the median with probability alpha or less, whatever the
 * distribution. None for fewer than n_min values. See David and Nagaraja, Order Statistics, 3rd
 * ed., section 7.1. */
struct rank_interval median_interval(size_t n, double alpha, size_t n_min);

/* The exact two-sided p value of the sign test: the probability of a split at least as uneven as
 * this one when both signs are equally likely. A zero counts against rejection, as the rarer sign:
 * p <= alpha exactly if median_interval at alpha excludes 0. 1 if there are no differences. */
double sign_test_p(size_t positive, size_t negative, size_t zero);

/* Sorts n values, smallest first. */
void sort_values(double *values, size_t n);

/* The median of n sorted values; the mean of the middle two where n is even. NAN if n is 0. */
double median_of_sorted(double const *sorted, size_t n);

/* exp of the median of their logarithms, of n > 0 positive values in rising order: the middle one,
 * or the root of the product of the two in the middle. Exact in IEEE arithmetic and so the same on
 * every processor, unlike logarithms. NAN when n is 0. */
double median_ratio_of_sorted(double const *sorted, size_t n);

/* Holm's step-down adjustment: adjusted[i] <= alpha rejects hypothesis i with family-wise error
 * alpha. p and adjusted may be the same array; `scratch` holds m indices. */
void holm(double const *p, size_t m, double *adjusted, size_t *scratch);

#endif
