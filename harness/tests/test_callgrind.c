/* test_callgrind.c -- instructions of real workloads under callgrind, and the file of their blocks.
 *
 * Phases `plain`, `more` and `most` are the C library's malloc behind 10, 20 and 30 turns of an
 * idle loop, so the three counts lie equally far apart.
 *
 * SPDX-License-Identifier: MIT */
#include "fixture.h"

#include "base/interrupt.h"
#include "gate/callgrind.h"
#include "gate/instructions.h"

#include <math.h>
#include <signal.h>

enum { PLAIN, CONTROL, MORE, MOST, ARMS, REPEATS = 2 };

static char const experiment[] = "question: How many instructions?\n"
                                 "expects: As many as there are.\n"
                                 "baseline: build/libplain.so\n"
                                 "arms: [build/libmore.so, build/libmost.so]\n"
                                 "workloads:\n"
                                 "  - run: fixed_random size=64 slots=400 operations=20000\n"
                                 "    start: cold\n"
                                 "stop: {blocks_max: 1}\n";

static struct plan *plan;
static struct rig rig;
static char *path_before;

static int make_project(void **state)
{
    fixture_make(state);
    fixture_workload("fixed_random");
    fixture_idle_phase("plain", 10);
    fixture_idle_phase("more", 20);
    fixture_idle_phase("most", 30);
    plan = fixture_plan(experiment, false, 7);
    assert_non_null(plan);
    assert_int_equal(plan->arm_count, ARMS);
    assert_true(rig_open(&rig, plan, &run_kinds[RUN_TIMED]));
    path_before = text_copy(getenv("PATH"));
    return 0;
}

static int remove_project(void **state)
{
    rig_close(&rig);
    plan_free(plan);
    free(path_before);
    return fixture_remove(state);
}

/* Counts what FOLDER lacks; the caller frees the counts. */
static struct instructions count(enum step wanted, uint64_t repeats)
{
    struct instructions instructions = instructions_new(plan, repeats);
    json_t *const reasons = json_array();

    assert_int_equal(instructions_run(&instructions, &rig, fixture_root, reasons), wanted);
    assert_int_equal(json_array_size(reasons), 0);
    json_decref(reasons);
    return instructions;
}

static void assert_near(uint64_t one, uint64_t other)
{
    assert_true(fabs((double)one - (double)other) <= 0.001 * (double)other);
}

/* 2,000 operations, of which half and 100 more allocate; a turn is about six instructions. */
static void a_phase_that_does_more_shows_as_much_more(void **state)
{
    struct instructions instructions = count(STEP_DONE, REPEATS);
    uint64_t const *const first = instructions_of(&instructions, 0, 0);
    uint64_t const *const second = instructions_of(&instructions, 0, 1);

    (void)state;
    for (size_t i = 0; i < ARMS; i++)
        assert_near(second[i], first[i]);
    assert_near(first[CONTROL], first[PLAIN]);
    assert_in_range(first[MORE] - first[PLAIN], 10 * 1000 * 4, 10 * 1200 * 8);
    assert_near(first[MOST] - first[MORE], first[MORE] - first[PLAIN]);
    instructions_free(&instructions);
}

static char *stored(void)
{
    char *const path = fixture_path("instructions.jsonl");
    char *const text = text_of_file(path, NULL);

    assert_non_null(text);
    free(path);
    return text;
}

static void a_block_says_what_it_is(void **state)
{
    char *const text = stored();
    json_t *const record = json_loads(text, JSON_DISABLE_EOF_CHECK, NULL);
    char *const version = callgrind_version();

    (void)state;
    assert_string_equal(json_string_value(json_object_get(record, "schema")),
                        "slablab-instructions/1");
    assert_string_equal(json_string_value(json_object_get(record, "plan")), plan->hash);
    assert_string_equal(json_string_value(json_object_get(record, "cell")), plan->cells[0].id);
    assert_string_equal(json_string_value(json_object_get(record, "valgrind")), version);
    assert_int_equal(json_integer_value(json_object_get(record, "block")), 0);
    assert_int_equal(json_integer_value(json_object_get(record, "operations")), 2000);
    assert_int_equal(json_array_size(json_object_get(record, "samples")), ARMS);
    free(version);
    json_decref(record);
    free(text);
}

/* What is stored is believed: the first figure is changed in the file, and comes back. */
static void counting_goes_on_where_it_stopped(void **state)
{
    char *const before = stored();
    char *const figure = strstr(before, "\"instructions\":") + strlen("\"instructions\":");
    size_t const length = strcspn(figure, "}");

    (void)state;
    memset(figure, '9', length);
    strchr(before, '\n')[1] = '\0';
    fixture_write("instructions.jsonl", before, 0644);
    struct instructions instructions = count(STEP_DONE, REPEATS + 1);
    char *const after = stored();
    assert_memory_equal(after, before, strlen(before));
    uint64_t nines = 0;
    for (size_t i = 0; i < ARMS; i++)
        nines += instructions_of(&instructions, 0, 0)[i] == strtoull(figure, NULL, 10);
    assert_int_equal(nines, 1);
    for (uint64_t block = 1; block <= REPEATS; block++)
        for (size_t i = 0; i < ARMS; i++)
            assert_true(instructions_of(&instructions, 0, block)[i] > 0);
    instructions_free(&instructions);
    free(after);
    free(before);
}

