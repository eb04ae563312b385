/* sequential.c -- e-processes of signs, in logarithms.
 *
 * SPDX-License-Identifier: MIT */
#include "judge/sequential.h"

#include "base/memory.h"

#include <math.h>
#include <stdlib.h>

static double const POWER = 0.8;

static double log_beta(double a, double b)
{
    return lgamma(a) + lgamma(b) - lgamma(a + b);
}

double log_e_two_sided(size_t successes, size_t n, enum mixture mixture)
{
    double const a = mixture;
    double const s = (double)successes;
    double const rest = (double)(n - successes);

    return log_beta(s + a, rest + a) - log_beta(a, a) + (double)n * log(2);
}

static double log_choose(size_t n, size_t k)
{
    return lgamma((double)n + 1) - lgamma((double)k + 1) - lgamma((double)(n - k) + 1);
}

/* ln P(Bin(n, p) <= k), summed from its largest term: no term is lost to underflow. */
static double log_binomial_tail(size_t n, double p, size_t k)
{
    double const odds = (1 - p) / p;
    double term = 1;
    double sum = 1;

    if (k >= n)
        return 0;
    if ((double)k > (double)n * p) /* the sum's largest term is then not its last */
        return log1p(-fmin(1, exp(log_binomial_tail(n, 1 - p, n - k - 1))));
    for (size_t i = k; i > 0 && term > 1e-18 * sum; i--) {
        term *= (double)i / (double)(n - i + 1) * odds;
        sum += term;
    }
    return log_choose(n, k) + (double)k * log(p) + (double)(n - k) * log1p(-p) + log(sum);
}

/* P(Beta(s + a, n - s + a) > 1/2) == P(Bin(n + 2a - 1, 1/2) <= s + a - 1), for whole a. */
double log_e_one_sided(size_t successes, size_t n, enum mixture mixture)
{
    size_t const a = mixture;

    return log(2) + log_e_two_sided(successes, n, mixture) +
           log_binomial_tail(n + 2 * a - 1, 0.5, successes + a - 1);
}

/* Fixed bets c / (1 - mean), the share c of what may be staked, mixed by weight: where T is always
 * 0 the largest wins most, where it is often 1 a smaller one does. */
static struct {
    double share;
    double weight;
} const bets[] = {{15.0 / 16, 0.5}, {0.5, 0.25}, {0.25, 0.125}, {0.125, 0.125}};
enum { BETS = sizeof bets / sizeof *bets };

double log_e_mean_below(struct signs const *signs, double mean)
{
    double log_wealth[BETS];
    double largest = -INFINITY;
    double sum = 0;

    for (size_t i = 0; i < BETS; i++) {
        double const bet = bets[i].share / (1 - mean);
        log_wealth[i] = log(bets[i].weight) + (double)signs->less * log1p(bet * (mean + 1)) +
                        (double)(signs->n - signs->more - signs->less) * log1p(bet * mean) +
                        (double)signs->more * log1p(bet * (mean - 1));
        largest = fmax(largest, log_wealth[i]);
    }
    for (size_t i = 0; i < BETS; i++)
        sum += exp(log_wealth[i] - largest);
    return largest + log(sum);
}

double mean_upper_bound(struct signs const *signs, double alpha)
{
    double low = -1;
    double high = 1;

    for (int i = 0; i < 50; i++) {
        double const middle = (low + high) / 2;
        if (log_e_mean_below(signs, middle) >= -log(alpha))
            high = middle;
        else
            low = middle;
    }
    return high;
}

struct rank_interval confidence_sequence(size_t n, double alpha, enum mixture mixture)
{
    struct rank_interval const none = {0, 0};

    for (size_t low = 0; low <= n / 2; low++)
        if (log_e_two_sided(low, n, mixture) < -log(alpha))
            return low == 0 ? none : (struct rank_interval){low, n + 1 - low};
    return none;
}

/* The fewest successes of n with which the e-process reaches the threshold; n + 1 where none do. */
static size_t successes_needed(size_t n, double log_threshold, enum mixture mixture)
{
    size_t enough = n + 1;

    while (enough > 0 && log_e_one_sided(enough - 1, n, mixture) >= log_threshold)
        enough--;
    return enough;
}

/* The smallest p with P(Bin(n, p) >= needed) >= POWER, halved down to the last bits. */
static double share_needed(size_t n, size_t needed)
{
    double low = 0;
    double high = 1;

    for (int i = 0; i < 60; i++) {
        double const middle = (low + high) / 2;
        if (-expm1(log_binomial_tail(n, middle, needed - 1)) >= POWER)
            high = middle;
        else
            low = middle;
    }
    return high;
}

size_t sequential_mde_rank(size_t n, double log_threshold, enum mixture mixture)
{
    size_t const successes = successes_needed(n, log_threshold, mixture);

    if (n == 0 || successes > n)
        return 0;
    return n + 1 - (size_t)ceil(share_needed(n, successes) * (double)n - 1e-9);
}

double sequential_mde_share(size_t n, size_t against, double log_threshold)
{
    enum mixture const mixture = MIXTURE_OF_COUNTS;
    size_t needed = 1;

    while (needed <= n && log_e_one_sided(needed, needed + against, mixture) < log_threshold)
        needed++;
    return needed <= n ? share_needed(n, needed) : NAN;
}

struct ranked {
    double value;
    size_t index;
};

static int compare_ranked(void const *left, void const *right)
{
    double const a = ((struct ranked const *)left)->value;
    double const b = ((struct ranked const *)right)->value;

    return (a > b) - (a < b);
}

/* rank[i] of values[i], from 1; ties get the mean of their ranks. */
static void midranks(double const *values, size_t n, double *rank)
{
    struct ranked *const ordered = memory_zeroed(n, sizeof *ordered);

    for (size_t i = 0; i < n; i++)
        ordered[i] = (struct ranked){values[i], i};
    qsort(ordered, n, sizeof *ordered, compare_ranked);
    for (size_t first = 0, end; first < n; first = end) {
        end = first + 1;
        while (end < n && ordered[end].value <= ordered[first].value)
            end++;
        for (size_t i = first; i < end; i++)
            rank[ordered[i].index] = ((double)first + 1 + (double)end) / 2;
    }
    free(ordered);
}

double dependence_p(double const *values, size_t n)
{
    double *const rank = memory_zeroed(n + 1, sizeof *rank);
    double const mean = ((double)n + 1) / 2;
    double along = 0;
    double scale = 0;

    if (n > 0)
        midranks(values, n, rank);
    for (size_t i = 0; i < n; i++) {
        scale += (rank[i] - mean) * (rank[i] - mean);
        if (i + 1 < n)
            along += (rank[i] - mean) * (rank[i + 1] - mean);
    }
    free(rank);
    if (n < 3 || scale <= 0)
        return 1;
    return erfc(along / scale * sqrt((double)n) / sqrt(2)) / 2;
}
