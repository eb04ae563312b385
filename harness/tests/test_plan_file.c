/* test_plan_file.c -- plan.json there and back, and what the plan's hash is made of.
 *
 * SPDX-License-Identifier: MIT */
#include "fixture.h"

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

static char *stored_text(void)
{
    char *const path = fixture_path("results/plan.json");
    char *const text = text_of_file(path, NULL);

    assert_non_null(text);
    free(path);
    return text;
}

static void a_plan_read_back_is_written_alike(void **state)
{
    char *const folder = fixture_path("results");
    struct plan *const plan = plan_of(experiment, 9223372036854775807u);

    (void)state;
    assert_true(plan_write(plan, folder));
    char *const first = stored_text();
    struct plan *const again = plan_read(folder);
    assert_non_null(again);
    assert_true(again->seed == plan->seed);
    assert_true(again->stop.half_width == plan->stop.half_width);
    assert_true(again->cells[0].serves[0].share == plan->cells[0].serves[0].share);
    assert_string_equal(again->cells[0].parameters[0].name, "slots");
    assert_null(again->published[0].against);
    assert_null(again->arms[3].object);
    char *const hash = plan_hash(again);
    assert_string_equal(hash, plan->hash);
    assert_true(plan_write(again, folder));
    char *const second = stored_text();
    assert_string_equal(first, second);
    free(hash);
    free(second);
    free(first);
    plan_free(again);
    plan_free(plan);
    free(folder);
}

static void the_keys_are_those_of_records_md(void **state)
{
    char *const folder = fixture_path("results");
    struct plan *const plan = plan_of(experiment, 1);

    (void)state;
    assert_true(plan_write(plan, folder));
    char *const path = fixture_path("results/plan.json");
    json_t *const object = json_load_file(path, 0, NULL);
    assert_non_null(object);
    assert_string_equal(json_string_value(json_object_get(object, "schema")), "slablab-plan/1");
    json_t *const cell = json_array_get(json_object_get(object, "cells"), 2);
    assert_true(json_is_null(json_object_get(cell, "operations")));
    assert_string_equal(json_string_value(json_object_get(cell, "start")), "warm");
    json_t *const control = json_array_get(json_object_get(object, "arms"), 1);
    assert_string_equal(json_string_value(json_object_get(control, "id")), "control");
    assert_string_equal(json_string_value(json_object_get(control, "role")), "control");
    json_decref(object);
    free(path);
    plan_free(plan);
    free(folder);
}

static void a_plan_carries_the_rules(void **state)
{
    char *const folder = fixture_path("results");
    char *const path = fixture_path("results/plan.json");
    struct plan *const plan = plan_of(experiment, 1);

    (void)state;
    plan->rules.blocks_min = 8;
    assert_true(plan_write(plan, folder));
    struct plan *const stored = plan_read(folder);
    assert_int_equal(stored->rules.blocks_min, 8);
    json_t *const object = json_load_file(path, 0, NULL);
    assert_int_equal(json_object_del(object, "rules"), 0);
    assert_int_equal(json_dump_file(object, path, 0), 0);
    struct plan *const older = plan_read(folder);
    struct rules const rules = rules_of_old_plans();
    json_t *const read = rules_to_json(&older->rules);
    json_t *const wanted = rules_to_json(&rules);
    assert_true(json_equal(read, wanted));
    assert_false(older->rules.lead_in);
    json_decref(wanted);
    json_decref(read);
    plan_free(older);
    json_decref(object);
    plan_free(stored);
    plan_free(plan);
    free(path);
    free(folder);
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

static void a_plan_that_is_none_is_refused(void **state)
{
    static struct {
        char const *text;
        char const *said;
    } const bad[] = {
        {"{\"schema\": \"slablab-plan/2\"}", "unknown schema 'slablab-plan/2'"},
        {"{\"schema\": \"slablab-plan/1\"}", "Object item not found: experiment"},
        {"{\"schema\"", "':' expected near end of file"},
        {"[]", "Expected object, got array"},
    };
    char *const folder = fixture_path("results");

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        fixture_write("results/plan.json", bad[i].text, 0644);
        fixture_hear();
        struct plan *const plan = plan_read(folder);
        char *const heard = fixture_heard();
        assert_null(plan);
        assert_non_null(strstr(heard, bad[i].said));
        free(heard);
    }
    free(folder);
}

/* Code that iterates over a plan takes arms[1] for the control. */
static void a_plan_without_arms_or_cells_is_refused(void **state)
{
    static char const *const lists[][2] = {{"arms", "fewer than two entries in 'arms'"},
                                           {"cells", "no entry in 'cells'"}};
    char *const folder = fixture_path("results");
    char *const path = fixture_path("results/plan.json");
    struct plan *const whole =
        plan_of("question: q\nbaseline: one\nworkloads: [{run: knead}]\n", 1);

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        assert_true(plan_write(whole, folder));
        json_t *const object = json_load_file(path, 0, NULL);
        assert_int_equal(json_array_remove(json_object_get(object, lists[i][0]), 0), 0);
        assert_int_equal(json_dump_file(object, path, 0), 0);
        fixture_hear();
        struct plan *const plan = plan_read(folder);
        char *const heard = fixture_heard();
        assert_null(plan);
        assert_non_null(strstr(heard, lists[i][1]));
        free(heard);
        json_decref(object);
    }
    plan_free(whole);
    free(path);
    free(folder);
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

/* The experiment's text with `from` replaced by `to`, as a hash. */
static char *hash_with(char const *from, char const *to)
{
    char const *const place = strstr(experiment, from);

    assert_non_null(place);
    char *const yaml =
        text_format("%.*s%s%s", (int)(place - experiment), experiment, to, place + strlen(from));
    struct plan *const plan = plan_of(yaml, 1);
    char *const hash = text_copy(plan->hash);
    plan_free(plan);
    free(yaml);
    return hash;
}

static void the_hash_changes_with_what_decides_samples(void **state)
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

static void the_hash_stays_where_samples_do(void **state)
{
    static char const *const changes[][2] = {
        {"better", "worse"},
        {"6060000", "6060001"},
        {"libc against two", "two against libc"},
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
        cmocka_unit_test(a_plan_read_back_is_written_alike),
        cmocka_unit_test(the_keys_are_those_of_records_md),
        cmocka_unit_test(a_plan_carries_the_rules),
        cmocka_unit_test(the_defaults_of_the_analysis_are_these),
        cmocka_unit_test(a_plan_that_is_none_is_refused),
        cmocka_unit_test(a_plan_without_arms_or_cells_is_refused),
        cmocka_unit_test(an_unwritable_folder_is_complained_of),
        cmocka_unit_test(the_hash_changes_with_what_decides_samples),
        cmocka_unit_test(the_hash_stays_where_samples_do),
        cmocka_unit_test(the_hash_changes_with_a_rebuilt_object),
    };

    return cmocka_run_group_tests_name("plan_file", tests, fixture_make, fixture_remove);
}
