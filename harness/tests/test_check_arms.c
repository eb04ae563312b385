/* test_check_arms.c -- what a plan refuses before anything runs: files, numbers, tiers.
 *
 * SPDX-License-Identifier: MIT */
#include "fixture.h"

#include "catalogue/object_facts.h"
#include "experiment/check_arms.h"

static char *built(char const *name)
{
    char *const build = fixture_build_folder();
    char *const path = text_format("%s/%s", build, name);

    free(build);
    return path;
}

static void compile(char const *source, char const *flags, char const *name)
{
    char *const command = text_format("gcc -shared -fPIC -o '%s/%s' '%s/x.c' %s", fixture_root,
                                      name, fixture_root, flags);

    fixture_write("x.c", source, 0644);
    assert_int_equal(system(command), 0);
    free(command);
}

/* The plan of an experiment whose one arm is a file of the fixture; its baseline can serve. */
static struct plan *plan_with(char const *file)
{
    char *const yaml = text_format("question: q\nbaseline: libc\narms: [%s/%s]\n"
                                   "workloads: [{run: null}]\n",
                                   fixture_root, file);
    struct plan *const plan = fixture_plan(yaml, false, 1);

    assert_non_null(plan);
    free(yaml);
    return plan;
}

static void refused(char const *file, char const *said)
{
    struct plan *const plan = plan_with(file);

    fixture_hear();
    bool const good = check_arms(plan);
    char *const heard = fixture_heard();
    assert_false(good);
    if (strstr(heard, said) == NULL || strstr(heard, "\n  try: ") == NULL)
        fail_msg("%s: not '%s' but: %s", file, said, heard);
    free(heard);
    plan_free(plan);
}

static void an_object_that_cannot_serve_is_refused(void **state)
{
    (void)state;
    fixture_workload("null");
    compile("int unused;\n", "", "nothing.so");
    refused("nothing.so", "nothing.so cannot serve malloc: it defines no malloc");
    fixture_write("words.so", "no object at all, and longer than its header would be: a text of "
                              "some hundred bytes, for the loader reads so many\n", 0644);
    refused("words.so", "the loader says: ERROR: ld.so: object '");
    compile("int unused;\n", "-m32 -nostdlib", "narrow.so");
    refused("narrow.so", "wrong ELF class: ELFCLASS32");
    compile("void gone(void); void *malloc(unsigned long n) { gone(); return (void *)n; }\n", "",
            "undefined.so");
    refused("undefined.so", "the loader says: undefined symbol: gone");
    compile("static void *malloc(unsigned long n) { return (void *)n; } void *p = malloc;\n",
            "-fno-builtin -w", "hidden.so");
    refused("hidden.so", "it defines no malloc");
    refused("build/libone.so", "one.so cannot serve malloc: "); /* this program, not a library */
}

static void an_object_that_can_serve_is_not(void **state)
{
    (void)state;
    fixture_workload("null");
    fixture_idle_phase("idle", 1);
    struct plan *const plan = plan_with("build/libidle.so");
    assert_true(check_arms(plan));
    plan_free(plan);
}

static void numbers_are_the_workloads_business(void **state)
{
    static char const *const bad[][2] = {
        {"fixed_random size=0", "size=0 is not between 1 and "},
        {"fixed_random size=16 slots=0", "slots=0 is not between 1 and "},
        {"fixed_random size=9223372036854775807", "size=9223372036854775807 is not between 1 and"},
        {"sawtooth size=16,0", "size=0 is not between "},
        {"sawtooth order=9", "order=9 is not between "},
    };

    (void)state;
    fixture_workload("fixed_random");
    fixture_workload("sawtooth");
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        char *const yaml =
            text_format("question: q\nbaseline: libc\nworkloads:\n  - run: %s\n", bad[i][0]);
        fixture_hear();
        struct plan *const plan = fixture_plan(yaml, false, 1);
        char *const heard = fixture_heard();
        assert_null(plan);
        if (strstr(heard, "x.yaml:4: ") == NULL || strstr(heard, bad[i][1]) == NULL)
            fail_msg("%s: not '%s' but: %s", bad[i][0], bad[i][1], heard);
        free(heard);
        free(yaml);
    }
}

static void a_tier_that_nothing_counts_is_refused(void **state)
{
    char *const observer = built("observe/libbaseline.so");
    struct words tiers = object_tiers(observer);
    char *const names = words_join(&tiers, 0, tiers.count);

    (void)state;
    assert_string_equal(names, "tiny smallmid libc large bump");
    fixture_workload("null");
    fixture_copy(observer, "build/observe/libtwo.so");
    fixture_hear();
    struct plan *const plan =
        fixture_plan("question: q\nbaseline: one\narms: [two]\n"
                     "workloads:\n  - run: null\n    serves: [two smalmid >= 9%]\n",
                     false, 1);
    char *const heard = fixture_heard();
    assert_null(plan);
    assert_non_null(strstr(heard, "x.yaml:6: two has no tier 'smalmid'\n  try: one of tiny "
                                  "smallmid libc large bump\n"));
    free(heard);
    free(names);
    words_free(&tiers);
    free(observer);
}

/* A phase says which variables it reads; what is no phase of ours may read any. */
static void a_variable_that_the_phase_does_not_read_is_refused(void **state)
{
    static char const *const arms[][2] = {
        {"two SLABLAB_SMALMID=1",
         "two reads no variable SLABLAB_SMALMID\n  try: SLABLAB_SMALLMID\n"},
        {"two SLABLAB_LOCK=1",
         "two reads no variable SLABLAB_LOCK\n  try: one of SLABLAB_SMALLMID\n"},
        {"three SLABLAB_SMALLMID=1",
         "three reads no variable SLABLAB_SMALLMID\n  try: leave it out\n"},
        {"two SLABLAB_SMALLMID=1 SMALMID=1", NULL},
        {"one SLABLAB_SMALMID=1", NULL},
    };
    char *const with = built("libphase17-1.so");
    char *const without = built("libbaseline.so");

    (void)state;
    fixture_workload("null");
    fixture_copy(with, "build/libtwo.so");
    fixture_copy(without, "build/libthree.so");
    for (size_t i = 0; i < sizeof arms / sizeof *arms; i++) {
        char *const yaml = text_format("question: q\nbaseline: libc\narms:\n  - %s\n"
                                       "workloads: [{run: null}]\n",
                                       arms[i][0]);
        fixture_hear();
        struct plan *const plan = fixture_plan(yaml, false, 1);
        char *const heard = fixture_heard();
        assert_true((plan == NULL) == (arms[i][1] != NULL));
        if (arms[i][1] != NULL && strstr(heard, arms[i][1]) == NULL)
            fail_msg("%s: not '%s' but: %s", arms[i][0], arms[i][1], heard);
        plan_free(plan);
        free(heard);
        free(yaml);
    }
    free(without);
    free(with);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(an_object_that_cannot_serve_is_refused),
        cmocka_unit_test(an_object_that_can_serve_is_not),
        cmocka_unit_test(numbers_are_the_workloads_business),
        cmocka_unit_test(a_variable_that_the_phase_does_not_read_is_refused),
        cmocka_unit_test(a_tier_that_nothing_counts_is_refused),
    };

    return cmocka_run_group_tests_name("check arms", tests, fixture_make, fixture_remove);
}
