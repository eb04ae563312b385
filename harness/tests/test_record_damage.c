/* test_record_damage.c -- a record that was changed, or that no process can have made, is refused
 * with its file and line.
 *
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* memrchr */
#include "fixture.h"

#include "base/record.h"
#include "base/seal.h"
#include "judge/sample_range.h"
#include "judge/tally.h"
#include "made_records.h"

enum { BLOCKS = 3 };

static struct tally tally;
static char *folder;
static char *path;
static char *whole; /* the file of three blocks */

static int three_blocks(void **state)
{
    struct record_file file;

    fixture_make(state);
    folder = fixture_path("results");
    path = fixture_path("results/samples.jsonl");
    tally = tally_new(&made_plan, &run_kinds[RUN_TIMED]);
    if (!record_open(&file, folder, "samples.jsonl", tally_add, &tally))
        return -1;
    for (uint64_t block = 0; block < BLOCKS; block++) {
        json_t *const record = made_record(0, block, true, 100, 100, 200);
        if (!record_append(&file, record))
            return -1;
        json_decref(record);
    }
    record_close(&file);
    tally_free(&tally);
    whole = text_of_file(path, NULL);
    return whole == NULL ? -1 : 0;
}

static int clean_up(void **state)
{
    free(whole);
    free(path);
    free(folder);
    return fixture_remove(state);
}

/* How many blocks are read from this text; -1 where it is refused. */
static int blocks_of(char const *bytes, size_t size)
{
    FILE *const stream = fopen(path, "r+"); /* a file that is truncated is synced by some systems */
    int blocks = -1;

    assert_non_null(stream);
    assert_int_equal(fwrite(bytes, 1, size, stream), size);
    assert_int_equal(fclose(stream), 0);
    assert_int_equal(truncate(path, (off_t)size), 0);
    tally = tally_new(&made_plan, &run_kinds[RUN_TIMED]);
    if (record_read(folder, "samples.jsonl", tally_add, &tally)) /* as record_open reads it */
        blocks = (int)tally.cells[0].blocks;
    tally_free(&tally);
    return blocks;
}

/* What is said of a text that is refused. */
static char *refused(char const *text)
{
    fixture_hear();
    int const blocks = blocks_of(text, strlen(text));
    char *const heard = fixture_heard();

    assert_int_equal(blocks, -1);
    return heard;
}

static size_t count(char const *text, char const *words)
{
    size_t found = 0;

    while ((text = strstr(text, words)) != NULL) {
        text += strlen(words);
        found++;
    }
    return found;
}

/* analysis/tests/test_seal.py has the same line. */
static void a_line_ends_in_its_crc(void **state)
{
    json_t *const record = json_pack("{s:i, s:f}", "a", 1, "b", 0.5);
    char *const line = sealed_line(record);

    (void)state;
    assert_string_equal(line, "{\"a\":1,\"b\":0.5,\"crc32\":\"62dd6203\"}\n");
    assert_int_equal(seal_of(line, strlen(line)), SEAL_WHOLE);
    line[5] = '2';
    assert_int_equal(seal_of(line, strlen(line)), SEAL_BROKEN);
    assert_int_equal(seal_of(line + 20, strlen(line) - 20), SEAL_MISSING);
    free(line);
    json_decref(record);
}

/* Any bit of any byte: the block is refused with its line, or it was the last and is measured
 * again. It is never believed. */
static void every_changed_bit_is_found(void **state)
{
    size_t const size = strlen(whole);
    size_t const last = (size_t)((char *)memrchr(whole, '\n', size - 1) - whole) + 1;

    size_t refusals = 0;

    (void)state;
    fixture_hear();
    for (size_t i = 0; i < size; i++) {
        whole[i] = (char)(whole[i] ^ (1 << i % 8));
        int const blocks = blocks_of(whole, size);
        whole[i] = (char)(whole[i] ^ (1 << i % 8));
        refusals += blocks < 0;
        assert_true(blocks < BLOCKS && (blocks < 0 || i >= last));
    }
    char *const heard = fixture_heard();
    assert_int_equal(count(heard, "/results/samples.jsonl:"), refusals);
    assert_true(refusals > size * 9 / 10);
    free(heard);
}

static void a_digit_is_found_with_its_line(void **state)
{
    char *const second = strchr(whole, '\n') + 1;
    char *const digit = strstr(second, "\"cpu_ns\":100") + strlen("\"cpu_ns\":");

    (void)state;
    *digit = '7';
    char *const heard = refused(whole);
    assert_non_null(strstr(heard, "/results/samples.jsonl:2: its crc32 is not that of its bytes"));
    free(heard);
}

/* A line is not made older by taking its seal away. */
static void a_line_without_its_crc_is_found(void **state)
{
    char *const seal = strstr(whole, ",\"crc32\"");

    (void)state;
    char *const text = text_format("%.*s}%s", (int)(seal - whole), whole, strchr(whole, '\n'));
    char *heard = refused(text);
    assert_non_null(strstr(heard, "/results/samples.jsonl:1: it does not end in its crc32"));
    free(heard);
    char *const schema = strstr(text, "slablab-block/2") + strlen("slablab-block/");
    *schema = '1';
    heard = refused(text);
    assert_non_null(strstr(heard, "a record of an unknown schema"));
    assert_non_null(strstr(heard, "/results/samples.jsonl:1: it does not belong here"));
    free(heard);
    free(text);
}

