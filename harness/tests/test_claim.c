/* test_claim.c -- a unit is one worker's at a time, is never lost, and is done once.
 *
 * SPDX-License-Identifier: MIT */
#include "fixture.h"

#include "machine/identity.h"
#include "share/claim.h"

#include <time.h>

/* A worker on a share of these units, whose lease never runs out unless it is made older. */
static struct claims claims_of(char const *worker)
{
    return (struct claims){.share = fixture_root,
                           .worker = worker,
                           .machine = "m",
                           .lease_seconds = 60};
}

static struct words units_of(char const *text)
{
    struct words units = words_of(text);

    assert_true(claims_prepare(fixture_root, &units));
    return units;
}

static void draft(char const *name, char const *text)
{
    char *const path = text_format("shards/%s", name);

    fixture_write(path, text, 0644);
    free(path);
}

static char *shard_text(char const *unit)
{
    char *const path = text_format("%s/shards/%s.jsonl", fixture_root, unit);
    char *const text = text_of_file(path, &(size_t){0});

    free(path);
    return text;
}

/* The lease of a worker's unit began that long ago. */
static void age(char const *unit, char const *worker, time_t seconds)
{
    char *const path = text_format("%s/units/held/%s@%s", fixture_root, unit, worker);
    struct timespec const then[2] = {{.tv_sec = time(NULL) - seconds},
                                     {.tv_sec = time(NULL) - seconds}};

    assert_int_equal(utimensat(AT_FDCWD, path, then, 0), 0);
    free(path);
}

static void each_unit_is_taken_once(void **state)
{
    struct words units = units_of("a1 a2");
    struct claims const one = claims_of("one");
    struct claims const two = claims_of("two");
    char *const clock = fixture_path("clock");
    size_t taken = 9;

    (void)state;
    assert_int_equal(claim_next(&one, &units, &taken), CLAIM_TAKEN);
    assert_int_equal(taken, 0);
    assert_int_equal(claim_next(&two, &units, &taken), CLAIM_TAKEN);
    assert_int_equal(taken, 1);
    assert_int_equal(claim_next(&two, &units, &taken), CLAIM_HELD);
    assert_int_equal(access(clock, F_OK), 0); /* it stays: no worker can leave one of its own */
    assert_true(claim_is_held(fixture_root, "a1"));
    claim_release(&one, "a1");
    assert_false(claim_is_held(fixture_root, "a1"));
    assert_int_equal(claim_next(&two, &units, &taken), CLAIM_TAKEN);
    assert_int_equal(taken, 0);
    free(clock);
    words_free(&units);
}

static void a_lease_that_ran_out_is_taken_over(void **state)
{
    struct words units = units_of("b1");
    struct claims const one = claims_of("one");
    struct claims const two = claims_of("two");
    size_t taken;

    (void)state;
    assert_int_equal(claim_next(&one, &units, &taken), CLAIM_TAKEN);
    age("b1", "one", 30);
    assert_int_equal(claim_next(&two, &units, &taken), CLAIM_HELD);
    age("b1", "one", 61);
    assert_true(claim_renew(&one, "b1"));
    assert_int_equal(claim_next(&two, &units, &taken), CLAIM_HELD);
    age("b1", "one", 61);
    assert_int_equal(claim_next(&two, &units, &taken), CLAIM_TAKEN);
    assert_false(claim_renew(&one, "b1"));
    assert_true(claim_renew(&two, "b1"));
    claim_release(&one, "b1"); /* it has nothing to give back */
    assert_int_equal(claim_next(&one, &units, &taken), CLAIM_HELD);
    words_free(&units);
}

/* The first worker was thought dead and was not: both end the unit. */
static void a_unit_that_is_done_twice_counts_once(void **state)
{
    struct words units = units_of("c1");
    struct claims const one = claims_of("one");
    struct claims const two = claims_of("two");
    size_t taken;
    bool first = false;

    (void)state;
    assert_int_equal(claim_next(&one, &units, &taken), CLAIM_TAKEN);
    age("c1", "one", 61);
    assert_int_equal(claim_next(&two, &units, &taken), CLAIM_TAKEN);
    draft(".c1@one", "the first's\n");
    draft(".c1@two", "the second's\n");
    assert_true(claim_finish(&two, "c1", ".c1@two", &first));
    assert_true(first);
    assert_true(claim_finish(&one, "c1", ".c1@one", &first));
    assert_false(first);
    char *const text = shard_text("c1");
    assert_string_equal(text, "the second's\n");
    free(text);
    assert_true(claim_is_done(fixture_root, "c1"));
    assert_int_equal(claim_next(&one, &units, &taken), CLAIM_NONE);
    words_free(&units);
}

/* Killed between the shard and the end of the claim. */
static void what_is_done_is_not_claimed_again(void **state)
{
    struct words units = units_of("d1");
    struct claims const one = claims_of("one");
    size_t taken;

    (void)state;
    assert_int_equal(claim_next(&one, &units, &taken), CLAIM_TAKEN);
    draft("d1.jsonl", "done\n");
    age("d1", "one", 61);
    assert_int_equal(claim_next(&one, &units, &taken), CLAIM_NONE);
    assert_false(claim_is_held(fixture_root, "d1"));
    words_free(&units);
}

static void a_share_that_cannot_be_written_is_complained_of(void **state)
{
    struct claims claims = claims_of("one");
    struct words units = words_of("e1");
    size_t taken;

    (void)state;
    claims.share = "/nonexistent";
    fixture_hear();
    enum claim const claim = claim_next(&claims, &units, &taken);
    char *const heard = fixture_heard();
    assert_int_equal(claim, CLAIM_FAULT);
    assert_non_null(strstr(heard, "/nonexistent/clock: No such file"));
    free(heard);
    words_free(&units);
}

static void an_identity_changes_with_each_of_its_parts(void **state)
{
    char *const all = identity_of("id", "uuid", "25 17 1 0x1000065 ");
    char *const others[] = {identity_of("ID", "uuid", "25 17 1 0x1000065 "),
                            identity_of("id", "UUID", "25 17 1 0x1000065 "),
                            identity_of("id", "uuid", "25 17 1 0x1000066 "),
                            identity_of("iduuid", NULL, "25 17 1 0x1000065 ")};

    (void)state;
    assert_int_equal(strlen(all), 16);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        assert_string_not_equal(all, others[i]);
        free(others[i]);
    }
    char *const here = identity_here();
    char *const again = identity_here();
    assert_string_equal(here, again);
    free(again);
    free(here);
    free(all);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(each_unit_is_taken_once),
        cmocka_unit_test(a_lease_that_ran_out_is_taken_over),
        cmocka_unit_test(a_unit_that_is_done_twice_counts_once),
        cmocka_unit_test(what_is_done_is_not_claimed_again),
        cmocka_unit_test(a_share_that_cannot_be_written_is_complained_of),
        cmocka_unit_test(an_identity_changes_with_each_of_its_parts),
    };

    return cmocka_run_group_tests(tests, fixture_make, fixture_remove);
}
