/* test_statistics.c -- intervals, tests and adjustments that can be worked out by hand.
 *
 * SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "judge/statistics.h"

#include <math.h>

static void assert_ranks(size_t n, double alpha, size_t low, size_t high)
{
    struct rank_interval const ranks = median_interval(n, alpha, 6);

    assert_int_equal(ranks.low, low);
    assert_int_equal(ranks.high, high);
}

/* n = 6: missing on one side is 1/64; twice that is .031. n = 5 would be 2/32 = .0625. */
static void interval_ranks(void **state)
{
    (void)state;
    assert_ranks(0, 0.05, 0, 0);
    assert_ranks(5, 0.05, 0, 0);
    assert_ranks(5, 0.50, 0, 0); /* fewer than 6 give none at any alpha */
    assert_ranks(6, 0.05, 1, 6);
    assert_ranks(6, 0.01, 0, 0);
    assert_ranks(8, 0.05, 1, 8); /* 2 * 9/256 = .07 is too much for (2, 7) */
    assert_ranks(9, 0.05, 2, 8); /* 2 * 10/512 = .039 */
    assert_ranks(20, 0.05, 6, 15);
    assert_ranks(100, 0.05, 40, 61);
}

/* 1.96 standard deviations of sqrt(10,000)/2 = 50 are 98. */
static void interval_ranks_of_many(void **state)
{
    (void)state;
    assert_ranks(10000, 0.05, 4902, 5099);
}

static void sign_test(void **state)
{
    (void)state;
    assert_float_equal(sign_test_p(0, 0, 0), 1, 1e-12);
    assert_float_equal(sign_test_p(1, 0, 0), 1, 1e-12);
    assert_float_equal(sign_test_p(6, 0, 0), 2.0 / 64, 1e-12);
    assert_float_equal(sign_test_p(0, 6, 0), 2.0 / 64, 1e-12);
    assert_float_equal(sign_test_p(5, 1, 0), 2.0 * (1 + 6) / 64, 1e-12);
    assert_float_equal(sign_test_p(3, 3, 0), 1, 1e-12);
    assert_float_equal(sign_test_p(6, 0, 1), 2.0 * (1 + 7) / 128, 1e-12); /* the tie as a minus */
    assert_float_equal(sign_test_p(0, 0, 9), 1, 1e-12);
    assert_float_equal(sign_test_p(8, 2, 0), 2.0 * (1 + 10 + 45) / 1024, 1e-12);
}

static void sign_test_of_many(void **state)
{
    (void)state;
    assert_float_equal(sign_test_p(5000, 5000, 0), 1, 1e-9);
    /* Normal approximation with continuity: z = (5100 - 5000 - .5) / 50 = 1.99, p = .0466. */
    assert_float_equal(sign_test_p(5100, 4900, 0), 0.0466, 0.0001);
    assert_true(sign_test_p(10000, 0, 0) == 0); /* 2^-9999 is below what a double holds */
    assert_true(sign_test_p(1000, 0, 0) > 0);
}

static void medians(void **state)
{
    double values[] = {3, 1, 2, 4};

    (void)state;
    sort_values(values, 4);
    assert_float_equal(median_of_sorted(values, 4), 2.5, 0);
    assert_float_equal(median_of_sorted(values, 3), 2, 0);
    assert_true(isnan(median_of_sorted(values, 0)));
}

static void medians_of_ratios(void **state)
{
    double const ratios[] = {0.5, 2.25, 4, 23.0 / 16 * 4};

    (void)state;
    assert_float_equal(median_ratio_of_sorted(ratios, 4), 3, 0);
    assert_float_equal(median_ratio_of_sorted(ratios, 3), 2.25, 0);
    assert_true(isnan(median_ratio_of_sorted(ratios, 0)));
}

/* 6 values miss their median with probability 2 / 2^6, to the bit. */
static void a_tie_with_alpha_is_within_it(void **state)
{
    (void)state;
    assert_int_equal(median_interval(6, 2.0 / 64, 6).low, 1);
    assert_int_equal(median_interval(6, 2.0 / 64 * (1 - 1e-6), 6).low, 0);
}

/* Sorted: .01 .02 .03 .04; times 4 3 2 1: .04 .06 .06 .04; never falling: .04 .06 .06 .06. */
static void holm_by_hand(void **state)
{
    double const p[] = {0.04, 0.01, 0.03, 0.02};
    double adjusted[4];
    size_t scratch[4];

    (void)state;
    holm(p, 4, adjusted, scratch);
    assert_float_equal(adjusted[0], 0.06, 1e-12);
    assert_float_equal(adjusted[1], 0.04, 1e-12);
    assert_float_equal(adjusted[2], 0.06, 1e-12);
    assert_float_equal(adjusted[3], 0.06, 1e-12);
}

static void holm_in_place_and_capped(void **state)
{
    double p[] = {0.9, 0.001, 0.6};
    size_t scratch[3];

    (void)state;
    holm(p, 3, p, scratch);
    assert_float_equal(p[0], 1, 1e-12);
    assert_float_equal(p[1], 0.003, 1e-12);
    assert_float_equal(p[2], 1, 1e-12);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(interval_ranks),
        cmocka_unit_test(interval_ranks_of_many),
        cmocka_unit_test(sign_test),
        cmocka_unit_test(sign_test_of_many),
        cmocka_unit_test(medians),
        cmocka_unit_test(medians_of_ratios),
        cmocka_unit_test(a_tie_with_alpha_is_within_it),
        cmocka_unit_test(holm_by_hand),
        cmocka_unit_test(holm_in_place_and_capped),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