/* With a seal that is right: what no process can have done. */
static void each_number_has_a_range(void **state)
{
    static char const *const values[][2] = {
        {"cpu_ns", "-5"},        {"cpu_ns", "0"},         {"cpu_ns", "null"},
        {"cpu_ns", "1e308"},     {"cpu_ns", "true"},      {"cpu_ns", "\"12\""},
        {"cpu_ns", "[1]"},       {"operations", "0"},     {"operations", "1.5"},
        {"wall_ns", "0"},        {"minor_faults", "-1"},  {"vm_hwm_bytes", "0.5"},
        {"position", "-1"},      {"rss_bytes", "\"1\""},  {"events", "{\"x\":{\"value\":-1}}"},
        {"events", "{\"x\":{}}"}, {"events", "{\"x\":7}"}, {"process_cpu_ns", "false"},
    };
    struct arm const arm = {.id = "baseline", .object_build_id = "ab"};

    (void)state;
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        json_t *const sample = made_sample("baseline", true, 100);
        json_object_set_new(sample, values[i][0], json_loads(values[i][1], JSON_DECODE_ANY, NULL));
        char *const fault = sample_fault(sample, &arm, true, true);
        if (fault == NULL)
            fail_msg("%s may be %s", values[i][0], values[i][1]);
        free(fault);
        json_decref(sample);
    }
}

static void a_fault_is_told_in_words(void **state)
{
    struct arm const arm = {.id = "baseline", .object_build_id = "ab"};
    json_t *const sample = made_sample("baseline", true, 100);

    (void)state;
    assert_null(sample_fault(sample, &arm, true, true));
    json_object_set_new(sample, "build_id", json_string("ab"));
    json_object_set_new(sample, "pss_bytes", json_null()); /* absent is not zero */
    assert_null(sample_fault(sample, &arm, true, true));
    json_object_set_new(sample, "build_id", json_string("cd"));
    char *const other = sample_fault(sample, &arm, true, true);
    assert_string_equal(other, "build_id is cd, but 'baseline' is ab");
    json_object_set_new(sample, "build_id", json_string("ab"));
    json_object_set_new(sample, "cpu_ns", json_integer(-5));
    json_object_set_new(sample, "operations", json_integer(0));
    char *const idle = sample_fault(sample, &arm, true, false);
    assert_string_equal(idle, "cpu_ns is -5, not a whole number from 0 on");
    free(idle);
    json_object_set_new(sample, "operations", json_integer(1));
    char *const negative = sample_fault(sample, &arm, true, true);
    assert_string_equal(negative, "cpu_ns is -5, not a whole number from 1 on");
    free(negative);
    free(other);
    json_decref(sample);
}

/* Which file a sample had is told by its link's number; an arm of one link has none. */
static void a_link_is_one_of_the_arm_s(void **state)
{
    struct link links[] = {{"/a.so", "ab"}, {"/b.so", "cd"}};
    struct arm const one = {.id = "baseline", .object_build_id = "ab"};
    struct arm const arm = {
        .id = "baseline", .object_build_id = "ab", .links = links, .link_count = 2};
    static char const *const wrong[] = {"2", "-1", "0.5", "\"1\"", "null"};
    json_t *const sample = made_sample("baseline", true, 100);

    (void)state;
    json_object_set_new(sample, "build_id", json_string("cd"));
    json_object_set_new(sample, "link", json_integer(1));
    assert_null(sample_fault(sample, &arm, true, true));
    char *const none = sample_fault(sample, &one, true, true);
    assert_string_equal(none, "link is no link of 'baseline', which has 0");
    json_object_set_new(sample, "link", json_integer(0));
    char *const other = sample_fault(sample, &arm, true, true);
    assert_string_equal(other, "build_id is cd, but 'baseline' is ab");
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        json_object_set_new(sample, "link", json_loads(wrong[i], JSON_DECODE_ANY, NULL));
        char *const fault = sample_fault(sample, &arm, true, true);
        assert_string_equal(fault, "link is no link of 'baseline', which has 2");
        free(fault);
    }
    json_object_del(sample, "link");
    char *const unsaid = sample_fault(sample, &arm, true, true);
    assert_non_null(unsaid);
    free(unsaid);
    free(other);
    free(none);
    json_decref(sample);
}

static void a_block_with_such_a_number_is_refused(void **state)
{
    json_t *const record = made_record(0, 0, true, 100, 0, 200);
    char *const line = sealed_line(record);
    char *const heard = refused(line);

    (void)state;
    assert_non_null(strstr(heard, "samples.jsonl: cpu_ns is 0, not a whole number from 1 on: cell "
                                  "'one cold', block 0"));
    assert_non_null(strstr(heard, "/results/samples.jsonl:1: "));
    free(heard);
    free(line);
    json_decref(record);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, three_blocks, clean_up)

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(a_line_ends_in_its_crc),
        TEST(every_changed_bit_is_found),
        TEST(a_digit_is_found_with_its_line),
        TEST(a_line_without_its_crc_is_found),
        cmocka_unit_test(each_number_has_a_range),
        cmocka_unit_test(a_fault_is_told_in_words),
        cmocka_unit_test(a_link_is_one_of_the_arm_s),
        TEST(a_block_with_such_a_number_is_refused),
    };

    return cmocka_run_group_tests_name("record damage", tests, NULL, NULL);
}
