/* test_experiment.c -- what an experiment's file becomes, and what is said of a faulty one.
 *
 * SPDX-License-Identifier: MIT */
#include "fixture.h"

static char const full_experiment[] =
    "question: Is two better?\n"
    "expects: no\n"
    "baseline: one\n"
    "arms:\n"
    "  - two MODE=a SLABLAB_PREWARM=8\n"
    "  - two SLABLAB_PREWARM=8 SLABLAB_MODE=b\n"
    "  - libc\n"
    "workloads:\n"
    "  - run: knead size=64 operations=1000\n"
    "    serves: [two MODE=a tiny >= 99%, one libc <= 0.5%]\n"
    "  - {run: knead, start: warm, warmup: 10, quick: no}\n"
    "events: [cycles, page-faults]\n"
    "compare: [libc against two MODE=b]\n"
    "interactions: [one x libc = two MODE=a]\n"
    "published:\n"
    "  - {where: size=64 cold, arm: libc, against: one, metric: page_faults, value: -0.25}\n"
    "stop: {blocks_max: 9, half_width: 0.5%, seconds_max: 1.5}\n"
    "margin: 3%\n"
    "alpha: 0.1\n";

static void arms_get_ids_that_tell_them_apart(void **state)
{
    struct plan *const plan = fixture_plan(full_experiment, false, 1);

    (void)state;
    assert_non_null(plan);
    assert_int_equal(plan->arm_count, 5);
    assert_string_equal(plan->arms[0].id, "one");
    assert_int_equal(plan->arms[0].role, ROLE_BASELINE);
    assert_string_equal(plan->arms[1].id, "control");
    assert_int_equal(plan->arms[1].role, ROLE_CONTROL);
    assert_string_equal(plan->arms[1].object, plan->arms[0].object);
    assert_string_equal(plan->arms[2].id, "two MODE=a");
    assert_string_equal(plan->arms[3].id, "two MODE=b");
    assert_int_equal(plan->arms[3].environment_count, 2);
    assert_string_equal(plan->arms[3].environment[1], "SLABLAB_MODE=b");
    assert_null(plan->arms[4].object);
    assert_null(plan->arms[4].observer);
    assert_int_equal(strlen(plan->arms[4].object_build_id), 40); /* SHA-1: the C library has one */
    plan_free(plan);
}

static void cells_get_what_their_workload_says(void **state)
{
    struct plan *const plan = fixture_plan(full_experiment, false, 1);

    (void)state;
    assert_non_null(plan);
    assert_int_equal(plan->cell_count, 2);
    assert_string_equal(plan->cells[0].id, "knead size=64 operations=1000 cold");
    assert_string_equal(plan->cells[1].id, "knead warmup=10 warm");
    assert_int_equal(plan->cells[0].operations, 1000);
    assert_int_equal(plan->cells[1].operations, 0);
    assert_int_equal(plan->cells[1].warmup_operations, 10);
    assert_int_equal(plan->cells[0].serves_count, 2);
    assert_int_equal(plan->cells[0].serves[0].arm, 2);
    assert_string_equal(plan->cells[0].serves[0].tier, "tiny");
    assert_int_equal(plan->cells[0].serves[1].relation, SERVES_AT_MOST);
    assert_float_equal(plan->cells[0].serves[1].share, 0.005, 0);
    plan_free(plan);
}

static void references_and_rules_are_kept(void **state)
{
    struct plan *const plan = fixture_plan(full_experiment, false, 1);

    (void)state;
    assert_non_null(plan);
    assert_string_equal(plan->experiment, "x");
    assert_string_equal(plan->form, "full");
    assert_int_equal(plan->event_count, 7); /* six by default, page-faults among them */
    assert_string_equal(plan->events[6], "cycles");
    assert_int_equal(plan->comparisons[0].arm, 4);
    assert_int_equal(plan->comparisons[0].against, 3);
    assert_int_equal(plan->interactions[0].both, 2);
    assert_float_equal(plan->published[0].value, -0.25, 0);
    assert_int_equal(plan->stop.blocks_max, 9);
    assert_float_equal(plan->stop.half_width, 0.005, 0);
    assert_float_equal(plan->stop.seconds_max, 1.5, 0);
    assert_float_equal(plan->margin, 0.03, 0);
    assert_float_equal(plan->alpha, 0.1, 0);
    plan_free(plan);
}

