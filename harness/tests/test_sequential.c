/* test_sequential.c -- e-processes that pay what they may, and what inverts them.
 *
 * SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "judge/sequential.h"

#include <math.h>
#include <string.h>

enum { LOOKS = 400 };

static enum mixture const TIMES = MIXTURE_OF_TIMES;
static enum mixture const COUNTS = MIXTURE_OF_COUNTS;

static void assert_near(double found, double wanted)
{
    if (!(fabs(found - wanted) < 1e-9))
        fail_msg("%.15g is not %.15g", found, wanted);
}

/* B(12, 10) / B(10, 10) == (10 * 11) / (20 * 21). */
static void first_looks_by_hand(void **state)
{
    (void)state;
    assert_near(log_e_two_sided(0, 0, TIMES), 0);
    assert_near(log_e_two_sided(1, 1, TIMES), 0);
    assert_near(log_e_two_sided(2, 2, TIMES), log(4.0 * 110 / 420));
    assert_near(log_e_one_sided(0, 0, TIMES), 0); /* half of the mixture, doubled */
    /* With Beta(1, 1) n of n give 2^n / (n + 1), and the cut one 2^(n + 1) - 1 over n + 1. */
    assert_near(log_e_two_sided(16, 16, COUNTS), log(65536.0 / 17));
    assert_near(log_e_one_sided(7, 7, COUNTS), log(255.0 / 8));
    assert_near(log_e_one_sided(15, 15, COUNTS), log(65535.0 / 16));
}

/* The fewest equal signs that reach a threshold. */
static size_t equal_signs(double threshold, enum mixture mixture)
{
    size_t n = 1;

    while (log_e_one_sided(n, n, mixture) < log(threshold))
        n++;
    return n;
}

static void counts_that_differ_alike_need_few_blocks(void **state)
{
    (void)state;
    assert_int_equal(equal_signs(20, COUNTS), 7);
    assert_int_equal(equal_signs(200, COUNTS), 11);
    assert_int_equal(equal_signs(3600, COUNTS), 15);
    assert_int_equal(equal_signs(20, TIMES), 13);
    assert_int_equal(equal_signs(3600, TIMES), 26);
}

/* What an e-process pays on the average of all outcomes of n fair coins. */
static double paid(double (*log_e)(size_t, size_t, enum mixture), size_t n, enum mixture mixture)
{
    double sum = 0;

    for (size_t s = 0; s <= n; s++)
        sum += exp(lgamma((double)n + 1) - lgamma((double)s + 1) - lgamma((double)(n - s) + 1) -
                   (double)n * log(2) + log_e(s, n, mixture));
    return sum;
}

static void a_fair_coin_pays_one(void **state)
{
    (void)state;
    for (size_t n = 1; n <= 60; n++) {
        assert_near(paid(log_e_one_sided, n, TIMES), 1);
        assert_near(paid(log_e_two_sided, n, TIMES), 1);
        assert_near(paid(log_e_one_sided, n, COUNTS), 1);
        assert_near(paid(log_e_two_sided, n, COUNTS), 1);
    }
}

/* The probability that a rule which looks after every fair coin rejects within LOOKS of them, by
 * following every number of heads that has not been rejected yet. */
static double ever_rejects(int (*rejects)(size_t successes, size_t n))
{
    static double alive[LOOKS + 2];
    static double next[LOOKS + 2];
    double rejected = 0;

    memset(alive, 0, sizeof alive);
    alive[0] = 1;
    for (size_t n = 1; n <= LOOKS; n++) {
        memset(next, 0, sizeof next);
        for (size_t s = 0; s < n; s++) {
            next[s] += alive[s] / 2;
            next[s + 1] += alive[s] / 2;
        }
        for (size_t s = 0; s <= n; s++)
            if (rejects(s, n)) {
                rejected += next[s];
                next[s] = 0;
            }
        memcpy(alive, next, sizeof alive);
    }
    return rejected;
}

static int one_sided_at_5(size_t successes, size_t n)
{
    return log_e_one_sided(successes, n, TIMES) >= log(20);
}

static int two_sided_at_5(size_t successes, size_t n)
{
    return log_e_two_sided(successes, n, TIMES) >= log(20);
}

static int count_at_5(size_t successes, size_t n)
{
    return log_e_one_sided(successes, n, COUNTS) >= log(20);
}

/* A tail of which a fair coin decides whether T is 1 or 0, and whose mean is said to be a half. */
static int mean_at_5(size_t ones, size_t n)
{
    struct signs const signs = {.more = ones, .n = n};

    return log_e_mean_below(&signs, 0.5) >= log(20);
}

static int sign_test_every_10(size_t successes, size_t n)
{
    return n % 10 == 0 && sign_test_p(successes, n - successes, 0) < 0.05;
}

static void looking_always_keeps_alpha(void **state)
{
    (void)state;
    assert_true(ever_rejects(one_sided_at_5) <= 0.05);
    assert_true(ever_rejects(two_sided_at_5) <= 0.05);
    assert_true(ever_rejects(count_at_5) <= 0.05);
    assert_true(ever_rejects(mean_at_5) <= 0.05);
    assert_true(ever_rejects(one_sided_at_5) > 0.01); /* and is not deaf */
    assert_true(ever_rejects(count_at_5) > 0.01);
    assert_true(ever_rejects(mean_at_5) > 0.01);
    assert_true(ever_rejects(sign_test_every_10) > 0.2);
}

static void rare_successes_never_win(void **state)
{
    (void)state;
    for (size_t n = 1; n <= 1000; n++)
        assert_true(log_e_one_sided(n / 2, n, TIMES) < log(2) + 1e-12);
    assert_true(log_e_one_sided(0, 1000, TIMES) < 0);
    assert_true(log_e_two_sided(0, 1000, TIMES) > 100);
    assert_true(isfinite(log_e_one_sided(0, 100000, TIMES)));
    assert_true(log_e_one_sided(100000, 100000, TIMES) > 60000);
}

