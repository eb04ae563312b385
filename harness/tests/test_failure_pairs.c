/* test_failure_pairs.c -- a failed process opens pairs of base and head, and a resume goes on.
 *
 * The workload is this executable itself (fake_workload.h); arms go wrong by FAKE=<word>.
 *
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "fixture.h"

#include "base/interrupt.h"
#include "fake_workload.h"
#include "gate/gate_failures.h"
#include "made_gate.h"

#include <signal.h>

static struct gate_judge *judge;
static struct rig rig;
static char *settings[3];

static int make_project(void **state)
{
    char executable[PATH_MAX];

    fixture_make(state);
    char *const program = fixture_path("build/workloads/fake");
    assert_non_null(realpath("/proc/self/exe", executable));
    int const status = symlink(executable, program);
    free(program);
    for (size_t i = 0; i < gate_plan.cell_count; i++) {
        gate_cells[i].workload = (char *)"fake";
        gate_cells[i].operations = 7;
    }
    for (size_t i = 0; i < GATE_ARMS; i++)
        gate_arms[i].object_build_id = (char *)"";
    return status;
}

static int new_judge(void **state)
{
    (void)state;
    judge = made_judge(NULL);
    gate_arms[GATE_HEAD].environment_count = gate_arms[GATE_BASE].environment_count = 0;
    return rig_open(&rig, &gate_plan, &run_kinds[RUN_GATE]) ? 0 : -1;
}

static void remove_file(char const *name)
{
    char *const path = fixture_path(name);

    unlink(path);
    free(path);
}

static int free_judge(void **state)
{
    (void)state;
    gate_judge_free(judge);
    rig_close(&rig);
    for (size_t i = 0; i < 3; i++)
        free(settings[i]);
    memset(settings, 0, sizeof settings);
    remove_file("failures.jsonl");
    remove_file("attestation.json");
    remove_file("turns");
    return 0;
}

/* Lets an arm's every n-th process go wrong so. */
static void let_fail(size_t arm, char const *setting, unsigned every)
{
    settings[0] = text_copy(setting);
    settings[1] = text_format("FAKE_EVERY=%u", every);
    settings[2] = text_format("FAKE_TURNS=%s/turns", fixture_root);
    gate_arms[arm].environment = settings;
    gate_arms[arm].environment_count = 3;
}

/* As an attestation that its arm survived at the second attempt. */
static void write_attestation(char const *arm)
{
    char *const text = text_format(
        "{\"cells\": [{\"cell\": \"one cold\", \"arms\": [{\"arm\": \"%s\", \"status\": \"ok\", "
        "\"failed\": [{\"status\": \"crashed\", \"signal\": 11, \"stderr\": \"early\"}]}]}]}",
        arm);

    fixture_write("attestation.json", text, 0644);
    free(text);
}

static size_t lines_of(char const *name)
{
    char *const path = fixture_path(name);
    char *const text = text_of_file(path, NULL);
    size_t lines = 0;

    for (char const *at = text; at != NULL && (at = strchr(at, '\n')) != NULL; at++)
        lines++;
    free(text);
    free(path);
    return lines;
}

static void where_none_failed_nothing_is_run(void **state)
{
    (void)state;
    write_attestation("base");
    assert_int_equal(gate_failures_run(&rig, judge, fixture_root), STEP_DONE);
    assert_int_equal(judge->failures.base_elsewhere, 1);
    assert_int_equal(lines_of("failures.jsonl"), 0);
    assert_int_equal(gate_judge_failures(judge), GATE_PASS);
}

static json_t *healthy_pair(void)
{
    return json_pack("[{s:s, s:s}, {s:s, s:s}]", "arm", "base", "status", "ok", "arm", "head",
                     "status", "ok");
}

/* Three blocks decide a gate of counts, and three processes miss what fails in 1 of 8. */
static void few_blocks_are_filled_up(void **state)
{
    json_t *const samples = healthy_pair();

    (void)state;
    gate_plan.rules.failure_pairs_min = 24;
    for (int i = 0; i < 3; i++)
        gate_judge_add_failures(judge, samples);
    assert_int_equal(gate_failures_run(&rig, judge, fixture_root), STEP_DONE);
    assert_int_equal(judge->failures.pairs, 24);
    assert_int_equal(lines_of("failures.jsonl"), 21);
    assert_int_equal(gate_judge_failures(judge), GATE_PASS);
    json_decref(samples);
}

