/* test_damaged_inputs.c -- thousands of damaged records, plans and experiments: each is refused in
 * words or taken, and none ends the program.
 *
 * Every input comes from its number, so that one that fails is there again; what is being read when
 * the program ends is the file in the test's folder.
 *
 * SPDX-License-Identifier: MIT */
#include "fixture.h"
#include "seeded.h"

#include "base/record.h"
#include "experiment/experiment.h"
#include "judge/tally.h"
#include "made_gate.h"
#include "made_records.h"
#include "run/attestation.h"
#include "run/calibrate.h"
#include "run/machine.h"
#include "run/unfinished.h"

enum { RECORDS = 6000, PLANS = 1500, FILES = 2000, EXPERIMENTS = 1500, SECONDS_MAX = 240 };

static char const *const pieces[] = {
    "null",     "true",  "-1",    "0",      "1.5", "1e308",  "99999999999999999999",
    "\"\"",     "\"x\"", "[]",    "{}",     "{",   "}",      "[",
    "]",        ",",     ":",     "\"",     "\\",  "\\u0000", "\xff",
    "\n",       " ",     "- ",    "  ",     "=",   "%",      "..",
    "against",  "x",     ">=",    "&a *a",  "!!",  "|",      "#",
    "baseline", "head",  "cold",  "size=",  "~",   "\t",     "-9223372036854775808",
    "\"ok\"",   "{\"absent\":1}", "operations=0", "size=1,1", "5%%", "one", "control",
};
enum { PIECES = sizeof pieces / sizeof *pieces };

static size_t is_end(char const *text, size_t at)
{
    return strchr(",:{}[] \n", text[at]) != NULL;
}

/* The end of the word that begins at `at`. */
static size_t end_of_word(char const *text, size_t at)
{
    size_t end = at;

    while (!is_end(text, end))
        end++;
    return end > at || text[at] == '\0' ? end : at + 1;
}

/* A few words replaced, removed, put in, or a byte of them changed. The caller frees it. */
static char *damaged(char const *whole, uint64_t number)
{
    char *text = text_copy(whole);

    seed(number);
    for (size_t changes = 1 + draw(3); changes > 0; changes--) {
        size_t at = draw(strlen(text) + 1);
        while (at > 0 && !is_end(text, at - 1))
            at--;
        size_t const end = end_of_word(text, at);
        size_t const action = draw(8);
        char *const changed =
            text_format("%.*s%s%s", (int)at, text, action == 0 ? "" : pieces[draw(PIECES)],
                        text + (action == 1 ? at : end));
        if (action == 2 && *changed != '\0')
            changed[draw(strlen(changed))] ^= (char)(1 << draw(7));
        free(text);
        text = changed;
    }
    return text;
}

/* With the seal that it should have, if it is still JSON; else as it is. */
static char *sealed_if_possible(char *text)
{
    json_t *const record = json_loads(text, 0, NULL);
    char *const line =
        json_is_object(record) ? sealed_line(record) : text_format("%s\n", text);

    json_decref(record);
    free(text);
    return line;
}

static void write_bytes(char const *name, char const *text)
{
    fixture_write(name, text, 0644);
}