static void the_first_axis_turns_slowest(void **state)
{
    static char const *const ids[] = {
        "knead size=1 slots=30 cold", "knead size=1 slots=4 cold", "knead size=1 slots=5 cold",
        "knead size=2 slots=30 cold", "knead size=2 slots=4 cold", "knead size=2 slots=5 cold",
    };
    struct plan *const plan = fixture_plan(
        "question: q\nbaseline: one\nworkloads:\n  - run: knead size=1,2 slots=30,4,5\n", false, 1);

    (void)state;
    assert_non_null(plan);
    assert_int_equal(plan->arm_count, 2); /* no arms: A against A */
    assert_int_equal(plan->cell_count, 6);
    for (size_t i = 0; i < 6; i++)
        assert_string_equal(plan->cells[i].id, ids[i]);
    plan_free(plan);
}

static void the_quick_form_overrides_and_leaves_out(void **state)
{
    struct plan *const plan = fixture_plan(
        "question: q\nbaseline: one\n"
        "workloads:\n  - {run: knead size=1, quick: no}\n  - run: knead size=2\n"
        "published: [{where: size=1, arm: one, metric: page_faults, value: 3}]\n"
        "stop: {blocks_max: 100, half_width: 1%}\nquick: {blocks_max: 7}\n",
        true, 1);

    (void)state;
    assert_non_null(plan);
    assert_string_equal(plan->form, "quick");
    assert_int_equal(plan->cell_count, 1);
    assert_string_equal(plan->cells[0].id, "knead size=2 cold");
    assert_int_equal(plan->stop.blocks_max, 7);
    assert_float_equal(plan->stop.half_width, 0.01, 0);
    plan_free(plan);
}

static void a_path_is_an_arm_by_its_file_name(void **state)
{
    fixture_copy("/proc/self/exe", "build/workloads/libmine.so.2");
    char *const yaml = text_format(
        "question: q\nbaseline: one\narms: [%s/build/workloads/libmine.so.2, build/libtwo.so]\n"
        "workloads: [{run: knead}]\n",
        fixture_root);
    struct plan *const plan = fixture_plan(yaml, false, 1);

    (void)state;
    assert_non_null(plan);
    assert_string_equal(plan->arms[2].id, "mine");
    assert_string_equal(plan->arms[3].id, "two");
    assert_string_equal(strrchr(plan->arms[3].object, '/'), "/libtwo.so");
    assert_null(plan->arms[2].observer);
    plan_free(plan);
    free(yaml);
}

/* A fault, and what must be said of it behind "slablab: <path>:". */
struct fault {
    char const *yaml;
    char const *said;
};

#define HEAD "question: q\nbaseline: one\n" /* lines 1 and 2 */
#define KNEAD "workloads: [{run: knead size=1}]\n"
#define ARMS "one of one, two"