static void a_failure_among_the_filled_up_ones_goes_on(void **state)
{
    json_t *const samples = healthy_pair();

    (void)state;
    gate_plan.rules.failure_pairs_min = 24;
    gate_judge_add_failures(judge, samples);
    let_fail(GATE_HEAD, "FAKE=crash", 8);
    assert_int_equal(gate_failures_run(&rig, judge, fixture_root), STEP_DONE);
    assert_int_equal(gate_judge_failures(judge), GATE_FAIL);
    assert_int_equal(judge->failures.head_alone, 11);
    json_decref(samples);
}

static void a_failure_in_attestation_opens_pairs(void **state)
{
    (void)state;
    write_attestation("head");
    let_fail(GATE_HEAD, "FAKE=crash", 1);
    assert_int_equal(gate_failures_run(&rig, judge, fixture_root), STEP_DONE);
    assert_int_equal(gate_judge_failures(judge), GATE_FAIL);
    assert_int_equal(judge->failures.head_alone, 11);
    assert_int_equal(judge->failures.head_elsewhere, 1);
    assert_int_equal(lines_of("failures.jsonl"), 11);
    assert_string_equal(judge->failures.status, "crashed by signal 11 (Segmentation fault)");
    assert_string_equal(judge->failures.stderr_text, "early");
}

/* Of a pair, base and head have their turn in either place, and cells in turn. */
static void pairs_are_drawn(void **state)
{
    char *const path = fixture_path("failures.jsonl");
    size_t base_first = 0;
    size_t of_first_cell = 0;

    (void)state;
    write_attestation("head");
    judge->failures.base_alone = 30; /* so that FAIL is far */
    gate_plan.rules.failure_pairs_max = 16;
    assert_int_equal(gate_failures_run(&rig, judge, fixture_root), STEP_DONE);
    FILE *const file = fopen(path, "r");
    for (size_t i = 0; i < 16; i++) {
        json_t *const record = json_loadf(file, JSON_DISABLE_EOF_CHECK, NULL);
        json_t *const samples = json_object_get(record, "samples");
        char const *const first =
            json_string_value(json_object_get(json_array_get(samples, 0), "arm"));
        base_first += text_equal(first, "base");
        of_first_cell += text_equal(json_string_value(json_object_get(record, "cell")), "one cold");
        assert_int_equal(json_array_size(samples), 2);
        assert_int_equal(json_integer_value(json_object_get(record, "pair")), i);
        json_decref(record);
    }
    fclose(file);
    assert_in_range(base_first, 3, 13);
    assert_int_equal(of_first_cell, 8);
    assert_int_equal(lines_of("failures.jsonl"), 16);
    free(path);
}

static struct sample crash_under_callgrind(void)
{
    return (struct sample){
        .status = SAMPLE_CRASHED, .signal = 6, .stderr_text = (char *)"under callgrind"};
}

static void a_failure_under_callgrind_opens_pairs(void **state)
{
    struct sample const sample = crash_under_callgrind();

    (void)state;
    let_fail(GATE_HEAD, "FAKE=exit", 1);
    assert_true(gate_failures_note(&gate_plan, fixture_root, "two warm", "head", &sample));
    assert_int_equal(gate_failures_run(&rig, judge, fixture_root), STEP_DONE);
    assert_int_equal(gate_judge_failures(judge), GATE_FAIL);
    assert_int_equal(judge->failures.head_elsewhere, 1);
    assert_string_equal(judge->failures.status, "crashed by signal 6 (Aborted)");
    assert_string_equal(judge->failures.stderr_text, "under callgrind");
}

static void assert_same(struct gate_failures const *one, struct gate_failures const *other)
{
    assert_memory_equal(one, other, offsetof(struct gate_failures, status));
    assert_string_equal(one->status, other->status);
    assert_string_equal(one->stderr_text, other->stderr_text);
}