/* A line of a block of these arms, without its seal. */
static char *line_of(struct plan const *plan, struct run_kind const *kind)
{
    static char const *const finding[] = {
        [RUN_TIMED] = "",
        [RUN_GATE] = "",
        [RUN_PROFILE] = ",\"profile\":{\"period_ns\":9,\"samples\":{\"region\":3},\"stacks\":[{"
                        "\"stack\":\"main;malloc\",\"layer\":\"front\",\"region\":3}]}",
        [RUN_FAULTS] = ",\"faults\":{\"total\":3,\"rows\":[{\"stage\":\"region\",\"layer\":"
                       "\"front\",\"function\":\"f\",\"minor\":3,\"major\":0}]}",
    };
    char *line = text_format("{\"schema\":\"%s\",\"plan\":\"%s\",\"host\":\"h\",\"cell\":\"%s\","
                             "\"block\":0,\"duration_ns\":5,\"valid\":true,\"weather\":{"
                             "\"load_1min\":0.5},\"samples\":[",
                             kind->schema, plan->hash, plan->cells[0].id);

    for (size_t i = 0; i < plan->arm_count * (kind->has_twins ? 2 : 1); i++)
        text_append(&line,
                    "%s{\"arm\":\"%s\",\"position\":%zu,\"status\":\"ok\",\"operations\":10,"
                    "\"checksum\":\"ff\",\"cpu_ns\":100,\"wall_ns\":110,\"minor_faults\":3,"
                    "\"major_faults\":0,\"process_cpu_ns\":200,\"process_minor_faults\":9,"
                    "\"vm_hwm_bytes\":4096,\"object\":\"a.so\",\"build_id\":\"\",\"events\":{"
                    "\"cycles\":{\"value\":5,\"enabled_ns\":1,\"running_ns\":1}}%s}",
                    i > 0 ? "," : "", plan->arms[i % plan->arm_count].id, i,
                    i < plan->arm_count ? finding[run_kind_index(kind)] : "");
    text_append(&line, "]}");
    return line;
}

static void read_records(struct plan *plan, enum run_kind_index index)
{
    struct run_kind const *const kind = &run_kinds[index];
    char *const folder = fixture_path("results");
    char *const file = text_format("results/%s", kind->file);
    char *const whole = line_of(plan, kind);
    size_t taken = 0;

    for (uint64_t i = 0; i < RECORDS; i++) {
        char *const line = sealed_if_possible(damaged(whole, i));
        struct tally tally = tally_new(plan, kind);
        write_bytes(file, line);
        taken += record_read(folder, kind->file, tally_add, &tally);
        tally_free(&tally);
        free(line);
    }
    assert_true(taken > 0 && taken < RECORDS);
    free(whole);
    free(file);
    free(folder);
}

static void records_of_every_kind(void **state)
{
    (void)state;
    fixture_hear();
    read_records(&made_plan, RUN_TIMED);
    read_records(&made_plan, RUN_PROFILE);
    read_records(&made_plan, RUN_FAULTS);
    gate_metrics[0] = (struct gate_metric){metric_named("time"), 0.02, true};
    gate_metrics[1] = (struct gate_metric){metric_named("page_faults"), 0, true};
    gate_plan.gate.metric_count = 2;
    read_records(&gate_plan, RUN_GATE);
    char *const heard = fixture_heard();
    assert_non_null(strstr(heard, "samples.jsonl:1: "));
    free(heard);
}

static char *text_in(char const *name)
{
    char *const path = fixture_path(name);
    char *const text = text_of_file(path, NULL);

    assert_non_null(text);
    free(path);
    return text;
}

/* Damaged plans and machines of an unfinished run: each fits, or is told of. */
static void plans_and_machines(void **state)
{
    static char const *const names[] = {"results/x/20260101T000001Z-full/plan.json",
                                        "results/x/20260101T000001Z-full/machine.json"};
    char *const parent = fixture_path("results/x");
    char *const folder = fixture_path("results/x/20260101T000001Z-full");
    struct plan *const plan =
        fixture_plan("question: q\nbaseline: one\nworkloads: [{run: knead size=1}]\n", false, 7);

    (void)state;
    fixture_folder("results/x");
    fixture_folder("results/x/20260101T000001Z-full");
    assert_non_null(plan);
    assert_true(plan_write(plan, folder) && machine_write(plan, folder));
    for (size_t name = 0; name < 2; name++) {
        char *const whole = text_in(names[name]);
        for (uint64_t i = 0; i < PLANS / (name == 0 ? 1 : 3); i++) {
            char *const text = damaged(whole, i);
            write_bytes(names[name], text);
            struct unfinished found = unfinished_find(parent, plan->form, plan, 0, NULL, NULL);
            assert_true((found.folder == NULL) == (found.why_none != NULL));
            free(found.folder);
            free(found.why_none);
            free(text);
        }
        write_bytes(names[name], whole);
        free(whole);
    }
    plan_free(plan);
    free(folder);
    free(parent);
}

