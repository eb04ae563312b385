/* sequential.h -- statistics that may be looked at after every block: e-processes and their
 * inverses.
 *
 * An e-process is at most 1 in expectation at any stopping time where its hypothesis is true, so it
 * reaches 1/alpha with probability alpha at most, however often one looks (Ville 1939). All of them
 * bet on signs: with S of n differences positive the bet on a share p pays p^S (1-p)^(n-S) 2^n, and
 * p is mixed over Beta(a, a) (Robbins 1970, Ann. Math. Statist. 41:1397).
 *
 * analysis/statistics/sequential.py computes the same in Python; a test compares the two to 1e-9.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_SEQUENTIAL_H
#define SLABLAB_SEQUENTIAL_H

#include "judge/statistics.h"

#include <stddef.h>

/* a of the mixture Beta(a, a). Times differ in shares near a half, where 10 puts its weight; counts
 * and failures that differ do so in nearly every block, where 1 needs the fewest: 15 equal signs
 * reach 3,600. */
enum mixture { MIXTURE_OF_COUNTS = 1, MIXTURE_OF_TIMES = 10 };

/* ln e against "a success is as likely as not": shares above and below a half both count. */
double log_e_two_sided(size_t successes, size_t n, enum mixture mixture);

/* ln e against "a success is at most as likely as not": the mixture is cut to shares above a half,
 * where it doubles, so that rare successes never count. */
double log_e_one_sided(size_t successes, size_t n, enum mixture mixture);

/* Of n blocks, T was 1 in `more`, -1 in `less` and 0 in the others. */
struct signs {
    size_t more;
    size_t less;
    size_t n;
};

/* ln e against "the mean of T is `mean` or more", -1 < mean < 1: the wealth of bets on less, which
 * multiply by 1 + bet (mean - T) in each block (Waudby-Smith and Ramdas 2024, J. R. Statist. Soc. B
 * 86:1). It holds whatever the law of T and however it drifts, as long as its mean given the past
 * is what is said. */
double log_e_mean_below(struct signs const *signs, double mean);

/* The smallest mean that log_e_mean_below rules out at alpha, at any stop: 1: there is none. */
double mean_upper_bound(struct signs const *signs, double alpha);

/* Ranks, counted from 1, of the ordered values that bound the median of n values at any stop: the
 * medians that log_e_two_sided leaves under ln(1/alpha). Both 0 where n is too small. */
struct rank_interval confidence_sequence(size_t n, double alpha, enum mixture mixture);

/* Of n values in rising order the rank, counted from 1, of the one that must be shifted up to 0 for
 * the one-sided e-process to reach log_threshold at the last of n looks with probability .8. How
 * far it lies below the median is the smallest shift that is seen, for the values' residuals stand
 * for the noise, as in analysis/statistics/statistics.py. 0 if n successes of n do not reach it.
 * */
size_t sequential_mde_rank(size_t n, double log_threshold, enum mixture mixture);

/* The smallest probability of a success in a block with which, in n blocks and beside `against`
 * failures, the one-sided e-process reaches log_threshold with probability .8. NAN where even n
 * successes do not. */
double sequential_mde_share(size_t n, size_t against, double log_threshold);

/* One-sided p value of "each block is independent of the one before": the lag-1 correlation r of
 * the values' ranks (ties share theirs), by 1 - Phi(r sqrt(n)) (Wald and Wolfowitz 1943, Ann. Math.
 * Statist. 14:378). An e-process must not be used on signs that depend in this way. 1 if nothing
 * varies. */
double dependence_p(double const *values, size_t n);

#endif