static void sequence_leaves_out_what_is_rejected(void **state)
{
    (void)state;
    assert_int_equal(confidence_sequence(5, 0.05, TIMES).low, 0);
    for (size_t n = 30; n <= 600; n += 57) {
        struct rank_interval const ranks = confidence_sequence(n, 0.05, TIMES);
        assert_int_equal(ranks.low + ranks.high, n + 1);
        assert_true(log_e_two_sided(ranks.low, n, TIMES) < log(20));
        assert_true(log_e_two_sided(ranks.low - 1, n, TIMES) >= log(20));
        assert_true(ranks.low < median_interval(n, 0.05, 6).low); /* the price of looking */
    }
}

/* Of 101 values the median is the 51st: what is seen lies below it, the less far the less is asked
 * for. */
static void mde_is_a_residual(void **state)
{
    size_t const rank = sequential_mde_rank(101, log(200), TIMES);

    (void)state;
    assert_in_range(rank, 1, 50);
    assert_int_equal(sequential_mde_rank(10, log(200), TIMES), 0);
    assert_in_range(sequential_mde_rank(101, log(2), TIMES), rank + 1, 51);
}

/* One bet of a share c of 1 / (1 - mean) wins 1 + c mean / (1 - mean) in a block where T is 0. */
static void bets_on_a_mean_by_hand(void **state)
{
    double const mean = 0.05;
    double const shares[] = {15.0 / 16, 0.5, 0.25, 0.125};
    double const weights[] = {0.5, 0.25, 0.125, 0.125};
    double zeros = 0;
    double mixed = 0;

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        double const bet = shares[i] / (1 - mean);
        zeros += weights[i] * pow(1 + bet * mean, 75);
        mixed += weights[i] * pow(1 + bet * mean, 40) * pow(1 + bet * (mean + 1), 3) *
                 pow(1 - shares[i], 2);
    }
    assert_near(log_e_mean_below(&(struct signs){.n = 75}, mean), log(zeros));
    assert_near(log_e_mean_below(&(struct signs){2, 3, 45}, mean), log(mixed));
    /* 75 blocks without a slow one are the fewest that rule out five points at 5 %. */
    assert_true(log_e_mean_below(&(struct signs){.n = 75}, mean) >= log(20));
    assert_true(log_e_mean_below(&(struct signs){.n = 74}, mean) < log(20));
}

static void a_bound_is_where_the_bets_reach_alpha(void **state)
{
    struct signs const signs[] = {{0, 0, 100}, {9, 2, 80}, {2, 9, 80}, {30, 1, 31}};

    (void)state;
    assert_near(mean_upper_bound(&(struct signs){0}, 0.05), 1);
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++) {
        double const bound = mean_upper_bound(&signs[i], 0.05);
        assert_true(bound > ((double)signs[i].more - (double)signs[i].less) / (double)signs[i].n);
        assert_true(log_e_mean_below(&signs[i], bound + 1e-6) >= log(20));
        assert_true(log_e_mean_below(&signs[i], bound - 1e-6) < log(20));
    }
}

/* 11 successes beside no failure reach 200; each block must be one with probability p. */
static void mde_of_a_share_by_hand(void **state)
{
    double const share = sequential_mde_share(100, 0, log(200));
    double at_least_11 = 0;

    (void)state;
    for (size_t k = 11; k <= 100; k++)
        at_least_11 += exp(lgamma(101) - lgamma((double)k + 1) - lgamma(101 - (double)k) +
                           (double)k * log(share) + (100 - (double)k) * log1p(-share));
    assert_near(at_least_11, 0.8);
    assert_true(isnan(sequential_mde_share(10, 0, log(200))));
    assert_true(sequential_mde_share(100, 5, log(200)) > share);
}

static void dependence_is_found_in_ranks(void **state)
{
    double drifting[200];
    double alternating[200];
    double const equal[] = {1, 1, 1, 1, 1, 1};

    (void)state;
    for (size_t i = 0; i < 200; i++) {
        drifting[i] = exp((double)i / 5); /* by its ranks as good as a straight line */
        alternating[i] = i % 2 == 0 ? 1 : -1;
    }
    assert_true(dependence_p(drifting, 200) < 1e-9);
    assert_true(dependence_p(alternating, 200) > 0.999);
    assert_true(dependence_p(equal, 6) >= 1);
    assert_true(dependence_p(NULL, 0) >= 1);
    /* Ranks 1, 2, 4, 3 about 2.5: (0.75 - 0.75 + 0.75) / 5. */
    double const four[] = {-1, 0, 9, 5};
    assert_near(dependence_p(four, 4), erfc(0.75 / 5 * 2 / sqrt(2)) / 2);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(first_looks_by_hand),
        cmocka_unit_test(counts_that_differ_alike_need_few_blocks),
        cmocka_unit_test(a_fair_coin_pays_one),
        cmocka_unit_test(looking_always_keeps_alpha),
        cmocka_unit_test(rare_successes_never_win),
        cmocka_unit_test(sequence_leaves_out_what_is_rejected),
        cmocka_unit_test(mde_is_a_residual),
        cmocka_unit_test(bets_on_a_mean_by_hand),
        cmocka_unit_test(a_bound_is_where_the_bets_reach_alpha),
        cmocka_unit_test(mde_of_a_share_by_hand),
        cmocka_unit_test(dependence_is_found_in_ranks),
    };

    return cmocka_run_group_tests_name("sequential", tests, NULL, NULL);
}
