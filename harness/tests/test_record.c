/* test_record.c -- samples.jsonl after kills, power cuts, full disks and hands that edited it.
 *
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/record.h"
#include "judge/tally.h"
#include "made_records.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static char directory[] = "/tmp/slablab-record-XXXXXX";
static char path[sizeof directory + 16];
static struct tally tally;
static struct record_file file;

static int make_directory(void **state)
{
    (void)state;
    if (mkdtemp(directory) == NULL)
        return -1;
    snprintf(path, sizeof path, "%s/samples.jsonl", directory);
    return 0;
}

static int remove_directory(void **state)
{
    (void)state;
    return rmdir(directory);
}

/* Every test begins with an empty tally and three recorded blocks of cell 0. */
static int three_blocks(void **state)
{
    (void)state;
    tally = tally_new(&made_plan, &run_kinds[RUN_TIMED]);
    if (!record_open(&file, directory, "samples.jsonl", tally_add, &tally))
        return -1;
    for (uint64_t block = 0; block < 3; block++) {
        json_t *const record = made_record(0, block, true, 100, 100, 200);
        if (!record_append(&file, record))
            return -1;
        json_decref(record);
    }
    record_close(&file);
    return 0;
}

static int clean_up(void **state)
{
    (void)state;
    tally_free(&tally);
    return unlink(path);
}

static long size_of_file(void)
{
    struct stat status;

    assert_int_equal(stat(path, &status), 0);
    return (long)status.st_size;
}

static void append_text(char const *text, size_t length)
{
    FILE *const stream = fopen(path, "a");

    assert_int_equal(fwrite(text, 1, length, stream), length);
    fclose(stream);
}

static void reopen_and_expect(uint64_t blocks)
{
    assert_true(record_open(&file, directory, "samples.jsonl", tally_add, &tally));
    assert_int_equal(tally.cells[0].blocks, blocks);
    record_close(&file);
}

static void read_back(void **state)
{
    (void)state;
    reopen_and_expect(3);
    assert_int_equal(tally.cells[0].lost, 0);
    assert_int_equal(tally.cells[0].duration_ns, 1500000000);
    assert_float_equal(tally_seconds(&tally), 1.5, 1e-9);
    assert_float_equal(tally_median_speed(&tally, 0, 2), 5e9, 1); /* 1000 in 200 ns */
    assert_float_equal(tally_median_faults(&tally, 0, 2), 13, 0);
}

/* Killed within a write: a line without its end. */
static void torn_line(void **state)
{
    long const whole = size_of_file();

    (void)state;
    append_text("{\"schema\":\"slablab-block/2\",\"bl", 30);
    reopen_and_expect(3);
    assert_int_equal(size_of_file(), whole);
}

/* A line without its end is torn even where it happens to be JSON. */
static void whole_but_for_its_end(void **state)
{
    long const whole = size_of_file();

    (void)state;
    append_text("{}", 2);
    reopen_and_expect(3);
    assert_int_equal(size_of_file(), whole);
}

/* After a power cut a file may have its length and not its bytes. */
static void zeros_at_the_end(void **state)
{
    long const whole = size_of_file();

    (void)state;
    append_text("\0\0\0\0\0\0\0\n", 8);
    reopen_and_expect(3);
    assert_int_equal(size_of_file(), whole);
}

static void damage_in_the_middle(void **state)
{
    (void)state;
    append_text("garbage\n{}\n", 11);
    assert_false(record_open(&file, directory, "samples.jsonl", tally_add, &tally));
}

/* A pipe and a device have no end. */
static void what_is_no_file_is_refused(void **state)
{
    char pipe[256];

    (void)state;
    snprintf(pipe, sizeof pipe, "%s/pipe.jsonl", directory);
    assert_int_equal(mkfifo(pipe, 0644), 0);
    alarm(10);
    assert_false(record_open(&file, directory, "pipe.jsonl", tally_add, &tally));
    assert_false(record_read(directory, "pipe.jsonl", tally_add, &tally));
    unlink(pipe);
    assert_int_equal(symlink("/dev/zero", pipe), 0);
    assert_false(record_open(&file, directory, "pipe.jsonl", tally_add, &tally));
    alarm(0);
    unlink(pipe);
}

static void refused(json_t *record)
{
    assert_false(tally_add(&tally, record));
    json_decref(record);
    assert_int_equal(tally.cells[0].blocks, 3);
}

static void refuses_what_does_not_belong(void **state)
{
    json_t *record = made_record(0, 3, true, 1, 1, 1);

    (void)state;
    reopen_and_expect(3);
    refused(made_record(0, 2, true, 1, 1, 1)); /* twice */
    refused(made_record(0, 4, true, 1, 1, 1)); /* 3 is missing */
    json_object_set_new(record, "plan", json_string("fedcba9876543210"));
    refused(record);
    record = made_record(0, 3, true, 1, 1, 1);
    json_object_set_new(record, "cell", json_string("three"));
    refused(record);
    record = made_record(0, 3, true, 1, 1, 1);
    json_object_set_new(record, "schema", json_string("slablab-block/1"));
    refused(record);
    record = made_record(0, 3, true, 1, 1, 1);
    json_array_remove(json_object_get(record, "samples"), 0);
    refused(record);
    record = made_record(0, 3, true, 1, 1, 1);
    json_array_set(json_object_get(record, "samples"), 0,
                   json_array_get(json_object_get(record, "samples"), 1));
    refused(record);
}

/* valid is what the statuses say; a record in which they disagree was written by hand. */
static void refuses_a_false_valid(void **state)
{
    json_t *record = made_record(0, 3, false, 1, 1, 1);

    (void)state;
    reopen_and_expect(3);
    json_object_set_new(record, "valid", json_true());
    refused(record);
    record = made_record(0, 3, true, 1, 1, 1);
    json_object_set_new(record, "valid", json_false());
    refused(record);
    record = made_record(0, 3, true, 1, 1, 1);
    json_object_del(json_array_get(json_object_get(record, "samples"), 0), "status");
    refused(record);
    assert_int_equal(tally.cells[0].lost, 0);
}

/* The disk is full at 100 bytes more: the line that did not fit leaves nothing behind. */
static void full_disk(void **state)
{
    long const whole = size_of_file();
    struct rlimit before;
    struct rlimit tight;
    json_t *const record = made_record(0, 3, true, 1, 1, 1);

    (void)state;
    assert_true(record_open(&file, directory, "samples.jsonl", tally_add, &tally));
    signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &before);
    tight = before;
    tight.rlim_cur = (rlim_t)whole + 100;
    setrlimit(RLIMIT_FSIZE, &tight);
    assert_false(record_append(&file, record));
    setrlimit(RLIMIT_FSIZE, &before);
    assert_int_equal(size_of_file(), whole);
    /* With room again it resumes. */
    assert_true(record_append(&file, record));
    assert_true(size_of_file() > whole);
    json_decref(record);
    record_close(&file);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, three_blocks, clean_up)

int main(void)
{
    struct CMUnitTest const tests[] = {
        TEST(read_back),
        TEST(torn_line),
        TEST(whole_but_for_its_end),
        TEST(zeros_at_the_end),
        TEST(damage_in_the_middle),
        TEST(what_is_no_file_is_refused),
        TEST(refuses_what_does_not_belong),
        TEST(refuses_a_false_valid),
        TEST(full_disk),
    };

    return cmocka_run_group_tests(tests, make_directory, remove_directory);
}
