/* test_unfinished.c -- which stored run a command resumes, and what it says of the others.
 *
 * SPDX-License-Identifier: MIT */
#include "fixture.h"

#include "experiment/plan.h"
#include "run/machine.h"
#include "run/unfinished.h"

#include <jansson.h>

static struct plan *plan;
static char *parent;

static int a_plan(void **state)
{
    (void)state;
    plan = fixture_plan("question: q\nbaseline: one\nworkloads: [{run: knead size=1}]\n", false, 7);
    parent = fixture_path("results/x");
    return plan == NULL ? -1 : mkdir(parent, 0755);
}

static int no_plan(void **state)
{
    char *const command = text_format("rm -rf '%s'", parent);
    int const status = system(command);

    (void)state;
    free(command);
    free(parent);
    plan_free(plan);
    return status;
}

/* results/x/<name>/ with the plan under another seed. */
static void run_of_seed(char const *name, uint64_t seed)
{
    char *const folder = text_format("%s/%s", parent, name);
    uint64_t const own = plan->seed;

    assert_int_equal(mkdir(folder, 0755), 0);
    plan->seed = seed;
    assert_true(plan_write(plan, folder));
    assert_true(machine_write(plan, folder));
    plan->seed = own;
    free(folder);
}

/* Sets one key of a run's file. */
static void edit(char const *name, char const *file, char const *key, json_t *value)
{
    char *const path = text_format("%s/%s/%s", parent, name, file);
    json_t *const object = json_load_file(path, 0, NULL);

    assert_non_null(object);
    json_object_set_new(object, key, value);
    assert_int_equal(json_dump_file(object, path, 0), 0);
    json_decref(object);
    free(path);
}

static void finish(char const *name)
{
    char *const file = text_format("results/x/%s/outcome.json", name);

    fixture_write(file, "{}\n", 0644);
    free(file);
}

/* NULL: none is found, and `why` is said. */
static void expect(uint64_t seed, char const *name, char const *why)
{
    struct unfinished found = unfinished_find(parent, plan->form, plan, seed, NULL, NULL);

    if (name != NULL) {
        assert_non_null(found.folder);
        assert_string_equal(strrchr(found.folder, '/') + 1, name);
        assert_true(found.seed == seed || seed == 0);
        assert_true(found.seed > 0);
        assert_null(found.why_none);
    } else {
        assert_null(found.folder);
        assert_true(found.seed == 0);
        if (why == NULL)
            assert_null(found.why_none);
        else
            assert_non_null(strstr(found.why_none, why));
    }
    free(found.folder);
    free(found.why_none);
}

static void nothing_stored(void **state)
{
    (void)state;
    expect(0, NULL, NULL);
    run_of_seed("20260101T000000Z-quick", 7); /* another form */
    run_of_seed("20260101T000001Z-full", 7);
    finish("20260101T000001Z-full");
    expect(0, NULL, NULL);
}

static void the_newest_that_fits(void **state)
{
    (void)state;
    run_of_seed("20260101T000001Z-full", 7);
    run_of_seed("20260101T000002Z-full", 8);
    run_of_seed("20260101T000003Z-full", 9);
    expect(0, "20260101T000003Z-full", NULL);
    expect(9, "20260101T000003Z-full", NULL);
    expect(7, "20260101T000001Z-full", NULL); /* not the newest, and still found */
    expect(6, NULL, "20260101T000002Z-full: not finished, but its seed is 8\n");
    finish("20260101T000003Z-full");
    expect(0, "20260101T000002Z-full", NULL);
}

static void another_plan(void **state)
{
    double const margin = plan->margin;

    (void)state;
    run_of_seed("20260101T000001Z-full", 7);
    plan->margin = 0.03;
    expect(0, NULL, "20260101T000001Z-full: not finished, but margin is 3 %, and the unfinished "
                    "run has 2 %\n");
    plan->margin = margin;
    plan->stop.blocks_max = 3;
    expect(0, NULL, "stop.blocks_max is 3, and the unfinished run has ");
}

