/* test_catalogue.c -- allocators, workloads and build-ids found in a project's folders.
 *
 * SPDX-License-Identifier: MIT */
#include "fixture.h"

#include "base/capture.h"
#include "catalogue/build_id.h"
#include "catalogue/workload_description.h"
#include "machine/event_names.h"

static void phases_are_sources_or_objects(void **state)
{
    struct words names = catalogue_phases();
    char *const joined = words_join(&names, 0, names.count);

    (void)state;
    assert_string_equal(joined, "one three two unbuilt");
    free(joined);
    words_free(&names);
}

static void a_phase_has_an_observer_and_a_build_id(void **state)
{
    struct allocator allocator;
    char *const object = fixture_path("build/libone.so");
    char *const observer = fixture_path("build/observe/libone.so");
    char *const own = catalogue_build_id("/proc/self/exe");

    (void)state;
    assert_true(catalogue_allocator("one", &allocator));
    assert_int_equal(allocator.kind, ALLOCATOR_PHASE);
    assert_string_equal(allocator.object, object);
    assert_string_equal(allocator.observer, observer);
    assert_string_equal(allocator.build_id, own);
    assert_null(allocator.problem);
    assert_true(strlen(own) >= 16);
    catalogue_allocator_free(&allocator);
    free(own);
    free(observer);
    free(object);
}

static void the_c_library_needs_no_preload(void **state)
{
    struct allocator allocator;

    (void)state;
    assert_true(catalogue_allocator("libc", &allocator));
    assert_int_equal(allocator.kind, ALLOCATOR_PEER);
    assert_null(allocator.object);
    assert_non_null(strstr(allocator.serving, "libc.so"));
    assert_string_not_equal(allocator.build_id, "");
    assert_null(allocator.problem);
    catalogue_allocator_free(&allocator);
}

static void a_peer_is_found_beside_the_c_library(void **state)
{
    char *const found = peers_find_object("libm.so.6");

    (void)state;
    assert_non_null(found);
    assert_int_equal(*found, '/');
    assert_null(peers_find_object("libgone.so.1"));
    free(found);
}

/* The last by name; its version by its own command. */
static void a_peer_may_be_a_pattern(void **state)
{
    char *const folder = fixture_path("build");
    char *const pattern = text_format("%s/lib*o.so", folder);
    char *const found = peers_find_object(pattern);
    char *command[] = {(char *)"echo", (char *)"7.5"};
    struct peer const peer = {.name = (char *)"own", .version = command, .version_count = 2};
    char *const version = peers_version(&peer);

    (void)state;
    assert_non_null(found);
    assert_true(text_ends_with(found, "/libtwo.so"));
    assert_string_equal(version, "7.5");
    free(version);
    free(found);
    free(pattern);
    free(folder);
}

static void an_unknown_name_says_what_to_try(void **state)
{
    struct allocator allocator;

    (void)state;
    assert_false(catalogue_allocator("four", &allocator));
    assert_string_equal(allocator.problem, "unknown allocator 'four'");
    assert_string_equal(allocator.remedy, "slablab list allocators");
    catalogue_allocator_free(&allocator);
    assert_false(catalogue_allocator("build/libnone.so", &allocator));
    assert_non_null(strstr(allocator.problem, "/build/libnone.so is no file"));
    catalogue_allocator_free(&allocator);
}

static void a_file_without_a_build_id_has_an_empty_one(void **state)
{
    char *const path = fixture_path("allocators/peers.yaml");
    char *const text = catalogue_build_id(path);
    char *const nothing = catalogue_build_id("/nonexistent");

    (void)state;
    assert_string_equal(text, "");
    assert_string_equal(nothing, "");
    free(nothing);
    free(text);
    free(path);
}

/* experiments/claims.yaml is none: what the analysis judges by them. */
static void experiments_are_files_but_for_the_claims(void **state)
{
    (void)state;
    fixture_write("experiments/claims.yaml", "claims: []\n", 0644);
    fixture_write("experiments/first.yaml", "question: ?\n", 0644);
    struct words names = catalogue_experiments();
    assert_int_equal(names.count, 1);
    assert_true(words_hold(&names, "first"));
    words_free(&names);
}

