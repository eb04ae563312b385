/* test_gate_explain.c -- what differs between two arms, in made records and in real processes.
 *
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "fixture.h"

#include "gate/contrast.h"
#include "gate/gate_explain.h"

static char const experiment[] = "question: Where do they differ?\n"
                                 "expects: In idle().\n"
                                 "baseline: build/libquick.so\n"
                                 "arms: [build/libslow.so]\n"
                                 "workloads:\n"
                                 "  - run: \"null operations=1\"\n"
                                 "    start: cold\n"
                                 "  - run: fixed_random size=64 operations=50000\n"
                                 "    start: cold\n"
                                 "stop: {blocks_max: 1}\n";

static struct plan *plan;

static int make_project(void **state)
{
    fixture_make(state);
    fixture_workload("null");
    fixture_workload("fixed_random");
    fixture_idle_phase("quick", 1);
    fixture_idle_phase("slow", 50);
    plan = fixture_plan(experiment, false, 7);
    assert_non_null(plan);
    return 0;
}

static int remove_project(void **state)
{
    plan_free(plan);
    return fixture_remove(state);
}

/* A block of cell 1 in which each arm had two stacks; a sample is 100 us. */
static char *made_profile(int quick_malloc, int slow_malloc, int control_malloc)
{
    static char const sample[] =
        "{\"arm\": \"%s\", \"profile\": {\"period_ns\": 100000, \"stacks\": ["
        "{\"stack\": \"main;run\", \"layer\": \"workload\", \"start_up\": 9, \"region\": 30},"
        "{\"stack\": \"main;malloc\", \"layer\": \"front\", \"start_up\": 9, \"region\": %d}]}}";
    char *const quick = text_format(sample, "quick", quick_malloc);
    char *const slow = text_format(sample, "slow", slow_malloc);
    char *const control = text_format(sample, "control", control_malloc);
    char *const twin = text_copy("{\"arm\": \"slow\"}");
    char *const record =
        text_format("{\"valid\": true, \"cell\": \"%s\", \"samples\": [%s, %s, %s, %s]}\n",
                    plan->cells[1].id, twin, slow, control, quick);

    free(twin);
    free(control);
    free(slow);
    free(quick);
    return record;
}

static void time_is_per_process_and_the_farthest_is_first(void **state)
{
    struct contrast const contrast = {.plan = plan, .cell = 1, .base = 0, .head = 2, .control = 1};
    char *const one = made_profile(10, 20, 12);
    char *const other = made_profile(10, 26, 12);
    char *const both = text_format("%s%s{\"valid\": false, \"cell\": \"%s\"}\n", one, other,
                                   plan->cells[1].id);

    (void)state;
    fixture_write("profile.jsonl", both, 0644);
    fixture_seal("profile.jsonl");
    char *const lines = contrast_time(&contrast, fixture_root, 1);
    assert_string_equal(
        lines,
        "  CPU time of the region, us               base       head     change of control\n"
        "  all                                      4000       5300      +1300       +200\n"
        "  front: malloc                            1000       2300      +1300       +200\n"
        "  others                                   3000       3000         +0         +0\n");
    free(lines);
    free(both);
    free(other);
    free(one);
}

static void the_kernel_s_time_is_the_caller_s(void **state)
{
    struct contrast const contrast = {.plan = plan, .cell = 1, .base = 0, .head = 2, .control = 1};
    char *const record = text_format(
        "{\"valid\": true, \"cell\": \"%s\", \"samples\": [{\"arm\": \"slow\", \"profile\": "
        "{\"period_ns\": 1000, \"stacks\": ["
        "{\"stack\": \"main;grow;fault_[k];clear_[k]\", \"layer\": \"page_fault\", \"region\": 5},"
        "{\"stack\": \"main;grow;fault_[k]\", \"layer\": \"page_fault\", \"region\": 2},"
        "{\"stack\": \"swap_[k];tick_[k]\", \"layer\": \"kernel\", \"region\": 3},"
        "{\"stack\": \"idle_[k]\", \"layer\": \"other\", \"region\": 1}]}}]}\n",
        plan->cells[1].id);

    (void)state;
    fixture_write("profile.jsonl", record, 0644);
    fixture_seal("profile.jsonl");
    char *const lines = contrast_time(&contrast, fixture_root, 3);
    assert_string_equal(
        strchr(lines, '\n') + 1,
        "  all                                         0         11        +11         +0\n"
        "  page_fault: grow                            0          7         +7         +0\n"
        "  kernel: tick_[k]                            0          3         +3         +0\n"
        "  other: idle_[k]                             0          1         +1         +0\n");
    free(lines);
    free(record);
}

