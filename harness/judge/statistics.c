/* statistics.c -- exact binomial tails.
 *
 * In logarithms, so that 10,000 blocks neither overflow nor round to 0.
 *
 * SPDX-License-Identifier: MIT */
#include "judge/statistics.h"

#include <math.h>
#include <stdlib.h>

static double const SLACK = 1e-10;

/* ln of the probability of exactly k heads in n throws of a fair coin. */
static double coin_log_probability(size_t n, size_t k)
{
    return lgamma((double)n + 1) - lgamma((double)k + 1) - lgamma((double)(n - k) + 1) -
           (double)n * log(2);
}

struct rank_interval median_interval(size_t n, double alpha, size_t n_min)
{
    struct rank_interval const none = {0, 0};
    double tail = 0;
    size_t low = 0;

    if (n < n_min)
        return none;
    /* tail == P(heads <= low): the chance that the median lies below the value of rank low + 1. */
    while (low < n / 2) {
        tail += exp(coin_log_probability(n, low));
        /* The slack covers the error of the sum: 2 / 64 must not exceed alpha = 1 / 32. */
        if (2 * tail > alpha * (1 + SLACK))
            break;
        low++;
    }
    if (low == 0)
        return none;
    return (struct rank_interval){low, n + 1 - low};
}

double sign_test_p(size_t positive, size_t negative, size_t zero)
{
    size_t const n = positive + negative + zero;
    size_t const fewer = (positive < negative ? positive : negative) + zero;
    double tail = 0;

    for (size_t k = 0; k <= fewer; k++)
        tail += exp(coin_log_probability(n, k));
    /* An even split counts its middle term twice. */
    return fmin(1, 2 * tail);
}

static int compare_values(void const *left, void const *right)
{
    double const a = *(double const *)left;
    double const b = *(double const *)right;

    return (a > b) - (a < b);
}

void sort_values(double *values, size_t n)
{
    if (n > 0)
        qsort(values, n, sizeof *values, compare_values);
}

double median_of_sorted(double const *sorted, size_t n)
{
    if (n == 0)
        return NAN;
    return n % 2 == 1 ? sorted[n / 2] : (sorted[n / 2 - 1] + sorted[n / 2]) / 2;
}

double median_ratio_of_sorted(double const *sorted, size_t n)
{
    if (n % 2 == 1 || n == 0)
        return median_of_sorted(sorted, n);
    double const low = sorted[n / 2 - 1];
    double const high = sorted[n / 2];
    return low < high ? sqrt(low * high) : low;
}

void holm(double const *p, size_t m, double *adjusted, size_t *scratch)
{
    double largest = 0;

    /* Insertion sort of the indices by p: a family is a table's rows, dozens at most. */
    for (size_t i = 0; i < m; i++) {
        size_t slot = i;
        for (; slot > 0 && p[scratch[slot - 1]] > p[i]; slot--)
            scratch[slot] = scratch[slot - 1];
        scratch[slot] = i;
    }
    /* Each index is read from p before it is written, so that p and adjusted may be one array. */
    for (size_t rank = 0; rank < m; rank++) {
        double const scaled = (double)(m - rank) * p[scratch[rank]];
        largest = fmax(largest, fmin(1, scaled));
        adjusted[scratch[rank]] = largest;
    }
}
