/* test_said.c -- stderr of samples that succeeded is kept once, however numbers differ.
 *
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "fake_workload.h"

#include "fake_sample.h"
#include "judge/said.h"

static json_t *block_of(char const *status, char const *text)
{
    return json_pack("{s:s, s:[{s:s, s:s, s:s}, {s:s, s:s}]}", "cell", "c", "samples", "arm", "a",
                     "status", status, "stderr", text, "arm", "b", "status", "ok");
}

/* Is the text kept in the record? It is taken in, as the tally does. */
static bool kept(json_t *said, char const *status, char const *text)
{
    json_t *const record = block_of(status, text);

    said_drop_known(said, record);
    bool const there =
        json_object_get(json_array_get(json_object_get(record, "samples"), 0), "stderr") != NULL;
    said_add(said, record);
    json_decref(record);
    return there;
}

static void a_text_is_kept_once_and_another_too(void **state)
{
    json_t *const said = json_object();

    (void)state;
    assert_true(kept(said, "ok", "at 0x7f01: typo in pid 17\n"));
    assert_false(kept(said, "ok", "at 0x7e99: typo in pid 18\n"));
    assert_true(kept(said, "ok", "something else\n"));
    assert_false(kept(said, "ok", "something else\n"));
    assert_true(kept(said, "crashed", "something else\n")); /* a failure keeps its own */
    assert_true(kept(said, "ok", "third\n"));
    assert_true(kept(said, "ok", "fourth\n"));
    assert_false(kept(said, "ok", "fifth: an arm may not fill the record\n"));
    assert_int_equal(json_object_size(said), 1);
    json_decref(said);
}

static void the_first_line_is_told(void **state)
{
    json_t *const said = json_pack("{s:{s:[s], s:[s]}}", "arm X=1", "c", "typo\nsecond\n", "d",
                                   "typo\nsecond\n");
    char text[256] = "";
    FILE *const stream = fmemopen(text, sizeof text, "w");

    (void)state;
    said_print(said, stream);
    fclose(stream);
    assert_string_equal(text, "arm X=1 wrote to stderr in 2 cells, though its samples succeeded:\n"
                              "  typo\n");
    json_decref(said);
}

static void a_sample_that_succeeds_keeps_its_words(void **state)
{
    struct sample_expectation const any = {.build_id = ""};
    struct sample muttering = run_fake("mutter", "operations=7");
    struct sample quiet = run_fake("", "operations=7");

    (void)state;
    sample_judge(&muttering, &any);
    sample_judge(&quiet, &any);
    assert_int_equal(muttering.status, SAMPLE_OK);
    assert_non_null(muttering.stderr_text);
    assert_memory_equal(muttering.stderr_text, "setting ", 8);
    assert_null(quiet.stderr_text);
    sample_release(&muttering);
}

static int open_sampler(void **state)
{
    (void)state;
    return open_sampler_of(NULL, 0);
}

int main(int argc, char **argv)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(a_text_is_kept_once_and_another_too),
        cmocka_unit_test(the_first_line_is_told),
        cmocka_unit_test_setup_teardown(a_sample_that_succeeds_keeps_its_words, open_sampler,
                                        close_sampler),
    };

    fake_workload_unless_test(argc, argv);
    return cmocka_run_group_tests_name("said", tests, NULL, NULL);
}
