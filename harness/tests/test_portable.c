/* test_portable.c -- no file of a run names this machine's folders.
 *
 * SPDX-License-Identifier: MIT */
#include "fixture.h"

#include "base/durable.h"
#include "base/portable.h"
#include "base/record.h"
#include "experiment/plan_file.h"
#include "run/machine.h"

#include <jansson.h>

static void expect(char const *text, char const *portable)
{
    char *const found = portable_text(text);

    assert_string_equal(found, portable);
    free(found);
}

static void folders_at_the_beginning_of_paths(void **state)
{
    (void)state;
    portable_set_folders("/home/ada/slab lab/", NULL, "/home/ada");
    expect("", "");
    expect("/home/ada/slab lab/build/liba.so", "build/liba.so");
    expect("/home/ada/slab lab", ".");
    expect("/home/ada/slab lab/", "./");
    expect("/home/ada/own.so A=/home/ada/x:/home/ada/slab lab/y", "~/own.so A=~/x:y");
    expect("/home/ada", "~");
    expect("-I/home/ada/include -O2", "-I~/include -O2");
    expect("object '////home/ada/slab lab/x.so' and //home/ada/y", "object 'x.so' and ~/y");
    expect("'/home/ada/x': no\n/home/ada/y: stripped", "'~/x': no\n~/y: stripped");
}

static void other_paths_stay(void **state)
{
    (void)state;
    portable_set_folders("/home/ada/slablab", NULL, "/home/ada");
    expect("/home/adam/x", "/home/adam/x");
    expect("/home/ada-2/x", "/home/ada-2/x");
    expect("/mnt/home/ada/x", "/mnt/home/ada/x");
    expect("a-b/home/ada/x", "a-b/home/ada/x");
    expect("file://home/ada/x a//home/ada/x", "file://home/ada/x a//home/ada/x");
    expect("/usr/lib/x86_64-linux-gnu/libc.so.6", "/usr/lib/x86_64-linux-gnu/libc.so.6");
    portable_set_folders("/", NULL, NULL);
    expect("/home/ada/x", "/home/ada/x");
    portable_set_folders(NULL, NULL, "");
    expect("/home/ada/x", "/home/ada/x");
}

/* Texts, keys and nested values; numbers as they are. */
static void all_of_a_value(void **state)
{
    static char const json[] = "{\"/p/a.so\": [\"/p/b\", 1, 0.5, null, {\"x\": \"/h/c\"}]}";
    json_t *const value = json_loads(json, 0, NULL);

    (void)state;
    portable_set_folders("/p", NULL, "/h");
    json_t *const found = portable_json(value);
    char *const text = json_dumps(found, JSON_COMPACT);
    assert_string_equal(text, "{\"a.so\":[\"b\",1,0.5,null,{\"x\":\"~/c\"}]}");
    free(text);
    json_decref(found);
    json_decref(value);
}

static bool ignore(void *context, json_t const *record)
{
    (void)context;
    (void)record;
    return true;
}

/* What a run's file holds, read back as text. */
static char *text_in(char const *name)
{
    char *const path = fixture_path(name);
    char *const text = text_of_file(path, NULL);

    assert_non_null(text);
    free(path);
    return text;
}

static void expect_nothing_of_here(char const *name)
{
    char *const text = text_in(name);

    assert_null(strstr(text, fixture_root));
    assert_null(strstr(text, "/home/ada"));
    free(text);
}

static void files_name_no_folder_of_this_machine(void **state)
{
    static char const yaml[] = "question: In /home/ada/x?\nbaseline: one\n"
                               "arms: [two LIB=/home/ada/lib]\nworkloads: [{run: knead size=1}]\n";
    char *const folder = fixture_path("results");
    char *const object = fixture_path("build/libone.so");
    json_t *const record = json_pack("{s:s, s:s}", "object", object, "stderr", "/home/ada: no");
    struct record_file file;

    (void)state;
    portable_set_folders(fixture_root, NULL, "/home/ada");
    struct plan *const plan = fixture_plan(yaml, false, 1);
    assert_non_null(plan);
    assert_non_null(strstr(plan->arms[0].object, fixture_root)); /* a process needs it whole */
    assert_true(plan_write(plan, folder));
    assert_true(machine_write(plan, folder));
    assert_true(record_open(&file, folder, "samples.jsonl", ignore, NULL));
    assert_true(record_append(&file, record));
    record_close(&file);
    expect_nothing_of_here("results/plan.json");
    expect_nothing_of_here("results/machine.json");
    expect_nothing_of_here("results/samples.jsonl");
    char *const samples = text_in("results/samples.jsonl");
    assert_non_null(strstr(samples, "{\"object\":\"build/libone.so\",\"stderr\":\"~: no\""));
    free(samples);
    json_decref(record);
    plan_free(plan);
    free(object);
    free(folder);
}

/* A run is gone on with from another checkout of the same build. */
static void the_hash_knows_no_place(void **state)
{
    static char const yaml[] = "question: q\nbaseline: one\nworkloads: [{run: knead size=1}]\n";

    (void)state;
    portable_set_folders(fixture_root, NULL, NULL);
    struct plan *const plan = fixture_plan(yaml, false, 1);
    assert_non_null(plan);
    char *const moved_root = text_format("%s-moved", fixture_root);
    portable_set_folders(moved_root, NULL, NULL);
    plan->arms[0].object = text_format("%s/build/libone.so", moved_root);
    plan->arms[0].observer = text_format("%s/build/observe/libone.so", moved_root);
    plan->arms[1].object = text_format("%s/build/libone.so", moved_root);
    plan->arms[1].observer = text_format("%s/build/observe/libone.so", moved_root);
    char *const hash = plan_hash(plan);
    assert_string_equal(hash, plan->hash);
    free(hash);
    free(moved_root);
    plan_free(plan);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(folders_at_the_beginning_of_paths),
        cmocka_unit_test(other_paths_stay),
        cmocka_unit_test(all_of_a_value),
        cmocka_unit_test(files_name_no_folder_of_this_machine),
        cmocka_unit_test(the_hash_knows_no_place),
    };

    return cmocka_run_group_tests_name("portable", tests, fixture_make, fixture_remove);
}