/* Inlined in one arm and not in the other, and long. */
static void a_function_is_one_row_with_its_own_name(void **state)
{
    struct contrast const contrast = {.plan = plan, .cell = 1, .base = 0, .head = 2, .control = 1};
    char const *const name = "pool::Bin<void (*)(int, char**), (pool::Kind)1, std::map<int, char> >"
                             "::take<int>";
    char *const record = text_format(
        "{\"valid\": true, \"cell\": \"%s\", \"samples\": [{\"arm\": \"slow\", \"profile\": "
        "{\"period_ns\": 1000, \"stacks\": ["
        "{\"stack\": \"main;%s_[i]\", \"layer\": \"front\", \"region\": 5},"
        "{\"stack\": \"main;%s;fault_[k]\", \"layer\": \"front\", \"region\": 2}]}}]}\n",
        plan->cells[1].id, name, name);

    (void)state;
    fixture_write("profile.jsonl", record, 0644);
    fixture_seal("profile.jsonl");
    char *const lines = contrast_time(&contrast, fixture_root, 3);
    assert_string_equal(
        strchr(lines, '\n') + 1,
        "  all                                         0          7         +7         +0\n"
        "  front: pool::Bin<...>::take<...>            0          7         +7         +0\n");
    free(lines);
    free(record);
}

static void faults_are_those_of_the_region(void **state)
{
    struct contrast const contrast = {.plan = plan, .cell = 0, .base = 0, .head = 2, .control = 1};
    char *const record = text_format(
        "{\"valid\": true, \"cell\": \"%s\", \"samples\": ["
        "{\"arm\": \"quick\", \"faults\": {\"rows\": [{\"stage\": \"start_up\", \"layer\": "
        "\"front\", \"function\": \"grow\", \"minor\": 70, \"major\": 0}]}},"
        "{\"arm\": \"slow\", \"faults\": {\"rows\": [{\"stage\": \"region\", \"layer\": "
        "\"front\", \"function\": \"grow\", \"minor\": 7, \"major\": 1}]}}]}\n",
        plan->cells[0].id);

    (void)state;
    fixture_write("faults.jsonl", record, 0644);
    fixture_seal("faults.jsonl");
    char *const lines = contrast_faults(&contrast, fixture_root, 3);
    assert_string_equal(
        lines,
        "  page faults of the region                base       head     change of control\n"
        "  all                                         0          8         +8         +0\n"
        "  front: grow                                 0          8         +8         +0\n");
    free(lines);
    free(record);
}

static void no_records_are_a_complaint(void **state)
{
    struct contrast const contrast = {.plan = plan, .cell = 0, .base = 0, .head = 2, .control = 1};

    (void)state;
    fixture_hear();
    assert_null(contrast_time(&contrast, "/nonexistent", 1));
    char *const heard = fixture_heard();
    assert_non_null(strstr(heard, "/nonexistent/profile.jsonl"));
    free(heard);
}

static void assert_narrow(char const *text)
{
    for (char const *line = text; *line != '\0'; line += strspn(line, "\n")) {
        size_t const length = strcspn(line, "\n");
        assert_true(length <= 80);
        line += length;
    }
}

static void the_function_that_is_slow_is_named_first(void **state)
{
    struct rig rig;

    (void)state;
    assert_true(rig_open(&rig, plan, &run_kinds[RUN_TIMED]));
    char *const text =
        gate_explain(&rig, &(struct failed_cell){1, false, true}, 1, fixture_root);
    rig_close(&rig);
    assert_non_null(text);
    assert_null(strstr(text, "instructions"));
    char *const all = strstr(text, "\n  all ");
    assert_non_null(all);
    assert_non_null(strstr(text, plan->cells[1].id));
    assert_null(strstr(text, plan->cells[0].id));
    char const *const first = strchr(all + 1, '\n') + 1;
    assert_memory_equal(first, "  allocator: idle ", strlen("  allocator: idle "));
    assert_non_null(strstr(text, "page faults of the region"));
    assert_narrow(text);
    free(text);
}

/* idle() turns 49 times more for each of some 2,500 calls, and nothing else differs. */
static void instructions_are_told_by_function(void **state)
{
    struct rig rig;

    (void)state;
    if (!fixture_valgrind_reads_this_build())
        skip();
    assert_true(rig_open(&rig, plan, &run_kinds[RUN_TIMED]));
    rig.terms[1].operations = 50000;
    char *const text =
        gate_explain(&rig, &(struct failed_cell){1, true, false}, 1, fixture_root);
    rig_close(&rig);
    assert_non_null(text);
    assert_null(strstr(text, "CPU time"));
    char *const all = strstr(text, "\n  all ");
    assert_non_null(all);
    assert_memory_equal(strchr(all + 1, '\n') + 1, "  idle ", strlen("  idle "));
    assert_narrow(text);
    free(text);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(time_is_per_process_and_the_farthest_is_first),
        cmocka_unit_test(a_function_is_one_row_with_its_own_name),
        cmocka_unit_test(the_kernel_s_time_is_the_caller_s),
        cmocka_unit_test(faults_are_those_of_the_region),
        cmocka_unit_test(no_records_are_a_complaint),
        cmocka_unit_test(the_function_that_is_slow_is_named_first),
        cmocka_unit_test(instructions_are_told_by_function),
    };

    return cmocka_run_group_tests_name("gate_explain", tests, make_project, remove_project);
}
