/* test_expand_gate.c -- a gate's section of an experiment, its arms, and its plan there and back.
 *
 * SPDX-License-Identifier: MIT */
#include "fixture.h"

#include "experiment/plan_file.h"

#include "experiment/experiment.h"
#include "machine/event_names.h"

#include <sys/wait.h>

#define HEAD                                                                                       \
    "question: Is it?\n"                                                                           \
    "baseline: three\n"                                                                            \
    "workloads: [{run: knead operations=5}]\n"

static struct plan *gate_of(char const *yaml, char const *base, char const *head)
{
    fixture_write("experiments/x.yaml", yaml, 0644);
    char *const path = fixture_path("experiments/x.yaml");
    struct yaml_file *const file = experiment_open(path);
    struct plan *const plan = plan_for_gate(file, &(struct plan_side){.arm = base},
                                            &(struct plan_side){.arm = head}, 0, 1);
    yaml_file_close(file);
    free(path);
    return plan;
}

static void arms_are_base_control_and_head(void **state)
{
    struct plan *const plan = gate_of(HEAD "gate: {decides: [time 2%]}\n", "one A=1", "one A=1");

    (void)state;
    assert_non_null(plan);
    assert_int_equal(plan->arm_count, 3);
    assert_string_equal(plan->arms[0].id, "base");
    assert_string_equal(plan->arms[1].id, "control");
    assert_string_equal(plan->arms[2].id, "head");
    assert_string_equal(plan->arms[2].spec, "one A=1");
    assert_int_equal(plan->arms[2].role, ROLE_ARM);
    assert_string_equal(plan->form, "gate");
    plan_free(plan);
}

/* "time 2 %, vm_hwm 3 % shown": the metrics of a gate's section, in the plan's order. The caller
 * frees it. */
static char *metrics_of(char const *section)
{
    char *const yaml = text_format(HEAD "gate: {%s}\n", section);
    struct plan *const plan = gate_of(yaml, "one", "two");
    char *text = text_copy("");

    assert_non_null(plan);
    for (size_t i = 0; i < plan->gate.metric_count; i++) {
        struct gate_metric const *const metric = &plan->gate.metrics[i];
        text_append(&text, "%s%s %g%%%s", i > 0 ? ", " : "", metric->metric->name,
                    100 * metric->margin, metric->decides ? "" : " shown");
    }
    plan_free(plan);
    free(yaml);
    return text;
}

static void assert_metrics(char const *section, char const *wanted)
{
    char *const found = metrics_of(section);

    assert_string_equal(found, wanted);
    free(found);
}

static void metrics_have_margins_and_events(void **state)
{
    struct plan *const plan =
        gate_of(HEAD "gate: {decides: [page_faults 0%], reports: [mmap 3%], alpha_fail: 1%}\n",
                "one", "two");

    (void)state;
    assert_non_null(plan);
    assert_true(plan->gate.alpha_fail > 0.0099 && plan->gate.alpha_fail < 0.0101);
    assert_true(plan->gate.alpha_pass > 0.0499 && plan->gate.alpha_pass < 0.0501);
    assert_string_equal(plan->events[plan->event_count - 1], "syscalls:sys_enter_mmap");
    plan_free(plan);
}

/* V4, V5: the tail and the whole process decide wherever what they go with does. A gate of counts
 * never decides by a clock. */
static void what_decides_brings_others_along(void **state)
{
    (void)state;
    assert_metrics("decides: [time 2%]", "time 2%, time_tail 5%, process_time 5%");
    assert_metrics("decides: [page_faults 1%]", "page_faults 1%, process_page_faults 5%");
    assert_metrics("decides: [vm_hwm 3%, instructions 0.2%]", "vm_hwm 3%, instructions 0.2%");
    assert_metrics("decides: [page_faults 1%], reports: [time 2%]",
                   "page_faults 1%, time 2% shown, process_page_faults 5%");
}

static void an_experiment_has_the_last_word(void **state)
{
    (void)state;
    assert_metrics("decides: [time 2%, page_faults 1%], without: [time_tail, process_time]",
                   "time 2%, page_faults 1%, process_page_faults 5%");
    assert_metrics("decides: [time 2%, time_tail 3%], reports: [process_time 1%]",
                   "time 2%, time_tail 3%, process_time 1% shown");
    assert_metrics("decides: [process_page_faults 1%]", "process_page_faults 1%");
}

enum { COUNTED, SHOWN, REFUSED, OPEN_TO_ALL, NOBODY = 65534 };

