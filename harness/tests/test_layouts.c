/* test_layouts.c -- one object linked many times: another order, the same functions, and cached.
 *
 * SPDX-License-Identifier: MIT */
#include "fixture.h"

#include "catalogue/build_id.h"
#include "catalogue/layout_script.h"
#include "catalogue/layouts.h"

#include <dlfcn.h>

enum { LINKS = 6, FUNCTIONS = 8 };

static char const source[] =
    "#define PUBLIC __attribute__((visibility(\"default\"), noinline))\n"
    "static _Thread_local int counted;\n"
    "static int state = 40;\n"
    "__attribute__((constructor)) static void begin(void) { state += 2; }\n"
    "PUBLIC int f0(int x) { counted++; return x; }\n"
    "PUBLIC int f1(int x) { return f0(x) + 1; }\n"
    "PUBLIC int f2(int x) { return f1(x) + 1; }\n"
    "PUBLIC int f3(int x) { return f2(x) + 1; }\n"
    "PUBLIC int f4(int x) { return f3(x) + 1; }\n"
    "PUBLIC int f5(int x) { return f4(x) + 1; }\n"
    "PUBLIC int f6(int x) { return f5(x) + 1; }\n"
    "PUBLIC int f7(int x) { return f6(x) + 1; }\n"
    "int hidden(void) { return state; }\n"
    "PUBLIC int sum(void) { return f7(0) + counted + hidden(); }\n";

static int make_phase(void **state)
{
    fixture_make(state);
    fixture_write("allocators/phases/one.c", source, 0644);
    return 0;
}

static struct words links_of(char const *object, size_t count)
{
    char *const path = fixture_path(object);
    struct words links;

    assert_true(layouts_of(path, count, &links));
    free(path);
    return links;
}

/* f0 + 7 calls, a thread's own count of 1, and what the constructor made of 40. */
static void each_link_works(void **state)
{
    struct words links = links_of("build/libone.so", LINKS);

    (void)state;
    assert_int_equal(links.count, LINKS);
    for (size_t i = 0; i < links.count; i++) {
        void *const object = dlopen(links.word[i], RTLD_NOW | RTLD_LOCAL);
        assert_non_null(object);
        int (*const sum)(void) = (int (*)(void))dlsym(object, "sum");
        assert_non_null(sum);
        assert_int_equal(sum(), 7 + 1 + 42);
        assert_null(dlsym(object, "hidden"));
        dlclose(object);
    }
    words_free(&links);
}

/* The functions by their address: "01234567" in the order of the source. */
static void order_of(char const *path, char order[FUNCTIONS + 1])
{
    void *const object = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    uintptr_t address[FUNCTIONS];

    assert_non_null(object);
    for (size_t i = 0; i < FUNCTIONS; i++) {
        char const name[] = {'f', (char)('0' + i), '\0'};
        address[i] = (uintptr_t)dlsym(object, name);
        assert_int_not_equal(address[i], 0);
        assert_int_equal(address[i] % 64, 0);
    }
    for (size_t i = 0; i < FUNCTIONS; i++) {
        size_t before = 0;
        for (size_t k = 0; k < FUNCTIONS; k++)
            before += address[k] < address[i];
        order[before] = (char)('0' + i);
    }
    order[FUNCTIONS] = '\0';
    dlclose(object);
}

static void the_first_link_is_in_the_source_s_order(void **state)
{
    struct words links = links_of("build/libone.so", LINKS);
    char first[FUNCTIONS + 1];

    (void)state;
    order_of(links.word[0], first);
    assert_string_equal(first, "01234567");
    words_free(&links);
}

static void every_other_link_is_its_own(void **state)
{
    struct words links = links_of("build/libone.so", LINKS);

    (void)state;
    for (size_t i = 1; i < links.count; i++)
        for (size_t k = 0; k < i; k++) {
            char one[FUNCTIONS + 1];
            char other[FUNCTIONS + 1];
            order_of(links.word[i], one);
            order_of(links.word[k], other);
            assert_string_not_equal(one, other);
            char *const id = catalogue_build_id(links.word[i]);
            char *const other_id = catalogue_build_id(links.word[k]);
            assert_string_not_equal(id, "");
            assert_string_not_equal(id, other_id);
            free(other_id);
            free(id);
        }
    words_free(&links);
}

static struct stat status_of(char const *path)
{
    struct stat status;

    assert_int_equal(stat(path, &status), 0);
    return status;
}

static void a_link_is_made_once(void **state)
{
    struct words links = links_of("build/libone.so", 2);
    struct stat const before = status_of(links.word[1]);
    struct words more = links_of("build/libone.so", LINKS + 1);

    (void)state;
    assert_string_equal(links.word[1], more.word[1]);
    assert_int_equal(status_of(more.word[1]).st_ino, before.st_ino);
    words_free(&more);
    words_free(&links);
}

/* With a header that it includes, its links are other ones; and back again, the first ones. */
static void a_changed_source_has_other_links(void **state)
{
    struct words links = links_of("build/libone.so", 2);
    char *const changed = text_format("%sPUBLIC int more(void) { return 1; }\n", source);

    (void)state;
    fixture_write("allocators/phases/one.c", changed, 0644);
    struct words others = links_of("build/libone.so", 2);
    fixture_write("allocators/phases/one.c", source, 0644);
    struct words again = links_of("build/libone.so", 2);
    assert_string_not_equal(links.word[0], others.word[0]);
    assert_string_equal(links.word[0], again.word[0]);
    words_free(&again);
    words_free(&others);
    words_free(&links);
    free(changed);
}

