/* test_ending.c -- processes that end without a word are put into words, with what to try.
 *
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "base/text.h"
#include "fake_sample.h"
#include "sample/ending.h"

static int open_sampler(void **state)
{
    (void)state;
    return open_sampler_of(NULL, 0);
}

static void assert_ending(char const *fake, char const *wanted)
{
    struct sample sample = run_fake(fake, "operations=1");
    char *const ending = ending_of(&sample);

    if (strstr(ending, wanted) == NULL)
        fail_msg("%s: not '%s' but: %s", fake, wanted, ending);
    free(ending);
    sample_release(&sample);
}

static void silence_is_explained(void **state)
{
    (void)state;
    assert_ending("killed", "it was killed, as a memory limit does (dmesg; memory.events");
    assert_ending("killed", "ulimit -v), or by hand; it said nothing");
    assert_ending("silent", "it exited with status 0 before its report was written: something");
    assert_ending("refused", "it exited with status 3; it said nothing");
    assert_ending("abort", "it called abort (gdb; or a debug build of the allocator); it said");
}

static void words_are_left_as_they_are(void **state)
{
    (void)state;
    assert_ending("exit", "no such size\n");
    assert_ending("crash", "tag byte overrun\n");
}

/* Every signal that ends a process. */
static void no_ending_is_empty(void **state)
{
    (void)state;
    for (int number = 1; number < 32; number++) {
        struct sample const sample = {.status = SAMPLE_CRASHED, .signal = number};
        char *const ending = ending_of(&sample);
        assert_true(strlen(ending) > strlen("; it said nothing"));
        free(ending);
    }
}

int main(int argc, char **argv)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(silence_is_explained),
        cmocka_unit_test(words_are_left_as_they_are),
        cmocka_unit_test(no_ending_is_empty),
    };

    fake_workload_unless_test(argc, argv);
    return cmocka_run_group_tests(tests, open_sampler, close_sampler);
}
