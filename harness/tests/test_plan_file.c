/* test_plan_file.c -- plan.json, what the plan's hash is made of, and how two plans differ.
 *
 * SPDX-License-Identifier: MIT */
#include "fixture.h"

#include "experiment/plan_file.h"

#include <jansson.h>

static char const experiment[] =
    "question: \"Is \\\"two\\\" better, or \\u00fc?\"\n"
    "baseline: one\n"
    "arms: [two A=1, libc, three]\n"
    "workloads:\n"
    "  - run: knead slots=3 size=64,65 operations=1000\n"
    "    serves: [two tiny >= 99.9%]\n"
    "  - {run: knead, start: warm}\n"
    "compare: [libc against two]\n"
    "interactions: [two x libc = three]\n"
    "published:\n"
    "  - {where: cold, arm: two, metric: operations_per_second, value: 6060000}\n"
    "  - {where: warm, arm: two, against: one, metric: page_faults, value: 0.1}\n"
    "stop: {half_width: 0.3%, seconds_max: 0.1}\n";

static struct plan *plan_of(char const *yaml, uint64_t seed)
{
    struct plan *const plan = fixture_plan(yaml, false, seed);

    assert_non_null(plan);
    return plan;
}

static json_t *stored_plan(void)
{
    char *const path = fixture_path("results/plan.json");
    json_t *const object = json_load_file(path, 0, NULL);

    assert_non_null(object);
    free(path);
    return object;
}

static void how_arms_are_shown_is_written_and_is_not_in_the_hash(void **state)
{
    char *const shown = text_format("%sshown:\n"
                                    "  - {arm: libc, label: the C library, colour: \"#23698c\"}\n"
                                    "  - {arm: two, order: 2, hide: true}\n",
                                    experiment);
    struct plan *const plain = plan_of(experiment, 1);
    struct plan *const plan = plan_of(shown, 1);
    json_t *const object = plan_to_json(plan);
    json_t *const wanted =
        json_pack("{s:{s:s, s:s}, s:{s:i, s:b}}", "libc", "label", "the C library", "colour",
                  "#23698c", "two", "order", 2, "hide", 1);

    (void)state;
    assert_true(json_equal(json_object_get(object, "presentation"), wanted));
    assert_string_equal(plan->hash, plain->hash);
    json_decref(wanted);
    json_decref(object);
    plan_free(plan);
    plan_free(plain);
    free(shown);
}

static void what_is_written_has_the_hash_that_it_says(void **state)
{
    char *const folder = fixture_path("results");
    struct plan *const plan = plan_of(experiment, 9223372036854775807u);

    (void)state;
    assert_true(plan_write(plan, folder));
    json_t *const stored = stored_plan();
    json_t *const now = plan_to_json(plan);
    char *const hash = plan_hash_of_json(stored);
    assert_string_equal(hash, plan->hash);
    assert_string_equal(json_string_value(json_object_get(stored, "hash")), hash);
    assert_true(json_equal(stored, now));
    assert_null(plan_change(stored, now));
    assert_true((uint64_t)json_integer_value(json_object_get(stored, "seed")) == plan->seed);
    free(hash);
    json_decref(now);
    json_decref(stored);
    plan_free(plan);
    free(folder);
}

/* The rule in harness/records.md, which analysis/tests/test_plan_hash.py holds to the same. */
static void the_hash_is_that_of_records_md(void **state)
{
    json_t *const plan = json_loads("{\"seed\": 3, \"b\": [1, -1, 0.02, true, false, null],"
                                    " \"a\": {\"\u00fc\": \"x\", \"\": \"\"}, \"hash\": \"\"}",
                                    0, NULL);
    char *const hash = plan_hash_of_json(plan);

    (void)state;
    assert_string_equal(hash, "71f9dd5a6fdd2264");
    free(hash);
    json_decref(plan);
}