/* What a resumed run reads beside its plan. */
static void attestations_and_calibrations(void **state)
{
    static char const attestation[] =
        "{\"schema\":\"slablab-attestation/1\",\"cells\":[{\"cell\":\"one cold\",\"arms\":["
        "{\"arm\":\"baseline\",\"checksum\":\"ff\",\"operations\":10,\"status\":\"ok\"}]},"
        "{\"cell\":\"two warm\",\"arms\":[{\"arm\":\"baseline\",\"checksum\":\"ff\","
        "\"operations\":10}]}],\"violations\":[]}";
    static char const calibration[] =
        "{\"schema\":\"slablab-calibration/1\",\"cells\":["
        "{\"cell\":\"one cold\",\"operations\":240,\"cpu_ns\":31}]}";
    char *const folder = fixture_path("results");
    struct terms terms[MADE_CELLS] = {{.program = NULL}};
    struct rig rig = {.plan = &made_plan, .kind = &run_kinds[RUN_TIMED], .terms = terms};

    (void)state;
    for (uint64_t i = 0; i < FILES; i++) {
        char *const attested = damaged(attestation, i);
        char *const calibrated = damaged(calibration, i);
        write_bytes("results/attestation.json", attested);
        write_bytes("results/calibration.json", calibrated);
        attestation_read(&rig, folder);
        calibration_read(&rig, folder);
        free(calibrated);
        free(attested);
    }
    free(folder);
}

static void experiments(void **state)
{
    static char const whole[] = "question: \"Is two better?\"\n"
                                "expects: It is.\n"
                                "baseline: one\n"
                                "arms: [two A=1, libc, three]\n"
                                "workloads:\n"
                                "  - run: knead slots=3 size=64,65 operations=1000\n"
                                "    serves: [two tiny >= 99.9%]\n"
                                "  - {run: knead, start: warm, warmup: 3}\n"
                                "compare: [libc against two]\n"
                                "interactions: [two x libc = three]\n"
                                "published:\n"
                                "  - {where: cold, arm: two, metric: page_faults, value: 6}\n"
                                "events: [cycles]\n"
                                "margin: 3%\n"
                                "stop: {half_width: 0.3%, seconds_max: 0.1}\n"
                                "quick: {blocks_max: 9}\n"
                                "gate: {decides: [time 2%, vm_hwm 3%], reports: [wall_time 2%]}\n";
    char *const path = fixture_path("experiments/x.yaml");
    size_t taken = 0;

    (void)state;
    struct plan *const undamaged = fixture_plan(whole, false, 1);
    assert_non_null(undamaged);
    plan_free(undamaged);
    fixture_hear();
    for (uint64_t i = 0; i < EXPERIMENTS; i++) {
        char *const text = damaged(whole, i);
        struct plan *const plan = fixture_plan(text, i % 2 == 0, 1);
        struct yaml_file *const file = experiment_open(path);
        struct plan *const gate = file != NULL
            ? plan_for_gate(file, &(struct plan_side){.arm = "one"},
                            &(struct plan_side){.arm = "two"}, 0, 1)
            : NULL;
        taken += plan != NULL;
        plan_free(gate);
        yaml_file_close(file);
        plan_free(plan);
        free(text);
    }
    char *const heard = fixture_heard();
    assert_true(taken > 0 && taken < EXPERIMENTS);
    free(heard);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(records_of_every_kind),
        cmocka_unit_test(plans_and_machines),
        cmocka_unit_test(attestations_and_calibrations),
        cmocka_unit_test(experiments),
    };

    alarm(SECONDS_MAX); /* nothing that is damaged is read for ever */
    return cmocka_run_group_tests_name("damaged inputs", tests, fixture_make, fixture_remove);
}