/* What becomes of mmap for a user without rights, who has a process of its own here. */
static int mmap_without_rights(char const *yaml)
{
    int status = 0;

    fixture_write("experiments/x.yaml", yaml, 0644);
    assert_int_equal(chmod(fixture_root, 0755), 0);
    pid_t const child = fork();
    if (child == 0) {
        if (getuid() == 0 && setuid(NOBODY) != 0)
            _exit(-1);
        if (event_absence("syscalls:sys_enter_mmap") == NULL)
            _exit(OPEN_TO_ALL);
        char *const path = fixture_path("experiments/x.yaml");
        struct plan *const plan = plan_for_gate(
            experiment_open(path), &(struct plan_side){.arm = "one"},
            &(struct plan_side){.arm = "two"}, 0, 1);
        fflush(stderr);
        _exit(plan == NULL ? REFUSED : plan->gate.metrics[0].decides ? COUNTED : SHOWN);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

/* F8: what this user cannot count is shown as absent, and the rest decides. */
static void what_cannot_be_counted_decides_nothing(void **state)
{
    (void)state;
    fixture_hear();
    int const beside = mmap_without_rights(HEAD "gate: {decides: [mmap 0%, page_faults 1%]}\n");
    int const alone = mmap_without_rights(HEAD "gate:\n  decides: [mmap 0%]\n");
    char *const heard = fixture_heard();
    if (beside == OPEN_TO_ALL) {
        free(heard);
        skip();
    }
    assert_int_equal(beside, SHOWN);
    assert_int_equal(alone, REFUSED);
    assert_non_null(strstr(heard, "x: mmap cannot be counted here (syscalls:sys_enter_mmap: "));
    assert_non_null(strstr(heard, ":5: nothing that decides can be counted here\n  try: as root"));
    free(heard);
}

static void a_table_of_the_same_file_is_no_gate(void **state)
{
    (void)state;
    struct plan *const plan = fixture_plan(HEAD "gate: {decides: [time 2%]}\n", false, 1);
    assert_non_null(plan);
    assert_int_equal(plan->gate.metric_count, 0);
    plan_free(plan);
}

static void a_gate_is_written_and_hashed(void **state)
{
    struct plan *const plan = gate_of(
        HEAD "gate: {decides: [time 2%, vm_hwm 3%], reports: [wall_time 2%]}\n", "one", "two");
    struct plan *const other = gate_of(
        HEAD "gate: {decides: [time 3%, vm_hwm 3%], reports: [wall_time 2%]}\n", "one", "two");
    json_t *const stored = plan_to_json(plan);
    json_t *const now = plan_to_json(other);
    json_t *const metrics = json_object_get(json_object_get(stored, "gate"), "metrics");

    (void)state;
    assert_int_equal(json_array_size(metrics), plan->gate.metric_count);
    assert_string_not_equal(other->hash, plan->hash);
    char *const change = plan_change(stored, now);
    assert_non_null(change);
    assert_string_equal(change,
                        "gate.metrics[time].margin is 3 %, and the unfinished run has 2 %");
    free(change);
    json_decref(now);
    json_decref(stored);
    plan_free(other);
    plan_free(plan);
}

static void faults_name_their_line(void **state)
{
    static struct {
        char const *yaml;
        char const *complaint;
    } const faults[] = {
        {HEAD, ":1: a gate needs to know what decides\n  try: experiments/gate.yaml"},
        {HEAD "gate: {alpha_pass: 5%}\n", ":4: a gate needs to know what decides"},
        {HEAD "gate:\n  decides: [time]\n", ":5: 'time' is no metric with a margin"},
        {HEAD "gate:\n  decides: [time two%]\n", ":5: 'time two%' is no metric with a margin"},
        {HEAD "gate:\n  decides: [tyme 2%]\n",
         ":5: unknown metric 'tyme'\n  try: time, cpu_time, time_tail, process_time, "},
        {HEAD "gate:\n  decides: [time 2%]\n  without: [time_tail, vm_hwm]\n",
         ":6: 'vm_hwm' does not go with another metric\n  try: time_tail, process_time, "},
        {HEAD "gate:\n  decides: [time 2%]\n  without: [tyme]\n",
         ":6: 'tyme' does not go with another metric"},
        {HEAD "gate:\n  decides: [time 2%, time_tail 0%]\n", ":5: time_tail varies"},
        {HEAD "gate:\n  decides: [time 2%, time 3%]\n", ":5: time is there already"},
        {HEAD "gate:\n  decides: [vm_hwm 0%]\n", ":5: vm_hwm varies: that it is not more"},
        {HEAD "gate:\n  decides: [time 2%]\n  alpha_fail: 0%\n", ":6: '0%' leaves no room"},
        {HEAD "gate:\n  decides: [time 2%]\n  alpha_pass: often\n", ":6: 'often' is not a"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
        fixture_hear();
        struct plan *const plan = gate_of(faults[i].yaml, "one", "two");
        char *const heard = fixture_heard();
        assert_null(plan);
        if (strstr(heard, faults[i].complaint) == NULL)
            fail_msg("'%s' is not in: %s", faults[i].complaint, heard);
        free(heard);
    }
}

/* What threads execute while they wait for one another is no count of the allocator's. */
static void instructions_are_of_one_thread(void **state)
{
    (void)state;
    fixture_write("build/workloads/team",
                  "#!/bin/sh\n"
                  "echo '{\"name\": \"team\", \"models\": \"\", \"parameters\": [{\"name\": "
                  "\"threads\", \"default\": 2, \"unit\": \"\", \"meaning\": \"\"}]}'\n",
                  0755);
    fixture_hear();
    struct plan *const plan = gate_of("question: q\nbaseline: one\nworkloads: [{run: team}]\n"
                                      "gate: {decides: [instructions 1%]}\n",
                                      "one", "two");
    char *const heard = fixture_heard();
    assert_null(plan);
    assert_non_null(strstr(heard, "x.yaml:4: team cold"));
    assert_non_null(strstr(heard, ": threads that wait for one another execute another number"));
    free(heard);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(arms_are_base_control_and_head),
        cmocka_unit_test(metrics_have_margins_and_events),
        cmocka_unit_test(what_decides_brings_others_along),
        cmocka_unit_test(an_experiment_has_the_last_word),
        cmocka_unit_test(what_cannot_be_counted_decides_nothing),
        cmocka_unit_test(a_table_of_the_same_file_is_no_gate),
        cmocka_unit_test(a_gate_is_written_and_hashed),
        cmocka_unit_test(faults_name_their_line),
        cmocka_unit_test(instructions_are_of_one_thread),
    };

    return cmocka_run_group_tests_name("expand_gate", tests, fixture_make, fixture_remove);
}
