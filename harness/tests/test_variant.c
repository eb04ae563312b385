/* test_variant.c -- names of phases with other constants, taken apart and multiplied.
 *
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "fixture.h"

#include "catalogue/constants.h"
#include "catalogue/variant.h"
#include "catalogue/variant_build.h"
#include "experiment/expansion.h"

static void a_plus_before_any_equals_sign_names_one(void **state)
{
    static char const *const named[] = {"one+a=1", "one+a=1+b=2", "one+a", "one+a=1,2"};
    static char const *const other[] = {"one", "A=x+y=z", "size=256", "./lib+a=1.so", "+a=1", ""};

    (void)state;
    for (size_t i = 0; i < sizeof named / sizeof *named; i++)
        assert_true(variant_is_named(named[i]));
    for (size_t i = 0; i < sizeof other / sizeof *other; i++)
        assert_false(variant_is_named(other[i]));
}

static void a_name_is_a_phase_and_assignments(void **state)
{
    char *const phase = variant_phase("one+a=1+b=2");
    struct words assignments = variant_assignments("one+a=1+b=2");
    char *const joined = words_join(&assignments, 0, assignments.count);

    (void)state;
    assert_string_equal(phase, "one");
    assert_string_equal(joined, "a=1 b=2");
    free(joined);
    words_free(&assignments);
    free(phase);
}

static void expect_arms(char const *spec, size_t count, char const *const *wanted)
{
    struct words arms = expand_axis(spec);

    assert_int_equal(arms.count, count);
    for (size_t i = 0; i < count; i++)
        assert_string_equal(arms.word[i], wanted[i]);
    words_free(&arms);
}

static void lists_are_an_arm_for_each_value(void **state)
{
    (void)state;
    expect_arms("one A=1,2", 1, (char const *[]){"one A=1,2"});
    expect_arms("one+a=1", 1, (char const *[]){"one+a=1"});
    expect_arms("one+a=1,2 A=1,2", 2, (char const *[]){"one+a=1 A=1,2", "one+a=2 A=1,2"});
    expect_arms("one+a=1,2+b=3,4", 4,
                (char const *[]){"one+a=1+b=3", "one+a=1+b=4", "one+a=2+b=3", "one+a=2+b=4"});
    expect_arms("one+a=1,", 2, (char const *[]){"one+a=1", "one+a="});
    expect_arms("'./a+b=1,2/libmine.so'", 1, (char const *[]){"./a+b=1,2/libmine.so"});
    expect_arms("", 1, (char const *[]){""});
}

/* The real phases declare theirs; those of one name are one, whose range is that of all. */
static void constants_of_one_name_are_set_together(void **state)
{
    char *const build = fixture_build_folder();
    char *const object = text_format("%s/libphase17-2.so", build);
    struct constants constants = constants_of(object);
    struct constant const *const batch = constants_find(&constants, "batch");

    (void)state;
    if (access(object, R_OK) != 0) {
        free(object);
        free(build);
        skip();
    }
    assert_non_null(batch);
    assert_int_equal(batch->setting_count, 4);
    assert_int_equal(batch->lowest, 1);
    assert_int_equal(batch->highest, 255); /* Tiny alone takes 1,024 */
    char *const standard = constant_standard(batch);
    assert_string_equal(standard, "16, 12, 8");
    assert_null(constants_find(&constants, "none"));
    free(standard);
    constants_free(&constants);
    free(object);
    free(build);
}

static void an_object_without_any_has_none(void **state)
{
    struct constants constants = constants_of("/proc/self/exe");

    (void)state;
    assert_int_equal(constants.count, 0);
    constants_free(&constants);
}

/* The fixture's phases are copies of this test. */
static void a_phase_without_constants_has_no_variants(void **state)
{
    struct allocator allocator;

    (void)state;
    assert_true(catalogue_allocator("one+a=1", &allocator));
    assert_string_equal(allocator.problem, "one+a=1: one has no constant 'a'");
    catalogue_allocator_free(&allocator);
    assert_true(catalogue_allocator("unbuilt+a=1", &allocator));
    assert_non_null(strstr(allocator.problem, "libunbuilt.so is not built"));
    assert_string_equal(allocator.remedy, "make allocators");
    catalogue_allocator_free(&allocator);
    assert_false(catalogue_allocator("four+a=1", &allocator));
    catalogue_allocator_free(&allocator);
}

/* Of the fixture's phase, as if make had written what it compiled. */
static void a_source_newer_than_its_phase_is_refused(void **state)
{
    struct timespec const later[2] = {{.tv_sec = 4102444800}, {.tv_sec = 4102444800}};
    struct words const overrides = {0};
    char *const source = fixture_path("allocators/phases/two.c");

    (void)state;
    fixture_write("build/libtwo.d", "build/libtwo.so: allocators/phases/two.c\n", 0644);
    assert_int_equal(utimensat(AT_FDCWD, source, later, 0), 0);
    struct variant_files files = variant_build("two+a=1", "two", &overrides);
    assert_null(files.object);
    char *const wanted = text_format("%s changed after two was built", source);
    assert_string_equal(files.problem, wanted);
    assert_string_equal(files.remedy, "make allocators");
    free(wanted);
    free(files.problem);
    free(files.remedy);
    free(source);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(a_plus_before_any_equals_sign_names_one),
        cmocka_unit_test(a_name_is_a_phase_and_assignments),
        cmocka_unit_test(lists_are_an_arm_for_each_value),
        cmocka_unit_test(constants_of_one_name_are_set_together),
        cmocka_unit_test(an_object_without_any_has_none),
        cmocka_unit_test(a_phase_without_constants_has_no_variants),
        cmocka_unit_test(a_source_newer_than_its_phase_is_refused),
    };

    return cmocka_run_group_tests_name("variant", tests, fixture_make, fixture_remove);
}
