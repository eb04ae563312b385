/* test_sample.c -- whatever becomes of a sample's process is told apart, with what it said.
 *
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "fake_sample.h"

static char *events[] = {"page-faults", "task-clock", "minor-faults", "slablab-has-no-such-event"};

static struct sample_expectation const expectation = {
    .build_id = "", .attested = true, .operations = 7, .checksum = FAKE_CHECKSUM};

static int open_sampler(void **state)
{
    (void)state;
    return open_sampler_of(events, sizeof events / sizeof *events);
}

static struct sample judged_fake(char const *fake)
{
    struct sample sample = run_fake(fake, "operations=7");

    sample_judge(&sample, &expectation);
    return sample;
}

static void good(void **state)
{
    uint64_t const before_ns = clock_ns(CLOCK_MONOTONIC);
    struct sample const sample = judged_fake("");

    (void)state;
    assert_int_equal(sample.status, SAMPLE_OK);
    assert_int_equal(sample.region.operations, 7);
    assert_int_equal(sample.region.checksum, FAKE_CHECKSUM);
    assert_null(sample.stderr_text);
    assert_true(sample.process_wall_ns > 0);
    assert_true(before_ns < sample.region.began_monotonic_ns);
    assert_true(sample.region.began_monotonic_ns < clock_ns(CLOCK_MONOTONIC));
    assert_true(sample.process_minor_faults > 0);
}

static void bad_exit(void **state)
{
    struct sample sample = judged_fake("exit");

    (void)state;
    assert_int_equal(sample.status, SAMPLE_FAILED);
    assert_int_equal(sample.exit_code, 1);
    assert_string_equal(sample.stderr_text, "no such size\n");
    sample_release(&sample);
}

static void crash(void **state)
{
    struct sample sample = judged_fake("crash");

    (void)state;
    assert_int_equal(sample.status, SAMPLE_CRASHED);
    assert_int_equal(sample.signal, SIGSEGV);
    assert_string_equal(sample.stderr_text, "tag byte overrun\n");
    sample_release(&sample);
}

/* On a busy machine it may not have come to its word, so it is given twice as long and so on. */
static void timeout(void **state)
{
    uint64_t const timeout_ns = sampler.timeout_ns;
    struct sample sample = {0};

    (void)state;
    sampler.timeout_ns = 200000000;
    for (; sample.stderr_text == NULL && sampler.timeout_ns < timeout_ns; sampler.timeout_ns *= 2) {
        sample = judged_fake("hang");
        assert_int_equal(sample.status, SAMPLE_TIMEOUT);
    }
    sampler.timeout_ns = timeout_ns;
    assert_non_null(sample.stderr_text);
    assert_string_equal(sample.stderr_text, "waiting\n");
    sample_release(&sample);
}

static void reports_that_are_wrong(void **state)
{
    static struct {
        char const *fake;
        enum sample_status status;
    } const wrong[] = {{"checksum", SAMPLE_CHECKSUM},
                       {"allocator", SAMPLE_ALLOCATOR},
                       {"silent", SAMPLE_PROTOCOL}};

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct sample sample = judged_fake(wrong[i].fake);
        assert_int_equal(sample.status, wrong[i].status);
        sample_release(&sample);
    }
}

/* 10,000 lines of 15 bytes are 150,000; what is kept is at most 16,384, without the byte that is
 * not UTF-8. */
static void too_much_stderr(void **state)
{
    struct sample sample = judged_fake("shout");

    (void)state;
    assert_int_equal(sample.status, SAMPLE_FAILED);
    assert_in_range(strlen(sample.stderr_text), 8000, 16384);
    assert_memory_equal(sample.stderr_text, "? far too much\n? far", 20);
    sample_release(&sample);
    /* The next sample's starts empty. */
    sample = judged_fake("exit");
    assert_string_equal(sample.stderr_text, "no such size\n");
    sample_release(&sample);
}

static void not_executable(void **state)
{
    char *const arguments[] = {"/nonexistent/workload", NULL};
    char *const environment[] = {region_variable, NULL};
    struct sample sample;

    (void)state;
    assert_true(sample_run(&sampler, arguments, environment, &sample));
    assert_int_equal(sample.status, SAMPLE_FAILED);
    assert_int_equal(sample.exit_code, 127);
    assert_string_equal(sample.stderr_text,
                        "cannot execute /nonexistent/workload: No such file or directory\n");
    sample_release(&sample);
}

/* Three software events in one group: only its leader is switched off. The unknown one is absent.
 */
static void counters(void **state)
{
    struct sample const sample = judged_fake("");
    struct region const *const region = &sample.region;

    (void)state;
    assert_int_equal(region->counter_count, 4);
    assert_int_equal(region->counter_fd[3], -1);
    assert_non_null(counters_absence(sampler.counters, region, 3));
    for (size_t i = 0; i < 3; i++) {
        char const *const absence = counters_absence(sampler.counters, region, i);
        assert_int_equal(absence == NULL, region->counter_fd[i] >= 0);
        if (absence != NULL) {
            print_message("%s: %s (as in a container)\n", events[i], absence);
            skip();
        }
    }
}