/* What is said of a plan may change: the run is the same. */
static void another_question(void **state)
{
    (void)state;
    run_of_seed("20260101T000001Z-full", 7);
    edit("20260101T000001Z-full", "plan.json", "question", json_string("Which?"));
    edit("20260101T000001Z-full", "plan.json", "expects", json_string("Both."));
    expect(0, "20260101T000001Z-full", NULL);
}

/* A plan.json whose text says one thing and whose hash says another is no run of either. */
static void an_edited_plan(void **state)
{
    static char const name[] = "20260101T000001Z-full";

    (void)state;
    run_of_seed(name, 7);
    edit(name, "plan.json", "alpha", json_real(0.1));
    expect(0, NULL, "but alpha is 5 %, and the unfinished run has 10 %\n");
    edit(name, "plan.json", "alpha", json_real(plan->alpha));
    expect(0, name, NULL);
    edit(name, "plan.json", "hash", json_string("0123456789abcdef"));
    expect(0, NULL, "its plan.json was changed since it was written (hash 0123456789abcdef there");
    edit(name, "plan.json", "schema", json_string("slablab-plan/1"));
    expect(0, NULL, "schema is slablab-plan/2, and the unfinished run has slablab-plan/1\n");
}

static void a_plan_that_is_none(void **state)
{
    static char const *const texts[] = {"", "[]", "{", "{\"schema\": 1}", "{\"a\": 1, \"a\": 2}"};

    (void)state;
    run_of_seed("20260101T000001Z-full", 7);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        fixture_write("results/x/20260101T000001Z-full/plan.json", texts[i], 0644);
        expect(0, NULL, "20260101T000001Z-full: not finished, but ");
    }
}

static void a_plan_without_a_seed(void **state)
{
    (void)state;
    run_of_seed("20260101T000001Z-full", 7);
    edit("20260101T000001Z-full", "plan.json", "seed", json_string("7"));
    expect(0, NULL, "its plan.json has no seed\n");
    edit("20260101T000001Z-full", "plan.json", "seed", json_integer(-1));
    expect(0, NULL, "its plan.json has no seed\n");
}

/* Not written anew: today's machine need not be the one that measured. */
static void a_lost_machine(void **state)
{
    static char const name[] = "20260101T000001Z-full";
    char *const path = text_format("%s/%s/machine.json", parent, name);

    (void)state;
    run_of_seed(name, 7);
    fixture_write("results/x/20260101T000001Z-full/machine.json", "", 0644);
    expect(0, NULL, "not finished, but its machine.json cannot be read\n");
    assert_int_equal(unlink(path), 0);
    expect(0, NULL, "not finished, but its machine.json is gone: nothing tells which machine");
    free(path);
}

/* A power cut may leave a file's name without its bytes. */
static void an_empty_outcome(void **state)
{
    (void)state;
    run_of_seed("20260101T000001Z-full", 7);
    fixture_write("results/x/20260101T000001Z-full/outcome.json", "", 0644);
    expect(0, "20260101T000001Z-full", NULL);
}

static void another_machine(void **state)
{
    (void)state;
    run_of_seed("20260101T000001Z-full", 7);
    run_of_seed("20260101T000002Z-full", 7);
    edit("20260101T000002Z-full", "machine.json", "kernel_release", json_string("2.6.32"));
    expect(0, "20260101T000001Z-full", NULL);
    edit("20260101T000001Z-full", "machine.json", "host", json_string("elsewhere"));
    expect(0, NULL, "20260101T000002Z-full: not finished, but kernel_release was 2.6.32 and is ");
    expect(0, NULL, "20260101T000001Z-full: not finished, but host was elsewhere and is ");
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, a_plan, no_plan)

int main(void)
{
    struct CMUnitTest const tests[] = {
        TEST(nothing_stored), TEST(the_newest_that_fits), TEST(another_plan),
        TEST(another_question), TEST(an_edited_plan), TEST(a_plan_that_is_none),
        TEST(a_plan_without_a_seed), TEST(a_lost_machine), TEST(an_empty_outcome),
        TEST(another_machine),
    };

    return cmocka_run_group_tests_name("unfinished", tests, fixture_make, fixture_remove);
}