static void what_is_not_built_here_has_none(void **state)
{
    struct words links = {0};

    (void)state;
    fixture_copy("/proc/self/exe", "libown.so");
    char *const own = fixture_path("libown.so");
    assert_true(layouts_of(own, 4, &links));
    assert_int_equal(links.count, 0);
    assert_true(layouts_of(NULL, 4, &links));
    assert_int_equal(links.count, 0);
    free(own);
}

static void a_source_that_does_not_compile_is_shown(void **state)
{
    char *const object = fixture_path("build/libtwo.so");
    struct words links;

    (void)state;
    fixture_write("allocators/phases/two.c", "int two(void) { return mistake; }\n", 0644);
    fixture_hear();
    bool const made = layouts_of(object, 2, &links);
    char *const heard = fixture_heard();
    assert_false(made);
    assert_int_equal(links.count, 0);
    assert_non_null(strstr(heard, "mistake"));
    free(heard);
    free(object);
}

static void a_gone_source_is_said(void **state)
{
    char *const object = fixture_path("build/libthree.so");
    char *const file = fixture_path("allocators/phases/three.c");
    struct words links;

    (void)state;
    assert_int_equal(unlink(file), 0);
    fixture_hear();
    bool const made = layouts_of(object, 2, &links);
    char *const heard = fixture_heard();
    assert_false(made);
    assert_non_null(strstr(heard, "three.c is not there"));
    free(heard);
    free(file);
    free(object);
}

/* Each section is named once, before the pattern that would take it; gaps are whole lines. */
static void the_script_names_each_section_once(void **state)
{
    static char const usual[] = "{ *(.text.unlikely .text.*) *(.text .stub .text.*) }";
    char *names[] = {".text.a", ".text.unlikely.b", ".text.c", ".rodata", ".text.unlikely"};
    struct words const sections = {names, sizeof names / sizeof *names};
    char *const plain = layout_script(usual, &sections, 0);
    char *const drawn = layout_script(usual, &sections, 7);

    (void)state;
    assert_string_equal(plain, usual);
    char const *const cold = strstr(drawn, "*(.text.unlikely .text.*)");
    char const *const hot = strstr(drawn, "*(.text .stub .text.*)");
    assert_true(strstr(drawn, "*(.text.unlikely.b) ") < cold);
    assert_true(strstr(drawn, "*(.text.a) ") > cold && strstr(drawn, "*(.text.a) ") < hot);
    assert_true(strstr(drawn, "*(.text.c) ") > cold && strstr(drawn, "*(.text.c) ") < hot);
    assert_null(strstr(drawn, ".rodata"));
    size_t gaps = 0;
    for (char const *gap = drawn; (gap = strstr(gap, ". += ")) != NULL; gap++, gaps++)
        assert_int_equal(strtoul(gap + strlen(". += "), NULL, 10) % 64, 0);
    assert_in_range(gaps, 1, 6);
    assert_null(layout_script("{ *(.data) }", &sections, 7));
    free(drawn);
    free(plain);
}

static struct plan *plan_of(char const *arms, char const *layouts)
{
    char *const yaml = text_format("question: Is it?\n%s\nlayouts: %s\n"
                                   "workloads: [{run: knead operations=5}]\n",
                                   arms, layouts);
    struct plan *const plan = fixture_plan(yaml, false, 1);

    free(yaml);
    return plan;
}

static void a_plan_has_the_links_of_what_is_built_here(void **state)
{
    struct plan *const plan = plan_of("baseline: one\narms: [libc]", "3");

    (void)state;
    assert_non_null(plan);
    assert_int_equal(plan->layouts, 3);
    assert_non_null(strstr(plan->linker, "ld"));
    assert_int_equal(plan->arms[0].link_count, 3);
    assert_int_equal(plan->arms[1].link_count, 3);
    assert_int_equal(plan->arms[2].link_count, 0);
    assert_string_equal(plan->arms[0].object, plan->arms[0].links[0].object);
    assert_string_equal(arm_link(&plan->arms[0], 2).build_id, plan->arms[1].links[2].build_id);
    assert_null(arm_link(&plan->arms[2], 0).object);
    plan_free(plan);
}

static void expect_refusal(char const *arms, char const *layouts, char const *part)
{
    fixture_hear();
    struct plan *const plan = plan_of(arms, layouts);
    char *const heard = fixture_heard();

    assert_null(plan);
    if (strstr(heard, part) == NULL)
        fail_msg("'%s' is not in: %s", part, heard);
    free(heard);
}

static void what_cannot_be_is_refused(void **state)
{
    (void)state;
    expect_refusal("baseline: one", "1", "x.yaml:3: '1' is no number of links from 2 to 999");
    expect_refusal("baseline: one", "many", "'many' is no number of links");
    expect_refusal("baseline: libc", "2", "no arm is built here");
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(each_link_works),
        cmocka_unit_test(the_first_link_is_in_the_source_s_order),
        cmocka_unit_test(every_other_link_is_its_own),
        cmocka_unit_test(a_link_is_made_once),
        cmocka_unit_test(a_changed_source_has_other_links),
        cmocka_unit_test(what_is_not_built_here_has_none),
        cmocka_unit_test(a_source_that_does_not_compile_is_shown),
        cmocka_unit_test(a_gone_source_is_said),
        cmocka_unit_test(the_script_names_each_section_once),
        cmocka_unit_test(a_plan_has_the_links_of_what_is_built_here),
        cmocka_unit_test(what_cannot_be_is_refused),
    };

    return cmocka_run_group_tests_name("layouts", tests, make_phase, fixture_remove);
}