static void too_many_events(void **state)
{
    static char *many[REGION_COUNTERS_MAX + 1];

    (void)state;
    for (size_t i = 0; i <= REGION_COUNTERS_MAX; i++)
        many[i] = "page-faults";
    assert_null(counters_encode(many, REGION_COUNTERS_MAX + 1));
    struct counters *const counted = counters_encode(many, REGION_COUNTERS_MAX);
    assert_non_null(counted);
    counters_free(counted);
}

/* Who serves malloc: by build-id where both have one, the C library too; elsewhere by path, and by
 * name for the C library. */
/* Whatever a library left open in the harness: the sample sees none of it. */
static void no_descriptor_leaks(void **state)
{
    int const leak = memfd_create("leak", 0);

    (void)state;
    assert_true(leak >= 0);
    struct sample sample = judged_fake("descriptors");
    assert_int_equal(sample.status, SAMPLE_OK);
    sample_release(&sample);
    close(leak);
}

/* As many as its cell has use for, and no more than there are. */
static void samples_get_as_many_cpus_as_they_are_to_have(void **state)
{
    struct cpus const kept = sampler.cpus;

    (void)state;
    sampler.cpus = cpus_choose(2);
    for (size_t wanted = 1; wanted <= 3; wanted++) {
        sampler.cpu_count = wanted;
        struct sample sample = run_fake("cpus", "operations=1");
        size_t const got = wanted < sampler.cpus.count ? wanted : sampler.cpus.count;
        assert_int_equal(strtoul(sample.stderr_text, NULL, 10), got);
        assert_int_equal(sample.cpu_count, got);
        sample_release(&sample);
    }
    sampler.cpus = kept;
    sampler.cpu_count = 1;
}

static void judged_by_object(void **state)
{
    struct sample sample = {
        .region = {.object = "/bin/sh", .build_id = "aa", .cpu_ns = 9, .operations = 1}};
    struct sample_expectation expected = {.object = "/other", .build_id = "aa"};

    (void)state;
    sample_judge(&sample, &expected);
    assert_int_equal(sample.status, SAMPLE_OK);
    expected = (struct sample_expectation){.object = "/bin/sh", .build_id = "bb"};
    sample_judge(&sample, &expected);
    assert_int_equal(sample.status, SAMPLE_ALLOCATOR);
    sample.status = SAMPLE_OK;
    expected.build_id = "";
    sample_judge(&sample, &expected);
    assert_int_equal(sample.status, SAMPLE_OK);
    expected.object = "/bin/ls";
    sample_judge(&sample, &expected);
    assert_int_equal(sample.status, SAMPLE_ALLOCATOR);
    sample.status = SAMPLE_OK;
    expected.object = NULL;
    sample_judge(&sample, &expected);
    assert_int_equal(sample.status, SAMPLE_ALLOCATOR);
}

/* A clock that stood still through the region: no speed can be told. */
static void no_time_is_no_sample(void **state)
{
    struct sample sample = {.region = {.object = "/bin/sh", .build_id = "aa", .operations = 1}};
    struct sample_expectation expected = {.object = "/bin/sh", .build_id = "aa"};

    (void)state;
    sample_judge(&sample, &expected);
    assert_int_equal(sample.status, SAMPLE_OK);
    expected.timed = true;
    sample_judge(&sample, &expected);
    assert_int_equal(sample.status, SAMPLE_PROTOCOL);
}

/* Another file of that name is not the C library of the plan, and a copy under another name is. */
static void the_c_library_by_its_build_id(void **state)
{
    struct sample sample = {.region = {
                                .object = "/elsewhere/libc.so.6",
                                .build_id = "aa",
                                .cpu_ns = 9,
                                .operations = 1,
                            }};
    struct sample_expectation expected = {.object = NULL, .build_id = "bb"};

    (void)state;
    sample_judge(&sample, &expected);
    assert_int_equal(sample.status, SAMPLE_ALLOCATOR);
    sample.status = SAMPLE_OK;
    expected.build_id = "";
    sample_judge(&sample, &expected);
    assert_int_equal(sample.status, SAMPLE_OK);
    strcpy(sample.region.object, "/elsewhere/libc-copy.so");
    expected.build_id = "aa";
    sample_judge(&sample, &expected);
    assert_int_equal(sample.status, SAMPLE_OK);
}

int main(int argc, char **argv)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(good),
        cmocka_unit_test(bad_exit),
        cmocka_unit_test(crash),
        cmocka_unit_test(timeout),
        cmocka_unit_test(reports_that_are_wrong),
        cmocka_unit_test(too_much_stderr),
        cmocka_unit_test(not_executable),
        cmocka_unit_test(counters),
        cmocka_unit_test(too_many_events),
        cmocka_unit_test(no_descriptor_leaks),
        cmocka_unit_test(samples_get_as_many_cpus_as_they_are_to_have),
        cmocka_unit_test(judged_by_object),
        cmocka_unit_test(no_time_is_no_sample),
        cmocka_unit_test(the_c_library_by_its_build_id),
    };

    fake_workload_unless_test(argc, argv);
    return cmocka_run_group_tests(tests, open_sampler, close_sampler);
}