static struct fault const faults[] = {
    {HEAD "workload: []\n",
     "3: unknown key 'workload'\n  try: one of question, expects, baseline, arms, workloads, "
     "events, compare, "
     "interactions, published, shown, stop, quick, gate, cpus, layouts, margin, alpha, seed\n"},
    {HEAD "workloads:\n  - run: knead\n  - run: knead size=1\n    strat: warm\n",
     "6: unknown key 'strat'\n  try: one of run, start, warmup, serves, quick, thp, "
     "program, server, client, executable, name, models, package, inputs, make, stdin, "
     "environment, output, timeout, ready, cpus, preload\n"},
    {HEAD "workloads:\n  - run: knead\n    start: tepid\n",
     "5: unknown start 'tepid'\n  try: one of cold, warm\n"},
    {HEAD "workloads: knead\n", "3: a list is expected here\n  try: [one, two]\n"},
    {"question: q\n", "1: key 'baseline' is missing\n  try: baseline: ...\n"},
    {HEAD "workloads:\n  - knead\n",
     "4: keys and values are expected here\n  try: {key: value}\n"},
    {HEAD "arms:\n  - [two]\n",
     "4: one value is expected here\n  try: key: value, in quotes where it holds ': '\n"},
    {HEAD "published:\n  - where: cold\n    arm: one\n",
     "4: key 'metric' is missing\n  try: metric: ...\n"},
    {HEAD "question: r\n", "3: key 'question' is written twice\n  try: each key once\n"},
    {HEAD "expects: \"no\n",
     "4: found unexpected end of stream\n  try: quotes around a value that holds ': ' or ' #', "
     "each closed, and spaces, not tabs\n"},
    {"question: ''\nbaseline: one\n" KNEAD,
     "1: the question is empty\n  try: a sentence that ends in a question mark\n"},
    {HEAD, "1: an experiment needs a workload\n  try: slablab list workloads\n"},
    {HEAD "workloads:\n  - run: knead\n\n  - run: kneed size=1\n",
     "6: unknown workload 'kneed'\n  try: slablab list workloads\n"},
    {HEAD "workloads:\n  - run: knead sise=1\n",
     "4: knead has no parameter 'sise'\n  try: one of size, slots, operations, warmup\n"},
    {HEAD "workloads:\n  - run: knead size=1,x\n",
     "4: size: 'x' is not a number\n  try: digits, or a list of them: size=256,512\n"},
    {HEAD "workloads:\n  - run: knead size=1,\n",
     "4: size: '' is not a number\n  try: digits, or a list of them: size=256,512\n"},
    {HEAD "workloads:\n  - run: knead 1\n",
     "4: '1' is not name=number\n  try: WORKLOAD name=number ...\n"},
    {HEAD "workloads:\n  - run: knead size=1 size=2\n",
     "4: parameter 'size' is there twice\n  try: one list of values: size=256,512\n"},
    {HEAD "workloads:\n  - run: knead operations=0\n",
     "4: operations=0 measures nothing\n  try: leave it out to have it calibrated\n"},
    {HEAD "workloads:\n  - {run: knead, warmup: 5}\n",
     "4: a cold start has no warm-up\n  try: start: warm, with a warmup of 1 or more; or "
     "neither\n"},
    {HEAD "workloads:\n  - run: knead size=1,2\n  - run: knead size=2\n",
     "5: cell 'knead size=2 cold' is there already\n  try: each cell once\n"},
    {HEAD "arms:\n  - two\n  - four\n" KNEAD,
     "5: unknown allocator 'four'\n  try: slablab list allocators\n"},
    {HEAD "arms:\n  - two MODE\n" KNEAD,
     "4: 'MODE' is no assignment of an environment variable\n  try: an arm is: ALLOCATOR "
     "NAME=value ...\n"},
    {HEAD "arms:\n  - two LD_PRELOAD=x\n" KNEAD,
     "4: LD_PRELOAD is set by the harness in every sample\n  try: leave it out\n"},
    {HEAD "arms:\n  - two A=1 A=2\n" KNEAD,
     "4: A is set twice\n  try: one value for each variable of an arm\n"},
    {HEAD "arms:\n  - two A=1 B=2\n  - two B=2 A=1\n" KNEAD,
     "5: arm 'two' is there already\n  try: leave one out; the second baseline, the "
     "control, is added anyway\n"},
    {HEAD "arms:\n  - one\n" KNEAD,
     "4: arm 'one' is there already\n  try: leave one out; the second baseline, the "
     "control, is added anyway\n"},
    {HEAD "arms: [gone]\n" KNEAD,
     "3: libgone.so.1 is not installed\n  try: apt-get install libgone1\n"},
    {HEAD "arms: [two]\ncompare:\n  - two against three\n" KNEAD,
     "5: unknown arm 'three'\n  try: " ARMS "\n"},
    {HEAD "arms: [two]\ncompare: [two beats one]\n" KNEAD,
     "4: compare is: ARM against ARM\n  try: phase17-2 against phase17-1\n"},
    {HEAD "arms: [two]\ncompare: [two against control]\n" KNEAD,
     "4: unknown arm 'control'\n  try: " ARMS "\n"},
    {HEAD "arms: [two]\ninteractions: [one x two]\n" KNEAD,
     "4: an interaction is: ARM x ARM = ARM\n  try: ss-reuse x ss-prewarm = ss-reuse-prewarm\n"},
    {HEAD "arms: [two]\ninteractions: [one x two = three]\n" KNEAD,
     "4: unknown arm 'three'\n  try: " ARMS "\n"},
    {HEAD "arms: [two]\nworkloads:\n  - run: knead\n    serves:\n      - two tiny >= 9%\n      - "
          "three tiny >= 9%\n",
     "8: unknown arm 'three'\n  try: " ARMS "\n"},
    {HEAD "workloads:\n  - run: knead\n    serves: [one tiny > 9%]\n",
     "5: serves is: ARM TIER >= SHARE%\n  try: phase17-1 smallmid >= 99%\n"},
    {HEAD "arms: [libc]\nworkloads:\n  - run: knead\n    serves: [libc tiny >= 9%]\n",
     "6: libc cannot count itself\n  try: serves for phases alone\n"},
    {HEAD KNEAD "published:\n  - {where: size=9, arm: one, metric: page_faults, value: 1}\n",
     "5: no cell has all of 'size=9' in its id\n  try: slablab plan, which lists the cells\n"},
    {HEAD KNEAD
     "published:\n  - where: size=1\n    arm: two\n    metric: page_faults\n    value: 1\n",
     "6: unknown arm 'two'\n  try: one of one\n"},
    {HEAD KNEAD "published:\n  - {where: size=1, arm: one, metric: faults, value: 1}\n",
     "5: unknown metric 'faults'\n  try: one of operations_per_second, "
     "process_operations_per_second, page_faults, process_page_faults, "
     "vm_hwm_bytes, system_time_share, page_fault_share, front_share\n"},
    {HEAD KNEAD "published:\n  - {where: size=1, arm: one, metric: page_faults, value: 1%}\n",
     "5: value: '1%' is not a number\n  try: -0.036 for -3.6 % against an arm, 6060000 without "
     "one\n"},
    {HEAD KNEAD "shown: [{label: 1}]\n", "4: key 'arm' is missing\n  try: arm: ...\n"},
    {HEAD KNEAD "shown: [{arm: two, label: b}]\n", "4: unknown arm 'two'\n  try: one of one\n"},
    {HEAD KNEAD "shown:\n  - {arm: one, label: a}\n  - {arm: one, order: 1}\n",
     "6: arm 'one' is there already\n  try: one entry for each arm\n"},
    {HEAD "arms: [two]\n" KNEAD "shown: [{arm: one, label: a}, {arm: two, label: a}]\n",
     "5: two arms have the label 'a'\n  try: a label for each arm\n"},
    {HEAD KNEAD "shown: [{arm: one, label: ' '}]\n",
     "4: ' ' is no label\n  try: label: 17-1\n"},
    {HEAD KNEAD "shown: [{arm: one, colour: red}]\n",
     "4: 'red' is no colour\n  try: colour: \"#23698c\", in quotes\n"},
    {HEAD KNEAD "shown: [{arm: one, order: first}]\n",
     "4: 'first' is no whole number from 0 to 1000\n  try: order: 1\n"},
    {HEAD KNEAD "shown: [{arm: one, hide: maybe}]\n",
     "4: unknown hide 'maybe'\n  try: one of true, false, yes, no\n"},
    {HEAD KNEAD "shown: [{arm: one, color: red}]\n",
     "4: unknown key 'color'\n  try: one of arm, label, colour, order, hide\n"},
    {HEAD KNEAD "stop: {blocks_max: 0}\n",
     "4: '0' is not a number of blocks\n  try: 6 blocks are the fewest that give an interval\n"},
    {HEAD KNEAD "stop:\n  half_width: 0.5\n",
     "5: '0.5' is not a percentage\n  try: a number from 0 to 100 with its sign, like 0.5%\n"},
    {HEAD KNEAD "stop: {seconds_max: -1}\n",
     "4: seconds_max: '-1' is not a number from 0 up\n  try: 0 for no limit\n"},
    {HEAD KNEAD "quick: {blocks_max: 6x}\n",
     "4: '6x' is not a number of blocks\n  try: 6 blocks are the fewest that give an interval\n"},
    {HEAD KNEAD "margin: two\n",
     "4: 'two' is not a percentage\n  try: a number from 0 to 100 with its sign, like 0.5%\n"},
    {HEAD KNEAD "alpha: 1\n", "4: alpha: '1' is not a number between 0 and 1\n  try: 0.05\n"},
    {HEAD KNEAD "cpus: 0\n",
     "4: '0' is no number of CPUs\n  try: a number from 1 up, or no such line\n"},
    {HEAD KNEAD "seed: -3\n",
     "4: '-3' is not a seed\n  try: a number from 1 up, or none to have one drawn\n"},
    {HEAD KNEAD "events: [page-faults,\n  page-folts]\n",
     "5: unknown event 'page-folts': libpfm4: event not found\n  try: slablab list events\n"},
};

