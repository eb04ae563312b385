/* test_attestation.c -- what is not as planned is found before the first block, and in every block.
 *
 * The workload is this executable itself, found under a root made for the test; arms go wrong by
 * FAKE=<word>.
 *
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/text.h"
#include "catalogue/project.h"
#include "fake_workload.h"
#include "base/reason.h"
#include "run/attestation.h"
#include "run/block.h"
#include "run/calibrate.h"
#include "run/schedule.h"

#include <limits.h>
#include <sys/stat.h>

enum { ARMS = 3 };

static char root[] = "/tmp/slablab-attest-XXXXXX";
static char *assignment[] = {"FAKE_TIERS=1", NULL};
static struct arm arms[ARMS] = {
    {.id = "baseline", .object_build_id = "", .role = ROLE_BASELINE},
    {.id = "control", .object_build_id = "", .role = ROLE_CONTROL},
    {.id = "phase", .object_build_id = "", .role = ROLE_ARM, .environment = assignment},
};
static struct serves serves = {.arm = 2, .tier = "tiny", .share = 0.9};
static struct serves misspelt = {
    .arm = 2, .tier = "tyni", .relation = SERVES_AT_MOST, .share = 0.05};
static struct cell cell = {.id = "fake cold", .workload = "fake"};
static char *events[] = {"page-faults", "slablab-has-no-such-event"};
static struct plan plan = {
    .experiment = "made",
    .hash = "0123456789abcdef",
    .seed = 5,
    .events = events,
    .event_count = 2,
    .arms = arms,
    .arm_count = ARMS,
    .cells = &cell,
    .cell_count = 1,
};
static struct rig rig;
static json_t *reasons;
static json_t *file;

static int make_root(void **state)
{
    char path[PATH_MAX];
    char executable[PATH_MAX];

    (void)state;
    if (mkdtemp(root) == NULL || realpath("/proc/self/exe", executable) == NULL)
        return -1;
    snprintf(path, sizeof path, "%s/build", root);
    mkdir(path, 0755);
    snprintf(path, sizeof path, "%s/build/workloads", root);
    mkdir(path, 0755);
    snprintf(path, sizeof path, "%s/build/workloads/fake", root);
    project_set(root, root);
    return symlink(executable, path);
}

static int remove_root(void **state)
{
    char path[PATH_MAX];

    (void)state;
    snprintf(path, sizeof path, "%s/build/workloads/fake", root);
    unlink(path);
    snprintf(path, sizeof path, "%s/build/workloads", root);
    rmdir(path);
    snprintf(path, sizeof path, "%s/build", root);
    rmdir(path);
    return rmdir(root);
}

static int set_up(void **state)
{
    (void)state;
    cell.operations = 7;
    cell.serves_count = 0;
    arms[2].environment_count = 0;
    file = NULL;
    reasons = json_array();
    return rig_open(&rig, &plan, &run_kinds[RUN_TIMED]) ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    json_decref(file);
    json_decref(reasons);
    rig_close(&rig);
    return 0;
}

static void let_phase_be(char *variable)
{
    assignment[0] = variable;
    arms[2].environment_count = 1;
}

static char const *reason(size_t index)
{
    static char *line;

    free(line);
    line = reason_line(json_array_get(reasons, index));
    return line;
}

static void all_as_planned(void **state)
{
    (void)state;
    assert_int_equal(attest(&rig, reasons, &file), STEP_DONE);
    assert_int_equal(json_array_size(reasons), 0);
    assert_true(rig.terms[0].attested);
    assert_int_equal(rig.terms[0].checksum, FAKE_CHECKSUM);
    assert_int_equal(rig.terms[0].operations_done, 7);
}

static void another_checksum(void **state)
{
    (void)state;
    let_phase_be("FAKE=checksum");
    assert_int_equal(attest(&rig, reasons, &file), STEP_VOID);
    assert_int_equal(json_array_size(reasons), 1);
    assert_string_equal(reason(0),
                        "fake cold: phase: checksum 0000000000000001 after 7 operations; "
                        "the baseline gives 0000000000abcdef after 7");
}

static void another_allocator(void **state)
{
    (void)state;
    let_phase_be("FAKE=allocator");
    assert_int_equal(attest(&rig, reasons, &file), STEP_VOID);
    assert_string_equal(reason(0), "fake cold: phase: malloc was served by /bin/sh (build-id ), "
                                   "not by the C library");
}

static void a_crash(void **state)
{
    (void)state;
    let_phase_be("FAKE=crash");
    assert_int_equal(attest(&rig, reasons, &file), STEP_VOID);
    assert_string_equal(reason(0),
                        "fake cold: phase: crashed (exit code 0, signal 11): tag byte overrun\n");
}

/* In the first of the phase's two processes: the second one is attested, and both are told of. */
static void a_crash_that_another_process_does_not_repeat(void **state)
{
    char *const turns = text_format("%s/turns", root);
    char *const setting = text_format("FAKE_TURNS=%s", turns);
    char *settings[] = {"FAKE=crash", "FAKE_EVERY=2", setting};
    FILE *const taken = fopen(turns, "w");

    (void)state;
    fputc('.', taken);
    fclose(taken);
    arms[2].environment = settings;
    arms[2].environment_count = 3;
    assert_int_equal(attest(&rig, reasons, &file), STEP_DONE);
    arms[2].environment = assignment;
    json_t const *const described = json_array_get(
        json_object_get(json_array_get(json_object_get(file, "cells"), 0), "arms"), 2);
    json_t const *const failed = json_object_get(described, "failed");
    assert_string_equal(json_string_value(json_object_get(described, "status")), "ok");
    assert_int_equal(json_array_size(failed), 1);
    json_t const *const first = json_array_get(failed, 0);
    assert_string_equal(json_string_value(json_object_get(first, "status")), "crashed");
    assert_int_equal(json_integer_value(json_object_get(first, "signal")), SIGSEGV);
    assert_string_equal(json_string_value(json_object_get(first, "stderr")), "tag byte overrun\n");
    unlink(turns);
    free(setting);
    free(turns);
}