static void the_keys_are_those_of_records_md(void **state)
{
    char *const folder = fixture_path("results");
    struct plan *const plan = plan_of(experiment, 1);

    (void)state;
    assert_true(plan_write(plan, folder));
    json_t *const object = stored_plan();
    assert_string_equal(json_string_value(json_object_get(object, "schema")), "slablab-plan/2");
    json_t *const cell = json_array_get(json_object_get(object, "cells"), 2);
    assert_true(json_is_null(json_object_get(cell, "operations")));
    assert_string_equal(json_string_value(json_object_get(cell, "start")), "warm");
    json_t *const control = json_array_get(json_object_get(object, "arms"), 1);
    assert_string_equal(json_string_value(json_object_get(control, "id")), "control");
    assert_string_equal(json_string_value(json_object_get(control, "role")), "control");
    json_t *const workloads = json_object_get(object, "workloads");
    assert_true(json_is_string(json_object_get(workloads, "knead")));
    json_decref(object);
    plan_free(plan);
    free(folder);
}

static void a_plan_carries_the_rules(void **state)
{
    struct plan *const plan = plan_of(experiment, 1);

    (void)state;
    plan->rules.blocks_min = 8;
    json_t *const object = plan_to_json(plan);
    json_t *const rules = json_object_get(object, "rules");
    assert_int_equal(json_integer_value(json_object_get(rules, "blocks_min")), 8);
    json_decref(object);
    plan_free(plan);
}

/* What analysis/ takes for the rules of a plan that has none. */
static void the_defaults_of_the_analysis_are_these(void **state)
{
    struct rules const rules = rules_of_old_plans();
    json_t *const written = rules_to_json(&rules);
    json_t *const defaults = json_load_file("analysis/records/rules.json", 0, NULL);

    (void)state;
    assert_true(json_equal(defaults, written));
    json_decref(defaults);
    json_decref(written);
}

static void an_unwritable_folder_is_complained_of(void **state)
{
    struct plan *const plan = plan_of(experiment, 1);

    (void)state;
    fixture_hear();
    bool const written = plan_write(plan, "/nonexistent");
    char *const heard = fixture_heard();
    assert_false(written);
    assert_non_null(strstr(
        heard, "slablab: /nonexistent/plan.json: cannot write it: No such file or directory\n"));
    free(heard);
    plan_free(plan);
}

/* The plan of the experiment's text with `from` replaced by `to`. */
static struct plan *plan_with(char const *from, char const *to)
{
    char const *const place = strstr(experiment, from);

    assert_non_null(place);
    char *const yaml =
        text_format("%.*s%s%s", (int)(place - experiment), experiment, to, place + strlen(from));
    struct plan *const plan = plan_of(yaml, 1);
    free(yaml);
    return plan;
}

static char *hash_with(char const *from, char const *to)
{
    struct plan *const plan = plan_with(from, to);
    char *const hash = text_copy(plan->hash);

    plan_free(plan);
    return hash;
}

static void the_hash_changes_with_all_that_a_plan_decides(void **state)
{
    static char const *const changes[][2] = {
        {"A=1", "A=2"},
        {"[two A=1, libc, three]", "[libc, two A=1, three]"},
        {"slots=3", "slots=4"},
        {"operations=1000", "operations=1001"},
        {"0.3%", "0.4%"},
        {"99.9%", "99%"},
        {"warm}\n", "warm, warmup: 3}\n"},
        {"baseline: one\n", "baseline: one\nevents: [cycles]\n"},
        {"baseline: one\n", "baseline: one\nmargin: 3%\n"},
        {"6060000", "6060001"},
        {"libc against two", "two against libc"},
        {"two x libc = three", "libc x three = two"},
    };
    char *const hash = hash_with("two", "two");

    (void)state;
    assert_int_equal(strlen(hash), 16);
    assert_int_equal(strspn(hash, "0123456789abcdef"), 16);
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        char *const changed = hash_with(changes[i][0], changes[i][1]);
        assert_string_not_equal(changed, hash);
        free(changed);
    }
    free(hash);
}

