/* test_left_behind.c -- a sample's daemons, its limits, and an interrupt while it runs.
 *
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "fake_sample.h"

#include "base/interrupt.h"
#include "base/text.h"

#include <errno.h>

static int open_sampler(void **state)
{
    (void)state;
    return open_sampler_of(NULL, 0);
}

/* Two of them, in a session of their own; the sample exits before they do anything. */
static void daemons_are_killed_and_counted(void **state)
{
    int outer = 0;
    int inner = 0;
    struct sample sample = run_fake("daemon", "operations=1");

    (void)state;
    assert_int_equal(sample.exit_code, 3);
    assert_int_equal(sample.left_behind, 2);
    assert_int_equal(sscanf(sample.stderr_text, "%d %d", &outer, &inner), 2);
    assert_int_equal(kill(outer, 0), -1);
    assert_int_equal(errno, ESRCH);
    assert_int_equal(kill(inner, 0), -1);
    assert_int_equal(errno, ESRCH);
    sample_release(&sample);
}

static void a_sample_without_any_has_none(void **state)
{
    struct sample sample = run_fake("exit", "operations=1");

    (void)state;
    assert_int_equal(sample.left_behind, 0);
    sample_release(&sample);
}

/* A core file would lie wherever slablab was started. */
static void a_sample_has_limits_of_its_own(void **state)
{
    (void)state;
    signal(SIGXFSZ, SIG_IGN);
    struct sample sample = run_fake("limits", "operations=1");
    assert_string_equal(sample.stderr_text, "core 0, blocked 0, SIGXFSZ ignored 0\n");
    sample_release(&sample);
    signal(SIGXFSZ, SIG_DFL);
}

/* The last one: an interrupt is not taken back. */
static void an_interrupt_says_what_it_waits_for(void **state)
{
    int const file = memfd_create("stderr", MFD_CLOEXEC);
    int const before = dup(STDERR_FILENO);
    char text[1024] = "";

    (void)state;
    interrupt_catch();
    assert_int_equal(raise(SIGTERM), 0);
    sampler.timeout_ns = 2500000000;
    fflush(stderr);
    dup2(file, STDERR_FILENO);
    struct sample sample = run_fake("hang", "operations=7");
    fflush(stderr);
    dup2(before, STDERR_FILENO);
    close(before);
    assert_true(pread(file, text, sizeof text - 1, 0) > 0);
    close(file);
    assert_int_equal(sample.status, SAMPLE_TIMEOUT);
    assert_string_equal(text, "slablab: interrupted, and waiting for a sample to end, at most 1 s: "
                              "/proc/self/exe operations=7 warmup=0\n"
                              "  try: the same signal again, which kills it\n");
    sample_release(&sample);
}

int main(int argc, char **argv)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(daemons_are_killed_and_counted),
        cmocka_unit_test(a_sample_without_any_has_none),
        cmocka_unit_test(a_sample_has_limits_of_its_own),
        cmocka_unit_test(an_interrupt_says_what_it_waits_for),
    };

    fake_workload_unless_test(argc, argv);
    return cmocka_run_group_tests(tests, open_sampler, close_sampler);
}