static void workloads_are_executables(void **state)
{
    struct words names = catalogue_workloads();

    (void)state;
    assert_int_equal(names.count, 1); /* knead.d is none */
    assert_string_equal(names.word[0], "knead");
    words_free(&names);
    assert_null(catalogue_workload_path("../libone.so"));
    assert_null(catalogue_workload_path("knead.d"));
}

static void a_workload_describes_itself(void **state)
{
    char *why = NULL;
    struct workload_description *const description = catalogue_workload_describe("knead", &why);

    (void)state;
    assert_non_null(description);
    assert_string_equal(description->models, "dough");
    assert_int_equal(description->parameter_count, 2);
    assert_string_equal(description->parameters[0].unit, "bytes");
    assert_int_equal(description->parameters[1].default_value, 4);
    catalogue_workload_free(description);
}

static void a_workload_that_does_not_is_reported(void **state)
{
    char *why = NULL;

    (void)state;
    fixture_write("build/workloads/silent", "#!/bin/sh\nexit 3\n", 0755);
    assert_null(catalogue_workload_describe("silent", &why));
    assert_non_null(strstr(why, "/build/workloads/silent: it exited with 3"));
    free(why);
    fixture_write("build/workloads/silent", "#!/bin/sh\necho '{\"name\": \"silent\"}'\n", 0755);
    assert_null(catalogue_workload_describe("silent", &why));
    assert_non_null(strstr(why, "Object item not found: models"));
    free(why);
    char *const path = fixture_path("build/workloads/silent");
    assert_int_equal(unlink(path), 0);
    free(path);
}

/* What declarations are made of. */
static char const bad_source[] =
    "#include \"workload.h\"\n"
    "uint64_t run(uint64_t n) { return n; }\n"
    "void work(struct worker *w, uint64_t n) { w->checksum = n; }\n"
    "void report(void) {}\n"
    "typedef struct parameter const given;\n"
    "typedef struct measure const seen;\n"
    "given none[] = {{.name = NULL}};\n"
    "given mute[] = {{.name = \"size\"}, {.name = NULL}};\n"
    "given wild[] = {{\"size\", 9, 1, 3, \"\", \"\"}, {.name = NULL}};\n"
    "given taken[] = {{\"operations\", 2, 1, 3, \"\", \"\"}, {.name = NULL}};\n"
    "given team[] = {{\"threads\", 2, 1, 3, \"\", \"\"}, {.name = NULL}};\n"
    "seen tall[] = {{\"height\", \"m\", \"tall\", \"\"}, {.name = NULL}};\n"
    "seen spaced[] = {{\"my height\", \"m\", \"more\", \"\"}, {.name = NULL}};\n"
    "struct workload const workload = ";

