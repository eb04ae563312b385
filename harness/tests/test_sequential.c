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

static void assert_near(double found, double wanted)
{
    if (!(fabs(found - wanted) < 1e-9))
        fail_msg("%.15g is not %.15g", found, wanted);
}

/* B(12, 10) / B(10, 10) == (10 * 11) / (20 * 21). */
static void first_looks_by_hand(void **state)
{
    (void)state;
    assert_near(log_e_two_sided(0, 0), 0);
    assert_near(log_e_two_sided(1, 1), 0);
    assert_near(log_e_two_sided(2, 2), log(4.0 * 110 / 420));
    assert_near(log_e_one_sided(0, 0), 0); /* half of the mixture, doubled */
}

/* The e-process bets fairly: over all outcomes of n fair coins it pays 1. */
static void a_fair_coin_pays_one(void **state)
{
    (void)state;
    for (size_t n = 1; n <= 60; n++) {
        double one_sided = 0;
        double two_sided = 0;
        for (size_t s = 0; s <= n; s++) {
            double const log_probability = lgamma((double)n + 1) - lgamma((double)s + 1) -
                                           lgamma((double)(n - s) + 1) - (double)n * log(2);
            one_sided += exp(log_probability + log_e_one_sided(s, n));
            two_sided += exp(log_probability + log_e_two_sided(s, n));
        }
        assert_near(one_sided, 1);
        assert_near(two_sided, 1);
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
    return log_e_one_sided(successes, n) >= log(20);
}

static int two_sided_at_5(size_t successes, size_t n)
{
    return log_e_two_sided(successes, n) >= log(20);
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
    assert_true(ever_rejects(one_sided_at_5) > 0.01); /* and is not deaf */
    assert_true(ever_rejects(sign_test_every_10) > 0.2);
}

static void rare_successes_never_win(void **state)
{
    (void)state;
    for (size_t n = 1; n <= 1000; n++)
        assert_true(log_e_one_sided(n / 2, n) < log(2) + 1e-12);
    assert_true(log_e_one_sided(0, 1000) < 0);
    assert_true(log_e_two_sided(0, 1000) > 100);
    assert_true(isfinite(log_e_one_sided(0, 100000)));
    assert_true(log_e_one_sided(100000, 100000) > 60000);
}

static void sequence_leaves_out_what_is_rejected(void **state)
{
    (void)state;
    assert_int_equal(confidence_sequence(5, 0.05).low, 0);
    for (size_t n = 30; n <= 600; n += 57) {
        struct rank_interval const ranks = confidence_sequence(n, 0.05);
        assert_int_equal(ranks.low + ranks.high, n + 1);
        assert_true(log_e_two_sided(ranks.low, n) < log(20));
        assert_true(log_e_two_sided(ranks.low - 1, n) >= log(20));
        assert_true(ranks.low < median_interval(n, 0.05, 6).low); /* the price of looking */
    }
}

/* Of 101 values the median is the 51st: what is seen lies below it, the less far the less is asked
 * for. */
static void mde_is_a_residual(void **state)
{
    size_t const rank = sequential_mde_rank(101, log(200));

    (void)state;
    assert_in_range(rank, 1, 50);
    assert_int_equal(sequential_mde_rank(10, log(200)), 0);
    assert_in_range(sequential_mde_rank(101, log(2)), rank + 1, 51);
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
        cmocka_unit_test(a_fair_coin_pays_one),
        cmocka_unit_test(looking_always_keeps_alpha),
        cmocka_unit_test(rare_successes_never_win),
        cmocka_unit_test(sequence_leaves_out_what_is_rejected),
        cmocka_unit_test(mde_is_a_residual),
        cmocka_unit_test(dependence_is_found_in_ranks),
    };

    return cmocka_run_group_tests_name("sequential", tests, NULL, NULL);
}