/* The judge of the blocks is made anew, as on a resume. */
static struct gate_judge *resumed(void)
{
    struct gate_judge *const again = made_judge(NULL);

    made_pairs(again, 5, "ok", "ok");
    made_pairs(again, 1, "ok", "crashed");
    assert_int_equal(gate_failures_run(&rig, again, fixture_root), STEP_DONE);
    return again;
}

static void a_finished_row_is_the_same_again_and_runs_nothing(void **state)
{
    struct sample const sample = crash_under_callgrind();

    (void)state;
    write_attestation("head");
    let_fail(GATE_HEAD, "FAKE=crash", 3);
    assert_true(gate_failures_note(&gate_plan, fixture_root, "two warm", "base", &sample));
    struct gate_judge *const first = resumed();
    size_t const turns = lines_of("failures.jsonl");
    struct gate_judge *const second = resumed();
    assert_int_equal(gate_judge_failures(first), GATE_FAIL);
    assert_int_equal(first->failures.head_alone, 11);
    assert_int_equal(first->failures.pairs, 6 + 30);
    assert_int_equal(turns, 1 + 30);
    assert_int_equal(lines_of("failures.jsonl"), turns);
    assert_same(&first->failures, &second->failures);
    gate_judge_free(first);
    gate_judge_free(second);
}

/* Killed in the midst of its fifth pair: what is whole is kept, and the end is the same. */
static void a_killed_row_goes_on(void **state)
{
    char *const path = fixture_path("failures.jsonl");

    (void)state;
    let_fail(GATE_HEAD, "FAKE=crash", 1);
    struct gate_judge *const undisturbed = resumed();
    char *const text = text_of_file(path, NULL);
    char *end = text;
    for (size_t i = 0; i < 4; i++)
        end = strchr(end, '\n') + 1;
    end[20] = '\0';
    fixture_write("failures.jsonl", text, 0644);
    struct gate_judge *const again = resumed();
    assert_same(&undisturbed->failures, &again->failures);
    assert_int_equal(lines_of("failures.jsonl"), 10);
    gate_judge_free(again);
    gate_judge_free(undisturbed);
    free(text);
    free(path);
}

static void another_plan_s_failures_are_not_this_gate_s(void **state)
{
    (void)state;
    fixture_write("failures.jsonl",
                  "{\"schema\": \"slablab-failures/2\", "
                  "\"plan\": \"fedcba9876543210\", \"where\": \"callgrind\", \"samples\": "
                  "[{\"arm\": \"head\", \"status\": \"crashed\"}]}\n",
                  0644);
    fixture_seal("failures.jsonl");
    assert_int_equal(gate_failures_run(&rig, judge, fixture_root), STEP_DONE);
    assert_int_equal(judge->failures.head_elsewhere, 0);
    assert_int_equal(gate_judge_failures(judge), GATE_PASS);
}

/* The last one: a Ctrl-C is not taken back. */
static void an_interrupted_pair_is_not_recorded(void **state)
{
    (void)state;
    write_attestation("head");
    interrupt_catch();
    assert_int_equal(raise(SIGINT), 0);
    assert_int_equal(gate_failures_run(&rig, judge, fixture_root), STEP_INTERRUPTED);
    assert_int_equal(judge->failures.pairs, 0);
    assert_int_equal(lines_of("failures.jsonl"), 0);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, new_judge, free_judge)

int main(int argc, char **argv)
{
    struct CMUnitTest const tests[] = {
        CASE(where_none_failed_nothing_is_run),
        CASE(few_blocks_are_filled_up),
        CASE(a_failure_among_the_filled_up_ones_goes_on),
        CASE(a_failure_in_attestation_opens_pairs),
        CASE(pairs_are_drawn),
        CASE(a_failure_under_callgrind_opens_pairs),
        CASE(a_finished_row_is_the_same_again_and_runs_nothing),
        CASE(a_killed_row_goes_on),
        CASE(another_plan_s_failures_are_not_this_gate_s),
        CASE(an_interrupted_pair_is_not_recorded),
    };

    fake_workload_unless_test(argc, argv);
    return cmocka_run_group_tests_name("failure_pairs", tests, make_project, fixture_remove);
}