/* Each is compiled as workload `bad`, with what stands here instead of its declaration. */
static void a_declaration_that_cannot_be_used_is_said(void **state)
{
    static char const *const bad[][2] = {
        {".name = \"bad\", .models = \"\", .run = run", "its declaration has no .params: "},
        {".models = \"\", .run = run, .params = none", "its declaration has no .name"},
        {".name = \"bad\", .run = run, .params = none", "its declaration has no .models"},
        {".name = \"bad\", .models = \"\", .params = none", "its declaration has no .run"},
        {".name = \"good\", .models = \"\", .run = run, .params = none",
         "its .name is 'good', and its file's name 'bad'"},
        {".name = \"bad\", .models = \"\", .run = run, .params = mute",
         "its parameter 'size' has no .unit or no .meaning"},
        {".name = \"bad\", .models = \"\", .run = run, .params = wild",
         "its parameter 'size' is by default 9, not between 1 and 3"},
        {".name = \"bad\", .models = \"\", .run = run, .params = taken",
         "its parameter 'operations' is every workload's"},
        {".name = \"bad\", .models = \"\", .run = run, .params = team",
         "its declaration has a parameter 'threads' and no .work"},
        {".name = \"bad\", .models = \"\", .run = run, .params = none, .work = work",
         "its declaration has .work and no parameter 'threads' of 1 to 256"},
        {".name = \"bad\", .models = \"\", .run = run, .params = none, .measures = tall",
         "its declaration has one of .measures and .report without the other"},
        {".name = \"bad\", .models = \"\", .run = run, .params = none, .measures = spaced, "
         ".report = report",
         "its declaration has a measure whose .name is no word in small letters"},
        {".name = \"bad\", .models = \"\", .run = run, .params = none, .measures = tall, "
         ".report = report",
         "its declaration has a measure that is .better neither \"less\" nor \"more\""},
    };
    char *const build = fixture_build_folder();
    char *const command = text_format("gcc -fno-builtin -I%s/../workloads "
                                      "-o '%s/build/workloads/bad' '%s/bad.c' "
                                      "%s/workloads/runtime/*.o",
                                      build, fixture_root, fixture_root, build);
    char *const program = fixture_path("build/workloads/bad");

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        char *const source = text_format("%s{%s};\n", bad_source, bad[i][0]);
        char *why = NULL;
        fixture_write("bad.c", source, 0644);
        assert_int_equal(system(command), 0);
        assert_null(catalogue_workload_describe("bad", &why));
        if (strstr(why, bad[i][1]) == NULL)
            fail_msg("not '%s' but: %s", bad[i][1], why);
        free(why);
        free(source);
    }
    assert_int_equal(unlink(program), 0);
    free(program);
    free(command);
    free(build);
}

static void capture_tells_output_from_failure(void **state)
{
    char *const greeting[] = {"sh", "-c", "printf 'two\\nlines \\n\\n'", NULL};
    char *const killed[] = {"sh", "-c", "kill -9 $$", NULL};
    char *const missing[] = {"/nonexistent/program", NULL};
    char *why = NULL;

    (void)state;
    char *const text = capture_line(greeting, &why);
    assert_string_equal(text, "two\nlines");
    free(text);
    assert_null(capture(killed, &why));
    assert_string_equal(why, "sh: it was ended by signal 9");
    free(why);
    assert_null(capture(missing, &why));
    assert_string_equal(why, "/nonexistent/program: No such file or directory");
    free(why);
}

static void events_are_known_even_where_they_are_absent(void **state)
{
    static char const *const known[] = {"page-faults", "cycles", "instructions:u",
                                        "skx::INST_RETIRED"};
    static char const *const unknown[] = {"page-folts", "cycles:zz", "", "two words"};

    (void)state;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        assert_null(event_name_fault(known[i]));
    for (size_t i = 0; i < sizeof unknown / sizeof *unknown; i++) {
        char *const fault = event_name_fault(unknown[i]);
        assert_non_null(fault);
        free(fault);
    }
    assert_null(getenv("LIBPFM_ENCODE_INACTIVE"));
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(phases_are_sources_or_objects),
        cmocka_unit_test(a_phase_has_an_observer_and_a_build_id),
        cmocka_unit_test(the_c_library_needs_no_preload),
        cmocka_unit_test(a_peer_is_found_beside_the_c_library),
        cmocka_unit_test(a_peer_may_be_a_pattern),
        cmocka_unit_test(an_unknown_name_says_what_to_try),
        cmocka_unit_test(a_file_without_a_build_id_has_an_empty_one),
        cmocka_unit_test(experiments_are_files_but_for_the_claims),
        cmocka_unit_test(workloads_are_executables),
        cmocka_unit_test(a_workload_describes_itself),
        cmocka_unit_test(a_workload_that_does_not_is_reported),
        cmocka_unit_test(a_declaration_that_cannot_be_used_is_said),
        cmocka_unit_test(capture_tells_output_from_failure),
        cmocka_unit_test(events_are_known_even_where_they_are_absent),
    };

    return cmocka_run_group_tests_name("catalogue", tests, fixture_make, fixture_remove);
}