static void faults_are_named_with_their_line(void **state)
{
    char *const path = fixture_path("experiments/x.yaml");

    (void)state;
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
        fixture_hear();
        struct plan *const plan = fixture_plan(faults[i].yaml, false, 1);
        char *const heard = fixture_heard();
        char *const wanted = text_format("slablab: %s:%s", path, faults[i].said);
        assert_null(plan);
        assert_string_equal(heard, wanted);
        free(wanted);
        free(heard);
    }
    free(path);
}

static void an_unbuilt_phase_asks_for_make(void **state)
{
    fixture_hear();
    struct plan *const plan = fixture_plan(HEAD "arms: [unbuilt]\n" KNEAD, false, 1);
    char *const heard = fixture_heard();
    char *const wanted = text_format(
        "slablab: %s/experiments/x.yaml:3: %s/build/libunbuilt.so is not built\n"
        "  try: make allocators\n",
        fixture_root, fixture_root);

    (void)state;
    assert_null(plan);
    assert_string_equal(heard, wanted);
    free(wanted);
    free(heard);
}

static void a_quick_form_without_workloads_is_a_fault(void **state)
{
    fixture_hear();
    struct plan *const plan = fixture_plan(HEAD "workloads: [{run: knead, quick: no}]\n", true, 1);
    char *const heard = fixture_heard();

    (void)state;
    assert_null(plan);
    assert_non_null(strstr(heard, "x.yaml:3: the quick form has no workload left\n"));
    free(heard);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(arms_get_ids_that_tell_them_apart),
        cmocka_unit_test(cells_get_what_their_workload_says),
        cmocka_unit_test(references_and_rules_are_kept),
        cmocka_unit_test(the_first_axis_turns_slowest),
        cmocka_unit_test(the_quick_form_overrides_and_leaves_out),
        cmocka_unit_test(a_path_is_an_arm_by_its_file_name),
        cmocka_unit_test(faults_are_named_with_their_line),
        cmocka_unit_test(an_unbuilt_phase_asks_for_make),
        cmocka_unit_test(a_quick_form_without_workloads_is_a_fault),
    };

    return cmocka_run_group_tests_name("experiment", tests, fixture_make, fixture_remove);
}