static void each_link_is_attested(void **state)
{
    static struct link links[] = {{NULL, ""}, {NULL, ""}, {"/no/such.so", ""}};

    (void)state;
    arms[2].links = links;
    arms[2].link_count = 3;
    assert_int_equal(attest(&rig, reasons, &file), STEP_VOID);
    arms[2].link_count = 0;
    assert_int_equal(json_array_size(json_object_get(file, "links")), 3);
    assert_int_equal(json_array_size(reasons), 1);
    assert_non_null(strstr(reason(0), "not by /no/such.so"));
}

/* The fake counts 900 allocations in tiny and 100 in libc; frees are no share of anything. */
static void shares(void **state)
{
    (void)state;
    let_phase_be("FAKE_TIERS=1");
    cell.serves = &serves;
    cell.serves_count = 1;
    serves.relation = SERVES_AT_LEAST;
    serves.share = 0.9;
    assert_int_equal(attest(&rig, reasons, &file), STEP_DONE);
    json_t const *const arm = json_array_get(
        json_object_get(json_array_get(json_object_get(file, "cells"), 0), "arms"), 2);
    assert_int_equal(json_object_size(json_object_get(arm, "shares")), 2);
    assert_float_equal(json_real_value(json_object_get(json_object_get(arm, "shares"), "libc")),
                       0.1, 1e-12);
}

static void too_small_a_share(void **state)
{
    (void)state;
    let_phase_be("FAKE_TIERS=1");
    cell.serves = &serves;
    cell.serves_count = 1;
    serves.share = 0.91;
    serves.relation = SERVES_AT_LEAST;
    assert_int_equal(attest(&rig, reasons, &file), STEP_VOID);
    assert_string_equal(reason(0),
                        "fake cold: phase: tier tiny is to serve >= 91 %, and served 90 %");
    serves.relation = SERVES_AT_MOST;
    json_decref(file);
    assert_int_equal(attest(&rig, reasons, &file), STEP_DONE);
}

static void a_share_without_counts(void **state)
{
    (void)state;
    cell.serves = &serves;
    cell.serves_count = 1;
    assert_int_equal(attest(&rig, reasons, &file), STEP_VOID);
    assert_non_null(strstr(reason(0), "nothing was counted"));
}

/* A misspelt tier has a share of 0, which is at most anything: it must not pass for that. */
static void a_tier_without_a_count(void **state)
{
    (void)state;
    let_phase_be("FAKE_TIERS=1");
    cell.serves = &misspelt;
    cell.serves_count = 1;
    assert_int_equal(attest(&rig, reasons, &file), STEP_VOID);
    assert_string_equal(reason(0), "fake cold: phase: tier tyni is to serve <= 5 %, and it has "
                                   "no count; counted are tiny, libc");
}

/* The fake's operation takes 100 ns: 35 ms are 350,000. */
static void calibrates_what_the_plan_leaves_open(void **state)
{
    (void)state;
    cell.operations = 0;
    assert_int_equal(calibrate(&rig, reasons), STEP_DONE);
    assert_int_equal(rig.terms[0].operations, 350000);
    assert_int_equal(rig.terms[0].warmup_operations, 0);
}

static void calibration_on_a_broken_baseline(void **state)
{
    (void)state;
    cell.operations = 0;
    assignment[0] = "FAKE=exit";
    arms[0].environment = assignment;
    arms[0].environment_count = 1;
    assert_int_equal(calibrate(&rig, reasons), STEP_VOID);
    arms[0].environment_count = 0;
    assert_string_equal(reason(0), "fake cold: baseline: while calibrating: failed: no such "
                                   "size\n");
}