static void a_block_of_another_plan_is_refused(void **state)
{
    (void)state;
    fixture_write("instructions.jsonl", "{\"schema\": \"slablab-instructions/1\"}\n", 0644);
    fixture_hear();
    struct instructions instructions = count(STEP_FAULT, 1);
    char *const heard = fixture_heard();
    assert_non_null(strstr(heard, "instructions.jsonl: it has a block of another plan"));
    assert_non_null(strstr(heard, "try: the same command with --fresh"));
    instructions_free(&instructions);
    free(heard);
}

/* Counts one arm of a plan whose baseline's build-id has been changed to `build_id`. */
static enum step count_as(char const *build_id, char **reason)
{
    char *const right = plan->arms[PLAIN].object_build_id;
    json_t *const reasons = json_array();
    struct callgrind callgrind;
    uint64_t instructions = 0;

    assert_true(callgrind_open(&callgrind, &rig));
    plan->arms[PLAIN].object_build_id = (char *)build_id;
    enum step const step = callgrind_count(&callgrind, 0, PLAIN, reasons, &instructions);
    plan->arms[PLAIN].object_build_id = right;
    *reason = json_dumps(reasons, 0);
    json_decref(reasons);
    callgrind_close(&callgrind);
    return step;
}

static void another_allocator_is_void(void **state)
{
    char *reason = NULL;

    (void)state;
    assert_int_equal(count_as("00", &reason), STEP_VOID);
    assert_non_null(strstr(reason, "plain: under callgrind: allocator"));
    free(reason);
}

static void a_program_that_fails_is_void(void **state)
{
    char *const good = rig.terms[0].program;
    char *reason = NULL;

    (void)state;
    rig.terms[0].program = (char *)"/nonexistent/program";
    assert_int_equal(count_as("", &reason), STEP_VOID);
    rig.terms[0].program = good;
    assert_non_null(strstr(reason, "plain: under callgrind: failed: valgrind: /nonexistent"));
    free(reason);
}

static void without_valgrind_it_says_how_to_get_it(void **state)
{
    (void)state;
    assert_int_equal(setenv("PATH", "/nonexistent", 1), 0);
    fixture_hear();
    struct instructions instructions = count(STEP_FAULT, 1);
    char *const heard = fixture_heard();
    assert_int_equal(setenv("PATH", path_before, 1), 0);
    assert_string_equal(heard, "slablab: x: instructions are counted by valgrind, and there "
                               "is none\n  try: apt-get install valgrind, or an experiment that "
                               "does not decide by instructions\n");
    instructions_free(&instructions);
    free(heard);
}

static void the_region_is_the_last_of_its_parts(void **state)
{
    (void)state;
    assert_int_equal(callgrind_parse("desc: Trigger: --dump-before=region_end\nsummary: 51\n"
                                     "totals: 51\n"
                                     "desc: Trigger: --dump-before=region_end\nsummary: 590234\n"
                                     "desc: Trigger: Program termination\nsummary: 26403\n"),
                     590234);
    assert_int_equal(callgrind_parse("desc: Trigger: Program termination\nsummary: 5\n"), 0);
    assert_int_equal(callgrind_parse(""), 0);
    assert_int_equal(callgrind_parse(NULL), 0);
}

/* The last one: a Ctrl-C cannot be undone. */
static void an_interrupted_block_is_not_recorded(void **state)
{
    (void)state;
    fixture_write("instructions.jsonl", "", 0644);
    interrupt_catch();
    assert_int_equal(raise(SIGINT), 0);
    struct instructions instructions = count(STEP_INTERRUPTED, 1);
    char *const text = stored();
    assert_string_equal(text, "");
    instructions_free(&instructions);
    free(text);
}

/* valgrind 3.19 ends over what clang 14 writes as debug information. */
static bool valgrind_reads_this_build(void)
{
    char *const build = fixture_build_folder();
    char *const command = text_format("valgrind --quiet --tool=none '%s/workloads/fixed_random' "
                                      "--describe >/dev/null 2>&1",
                                      build);
    bool const reads = system(command) == 0;

    free(command);
    free(build);
    return reads;
}

int main(void)
{
    if (!valgrind_reads_this_build())
        return puts("skipped: there is no valgrind that reads the workloads of this build") < 0;
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(the_region_is_the_last_of_its_parts),
        cmocka_unit_test(a_phase_that_does_more_shows_as_much_more),
        cmocka_unit_test(a_block_says_what_it_is),
        cmocka_unit_test(counting_goes_on_where_it_stopped),
        cmocka_unit_test(a_block_of_another_plan_is_refused),
        cmocka_unit_test(another_allocator_is_void),
        cmocka_unit_test(a_program_that_fails_is_void),
        cmocka_unit_test(without_valgrind_it_says_how_to_get_it),
        cmocka_unit_test(an_interrupted_block_is_not_recorded),
    };

    return cmocka_run_group_tests_name("callgrind", tests, make_project, remove_project);
}
