/* sequential.h -- statistics that may be looked at after every block: e-processes and their
 * inverses.
 *
 * An e-process is at most 1 in expectation at any stopping time where its hypothesis is true, so it
 * reaches 1/alpha with probability alpha at most, however often one looks (Ville 1939). All of them
 * bet on signs: with S of n differences positive the bet on a share p pays p^S (1-p)^(n-S) 2^n, and
 * p is mixed over Beta(10, 10) (docs/method/gate.md; Robbins 1970, Ann. Math. Statist. 41:1397).
 *
 * analysis/statistics/sequential.py computes the same in Python; a test compares the two to 1e-9.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_SEQUENTIAL_H
#define SLABLAB_SEQUENTIAL_H

#include "judge/statistics.h"

#include <stddef.h>

/* ln e against "a success is as likely as not": shares above and below a half both count. */
double log_e_two_sided(size_t successes, size_t n);

/* ln e against "a success is at most as likely as not": the mixture is cut to shares above a half,
 * where it doubles, so that rare successes never count. */
double log_e_one_sided(size_t successes, size_t n);

/* Ranks, counted from 1, of the ordered values that bound the median of n values at any stop: the
 * medians that log_e_two_sided leaves under ln(1/alpha). Both 0 if n is too small. */
struct rank_interval confidence_sequence(size_t n, double alpha);

/* Of n values in rising order the rank, counted from 1, of the one that must be shifted up to 0 for
 * the one-sided e-process to reach log_threshold at the last of n looks with probability .8. How
 * far it lies below the median is the smallest shift that is seen, for the values' residuals stand
 * for the noise, as in analysis/statistics/statistics.py. 0 if n successes of n do not reach it.
 * */
size_t sequential_mde_rank(size_t n, double log_threshold);

/* One-sided p value of "each block is independent of the one before": the lag-1 correlation r of
 * the values' ranks (ties share theirs), by 1 - Phi(r sqrt(n)) (Wald and Wolfowitz 1943, Ann. Math.
 * Statist. 14:378). An e-process must not be used on signs that depend in this way. 1 if nothing
 * varies. */
double dependence_p(double const *values, size_t n);

#endif