static void a_valid_block(void **state)
{
    struct block block;
    size_t order[ARMS];

    (void)state;
    assert_int_equal(attest(&rig, reasons, &file), STEP_DONE);
    block_allocate(&block, &rig);
    assert_int_equal(block_run(&block, &rig, 0, 4), BLOCK_DONE);
    assert_true(block.valid);
    assert_int_equal(block.pad_bytes, schedule_block(plan.seed, 0, 4, order, ARMS));
    json_t *const record = block_describe(&block, &rig, "here");
    json_t *const samples = json_object_get(record, "samples");
    for (size_t i = 0; i < ARMS; i++) {
        json_t *const sample = json_array_get(samples, i);
        assert_string_equal(json_string_value(json_object_get(sample, "arm")), arms[order[i]].id);
        assert_int_equal(json_integer_value(json_object_get(sample, "position")), i);
        assert_int_equal(json_integer_value(json_object_get(sample, "cpu_ns")), 700);
        json_t *const counted = json_object_get(sample, "events");
        json_t *const faults = json_object_get(counted, events[0]); /* absent in some containers */
        assert_true((json_object_get(faults, "value") == NULL) !=
                    (json_object_get(faults, "absent") == NULL));
        assert_non_null(json_object_get(json_object_get(counted, events[1]), "absent"));
    }
    json_decref(record);
    block_free(&block);
}

/* Enabled for 100 ns and counting in 0, 40 and 100 of them. */
static void a_counter_that_never_ran_is_absent(void **state)
{
    static uint64_t const running_ns[ARMS] = {0, 40, 100};
    struct block block;

    (void)state;
    block_allocate(&block, &rig);
    for (size_t i = 0; i < ARMS; i++) {
        struct region *const region = &block.samples[i].region;
        block.order[i] = i;
        region->counter_count = 2;
        region->counter[0] = (struct region_counter){8, 100, running_ns[i]};
    }
    json_t *const record = block_describe(&block, &rig, "here");
    for (size_t i = 0; i < ARMS; i++) {
        json_t *const sample = json_array_get(json_object_get(record, "samples"), i);
        json_t *const event = json_object_get(json_object_get(sample, "events"), events[0]);
        char const *const absent = json_string_value(json_object_get(event, "absent"));
        if (running_ns[i] == 0) {
            assert_string_equal(absent, "the processor had no counter free for it");
            assert_int_equal(json_object_size(event), 1);
            continue;
        }
        assert_null(absent);
        assert_int_equal(json_integer_value(json_object_get(event, "value")), 8); /* not scaled */
        assert_int_equal(json_integer_value(json_object_get(event, "running_ns")), running_ns[i]);
    }
    json_decref(record);
    block_free(&block);
}

/* One arm crashes, the others continue; its stderr is kept, and the block does not count. */
static void an_invalid_block(void **state)
{
    struct block block;
    size_t crashed = 0;

    (void)state;
    assert_int_equal(attest(&rig, reasons, &file), STEP_DONE);
    let_phase_be("FAKE=crash");
    served_files_close(&rig.served); /* it knows the arms as they were */
    block_allocate(&block, &rig);
    assert_int_equal(block_run(&block, &rig, 0, 0), BLOCK_DONE);
    assert_false(block.valid);
    json_t *const record = block_describe(&block, &rig, "here");
    assert_true(json_is_false(json_object_get(record, "valid")));
    for (size_t i = 0; i < ARMS; i++) {
        json_t *const sample = json_array_get(json_object_get(record, "samples"), i);
        char const *const status = json_string_value(json_object_get(sample, "status"));
        if (block.order[i] != 2) {
            assert_string_equal(status, "ok");
            continue;
        }
        crashed++;
        assert_string_equal(status, "crashed");
        assert_int_equal(json_integer_value(json_object_get(sample, "signal")), SIGSEGV);
        assert_string_equal(json_string_value(json_object_get(sample, "stderr")),
                            "tag byte overrun\n");
        assert_null(json_object_get(sample, "cpu_ns"));
    }
    assert_int_equal(crashed, 1);
    json_decref(record);
    block_free(&block);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(int argc, char **argv)
{
    struct CMUnitTest const tests[] = {
        TEST(all_as_planned),
        TEST(another_checksum),
        TEST(another_allocator),
        TEST(a_crash),
        TEST(a_crash_that_another_process_does_not_repeat),
        TEST(each_link_is_attested),
        TEST(shares),
        TEST(too_small_a_share),
        TEST(a_share_without_counts),
        TEST(a_tier_without_a_count),
        TEST(calibrates_what_the_plan_leaves_open),
        TEST(calibration_on_a_broken_baseline),
        TEST(a_valid_block),
        TEST(a_counter_that_never_ran_is_absent),
        TEST(an_invalid_block),
    };

    fake_workload_unless_test(argc, argv);
    return cmocka_run_group_tests(tests, make_root, remove_root);
}
