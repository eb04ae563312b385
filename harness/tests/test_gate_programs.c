/* test_gate_programs.c -- a gate of two builds of a program: its plan, and which build ran.
 *
 * SPDX-License-Identifier: MIT */
#include "fixture.h"

#include "catalogue/build_id.h"
#include "experiment/experiment.h"
#include "experiment/program.h"
#include "gate/gate_spec.h"
#include "sample/sample.h"
#include "sample/work_folder.h"

#include <limits.h>

static char const gated[] = "gate: {decides: [process_page_faults 5%]}\n";

static struct plan *plan_of(char const *workloads, bool of_programs)
{
    char *const path = fixture_path("experiments/x.yaml");
    char *const yaml =
        text_format("question: Which?\nbaseline: libc\nworkloads: [%s]\n%s", workloads, gated);
    struct plan_side const base = {"libc", "v1 (0123456789ab)", of_programs ? "/bin/true" : NULL};
    struct plan_side const head = {"libc X=1", "v2 (ba9876543210)",
                                   of_programs ? "/bin/sh" : NULL};

    fixture_write("experiments/x.yaml", yaml, 0644);
    struct yaml_file *const file = experiment_open(path);
    assert_non_null(file);
    struct plan *const plan = plan_for_gate(file, &base, &head, 0, 1);
    yaml_file_close(file);
    free(yaml);
    free(path);
    return plan;
}

static void expect_fault(char const *workloads, bool of_programs, char const *part)
{
    fixture_hear();
    struct plan *const plan = plan_of(workloads, of_programs);
    char *const heard = fixture_heard();

    assert_null(plan);
    if (strstr(heard, part) == NULL)
        fail_msg("'%s' is not in: %s", part, heard);
    free(heard);
}

static void the_arms_have_the_programs_and_one_allocator(void **state)
{
    struct plan *const plan = plan_of("{program: ['{artifact}', -x]}", true);
    char *const build_id = catalogue_build_id("/bin/sh");

    (void)state;
    assert_non_null(plan);
    assert_string_equal(plan->cells[0].id, "program true"); /* the base's name */
    assert_string_equal(plan->arms[0].program, "/bin/true");
    assert_string_equal(plan->arms[1].program, "/bin/true");
    assert_string_equal(plan->arms[2].program, "/bin/sh");
    assert_string_equal(plan->arms[2].program_build_id, build_id);
    assert_string_equal(plan->arms[0].spec, "v1 (0123456789ab)");
    assert_string_equal(plan->arms[2].spec, "v2 (ba9876543210) X=1");
    assert_null(plan->arms[0].object);
    assert_null(plan->arms[2].object);
    assert_true(plan->cells[0].program->runs_artifact);
    plan_free(plan);
    free(build_id);
}

static void what_would_not_tell_the_builds_apart_is_refused(void **state)
{
    (void)state;
    expect_fault("{program: [/bin/true]}", true, "it does not run {artifact}");
    expect_fault("{program: ['{artifact}']}, {run: knead operations=9, start: cold}", true,
                 "knead operations=9 cold does not run {artifact}");
    expect_fault("{program: ['{artifact}'], make: [/bin/sh, '{artifact}']}", true,
                 "make runs once, for both builds");
    expect_fault("{program: ['{artifact}']}", false, "{artifact} is either build of a gate");
}

static void experiments_are_told_apart_by_their_programs(void **state)
{
    struct experiment_workload workload = {.run = NULL};
    struct experiment experiment = {.workloads = &workload, .workloads_count = 1};
    char *words[] = {(char *)"/bin/sh", (char *)"--with={artifact}"};

    (void)state;
    workload.program.program = words;
    workload.program.program_count = 1;
    assert_false(experiment_runs_artifact(&experiment));
    workload.program.program_count = 2;
    assert_true(experiment_runs_artifact(&experiment));
    fixture_folder("workloads");
    fixture_folder("workloads/programs");
    fixture_write("workloads/programs/parse.yaml", "program: ['{artifact}']\n", 0644);
    workload = (struct experiment_workload){.run = (char *)"parse"};
    assert_true(experiment_runs_artifact(&experiment));
    workload.run = (char *)"knead";
    assert_false(experiment_runs_artifact(&experiment));
}

static void a_spec_of_programs_is_a_file_that_runs(void **state)
{
    struct gate_spec spec;

    (void)state;
    char *const program = fixture_path("build/one");
    fixture_copy("/proc/self/exe", "build/one");
    assert_int_equal(chmod(program, 0755), 0);
    free(program);
    assert_true(gate_spec_resolve("build/one X=1", "two Y=2", true, &spec));
    assert_true(text_ends_with(spec.program, "/build/one"));
    assert_string_equal(spec.arm, "two Y=2 X=1");
    gate_spec_free(&spec);
    fixture_write("build/text", "#!/bin/sh\n", 0755);
    fixture_hear();
    bool const resolved = gate_spec_resolve("build/text", "two", true, &spec);
    char *const heard = fixture_heard();
    assert_false(resolved);
    assert_non_null(strstr(heard, "build/text is no executable of ELF"));
    gate_spec_free(&spec);
    free(heard);
}

/* One path for both, so that neither argv[0] nor the stack tells them apart. */
static void both_run_by_one_path(void **state)
{
    struct plan *const plan = plan_of("{program: ['{artifact}']}", true);
    struct work_folder folder = {.base = NULL};
    char target[PATH_MAX] = "";

    (void)state;
    assert_true(work_folder_renew(&folder, plan->cells[0].program, 0));
    assert_true(work_folder_link(&folder, plan, 0));
    char *const first = text_copy(folder.artifact);
    assert_true(readlink(first, target, sizeof target - 1) > 0);
    assert_string_equal(target, "/bin/true");
    assert_true(work_folder_link(&folder, plan, 2));
    assert_string_equal(folder.artifact, first);
    memset(target, 0, sizeof target);
    assert_true(readlink(first, target, sizeof target - 1) > 0);
    assert_string_equal(target, "/bin/sh");
    work_folder_close(&folder);
    assert_int_equal(access(first, F_OK), -1);
    free(first);
    plan_free(plan);
}

static enum sample_status judged(uint32_t images, char const *ran)
{
    struct sample sample = {.status = SAMPLE_OK};
    struct sample_expectation const expectation = {.build_id = "", .program_build_id = "aa"};

    strcpy(sample.region.object, "/lib/libc.so.6");
    sample.region.artifact.images = images;
    strcpy(sample.region.artifact.build_id, ran);
    sample_judge(&sample, &expectation);
    return sample.status;
}

static void a_sample_of_another_program_is_lost(void **state)
{
    (void)state;
    assert_int_equal(judged(1, "aa"), SAMPLE_OK);
    assert_int_equal(judged(1, "ab"), SAMPLE_ALLOCATOR);
    assert_int_equal(judged(0, ""), SAMPLE_ALLOCATOR);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(the_arms_have_the_programs_and_one_allocator),
        cmocka_unit_test(what_would_not_tell_the_builds_apart_is_refused),
        cmocka_unit_test(experiments_are_told_apart_by_their_programs),
        cmocka_unit_test(a_spec_of_programs_is_a_file_that_runs),
        cmocka_unit_test(both_run_by_one_path),
        cmocka_unit_test(a_sample_of_another_program_is_lost),
    };

    return cmocka_run_group_tests_name("gate_programs", tests, fixture_make, fixture_remove);
}