static void the_hash_stays_where_the_plan_is_the_same(void **state)
{
    static char const *const changes[][2] = {
        {"better", "worse"},
        {"baseline: one\n", "# a remark\nexpects: Nothing.\nbaseline: one\n"},
    };
    char *const hash = hash_with("two", "two");
    struct plan *const other_seed = plan_of(experiment, 2);

    (void)state;
    assert_string_equal(other_seed->hash, hash);
    plan_free(other_seed);
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        char *const changed = hash_with(changes[i][0], changes[i][1]);
        assert_string_equal(changed, hash);
        free(changed);
    }
    free(hash);
}

static void the_key_that_changed_is_named(void **state)
{
    static char const *const changes[][3] = {
        {"better", "worse", NULL},
        {"baseline: one\n", "baseline: one\nmargin: 3%\n",
         "margin is 3 %, and the unfinished run has 2 %"},
        {"baseline: one\n", "baseline: one\nalpha: 0.01\n",
         "alpha is 1 %, and the unfinished run has 5 %"},
        {"0.3%", "0.4%", "stop.half_width is 0.4 %, and the unfinished run has 0.3 %"},
        {"slots=3", "slots=4", "cells[knead slots=4 size=64 operations=1000 cold].id is"},
        {"A=1", "A=2", "arms[two].spec is two A=2, and the unfinished run has two A=1"},
        {"libc against two", "two against libc",
         "comparisons[0].arm is two, and the unfinished run has libc"},
        {"6060000", "6060001",
         "published[0].value is 6060001, and the unfinished run has 6060000"},
        {"[two A=1, libc, three]", "[two A=1, libc, three, three B=1]",
         "arms is 6 entries, and the unfinished run has 5 entries"},
    };
    struct plan *const plan = plan_with("two", "two");
    json_t *const stored = plan_to_json(plan);

    (void)state;
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        struct plan *const other = plan_with(changes[i][0], changes[i][1]);
        json_t *const now = plan_to_json(other);
        char *const change = plan_change(stored, now);
        if (changes[i][2] == NULL) {
            assert_null(change);
        } else {
            assert_non_null(change);
            if (strstr(change, changes[i][2]) == NULL)
                assert_string_equal(change, changes[i][2]);
        }
        free(change);
        json_decref(now);
        plan_free(other);
    }
    json_decref(stored);
    plan_free(plan);
}

static void the_hash_changes_with_a_rebuilt_object(void **state)
{
    char *const hash = hash_with("two", "two");
    char *const library = peers_c_library();

    (void)state;
    fixture_copy(library, "build/libtwo.so");
    char *const rebuilt = hash_with("two", "two");
    assert_string_not_equal(rebuilt, hash);
    fixture_copy("/proc/self/exe", "build/libtwo.so");
    char *const restored = hash_with("two", "two");
    assert_string_equal(restored, hash);
    free(restored);
    free(rebuilt);
    free(library);
    free(hash);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(what_is_written_has_the_hash_that_it_says),
        cmocka_unit_test(how_arms_are_shown_is_written_and_is_not_in_the_hash),
        cmocka_unit_test(the_hash_is_that_of_records_md),
        cmocka_unit_test(the_keys_are_those_of_records_md),
        cmocka_unit_test(a_plan_carries_the_rules),
        cmocka_unit_test(the_defaults_of_the_analysis_are_these),
        cmocka_unit_test(an_unwritable_folder_is_complained_of),
        cmocka_unit_test(the_hash_changes_with_all_that_a_plan_decides),
        cmocka_unit_test(the_hash_stays_where_the_plan_is_the_same),
        cmocka_unit_test(the_key_that_changed_is_named),
        cmocka_unit_test(the_hash_changes_with_a_rebuilt_object),
    };

    return cmocka_run_group_tests_name("plan_file", tests, fixture_make, fixture_remove);
}
