/* test_checksums.c -- one checksum for each command line, under any allocator.
 *
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <glob.h>
#include <stdbool.h>

#include "content.h"
#include "random.h"
#include "spawn.h"

static char const *const commands[] = {
    "workloads/fixed_random size=512 slots=400 operations=20000",
    "workloads/fixed_random size=1 slots=1 operations=1001",
    "workloads/random_mixed slots=400 min=1 max=4000 operations=20000",
    "workloads/sawtooth size=256 objects=500 order=0 operations=20001",
    "workloads/sawtooth size=256 objects=500 order=1 operations=20001",
    "workloads/sawtooth size=256 objects=500 order=2 operations=20001",
};

enum { COMMANDS = sizeof commands / sizeof *commands };

/* From the report for people; the program must have succeeded. */
static uint64_t checksum_of(char const *words, char const *preload)
{
    struct spawned const *const spawned = spawn(words, preload);
    char const *const line = strstr(spawned->output, "\n  checksum ");

    assert_string_equal(spawned->error, "");
    assert_int_equal(spawned->status, 0);
    assert_non_null(line);
    if (preload != NULL)
        assert_non_null(strstr(spawned->output, preload));
    return strtoull(line + sizeof "\n  checksum", NULL, 16);
}

static void same_under(char const *command, char const *preload)
{
    if (checksum_of(command, preload) != checksum_of(command, NULL))
        fail_msg("%s has another checksum under %s", command, preload);
}

/* Every workload that is built, by its defaults; one with threads also with more of them. Not
 * contract, which looks at each allocator's faults, nor planted, which allocates nothing. */
static void same_of_each_workload(char const *preload)
{
    char pattern[PATH_MAX + sizeof "/workloads/*.d"];
    glob_t found;

    snprintf(pattern, sizeof pattern, "%s/workloads/*.d", spawn_build_directory());
    assert_int_equal(glob(pattern, 0, NULL, &found), 0);
    for (size_t i = 0; i < found.gl_pathc; i++) {
        char command[PATH_MAX];
        char *const path = found.gl_pathv[i];
        path[strlen(path) - 2] = 0;
        if (strstr(path, "/contract") != NULL || strstr(path, "/planted") != NULL)
            continue;
        snprintf(command, sizeof command, "%s --describe", path);
        bool const threaded = strstr(spawn(command, NULL)->output, "\"threads\"") != NULL;
        snprintf(command, sizeof command, "%s operations=3000", path);
        same_under(command, preload);
        snprintf(command, sizeof command, "%s threads=5 operations=3000", path);
        if (threaded)
            same_under(command, preload);
    }
    globfree(&found);
}

static void same_as_the_c_library(char const *preload)
{
    for (size_t i = 0; i < COMMANDS; i++)
        same_under(commands[i], preload);
    same_of_each_workload(preload);
}

static void peer(char const *path)
{
    if (access(path, R_OK) != 0) {
        print_message("%s is not installed\n", path);
        skip();
    }
    same_as_the_c_library(path);
}

static void jemalloc(void **unused)
{
    (void)unused;
    peer("/usr/lib/x86_64-linux-gnu/libjemalloc.so.2");
}

static void mimalloc(void **unused)
{
    (void)unused;
    peer("/usr/lib/x86_64-linux-gnu/libmimalloc.so.2");
}

static void tcmalloc(void **unused)
{
    (void)unused;
    peer("/usr/lib/x86_64-linux-gnu/libtcmalloc_minimal.so.4");
}

static void every_phase_that_is_built(void **unused)
{
    char pattern[PATH_MAX + sizeof "/observe/lib*.so"];
    glob_t found;

    (void)unused;
    snprintf(pattern, sizeof pattern, "%s/lib*.so", spawn_build_directory());
    if (glob(pattern, 0, NULL, &found) != 0) {
        print_message("no phase is built\n");
        skip();
    }
    for (size_t i = 0; i < found.gl_pathc; i++)
        same_as_the_c_library(found.gl_pathv[i]);
    globfree(&found);
}

/* The published loop, written down once more and without an allocator. */
static void random_mixed_is_the_published_loop(void **unused)
{
    unsigned char content[256];
    unsigned char full[256] = {0};
    uint32_t random = 42;
    uint64_t checksum = CHECKSUM_START;

    (void)unused;
    for (unsigned i = 0; i < 20000; i++) {
        uint32_t const r = random_draw(&random);
        unsigned const slot = r % 256;
        if (full[slot]) {
            checksum = checksum_add(checksum, content[slot]);
            full[slot] = 0;
        } else {
            checksum = checksum_add(checksum, 16 + (r & 0x3FF));
            content[slot] = (unsigned char)r;
            full[slot] = 1;
        }
    }
    assert_true(checksum_of("workloads/random_mixed operations=20000", NULL) == checksum);
}

/* One slot of one byte: +, -, +, ... The size is 1; tag 0 of slot 0 reads as 0. */
static void fixed_random_with_one_slot_alternates(void **unused)
{
    uint64_t checksum = CHECKSUM_START;

    (void)unused;
    for (unsigned i = 0; i < 1001; i++)
        checksum = checksum_add(checksum, i % 2 == 0 ? 1 : 0);
    assert_true(checksum_of("workloads/fixed_random size=1 slots=1 operations=1001", NULL) ==
                checksum);
}

static void a_warm_region_goes_on_where_the_warm_up_ended(void **unused)
{
    static char const *const names[] = {"fixed_random", "random_mixed", "sawtooth"};

    (void)unused;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char whole[128];
        char parts[128];
        snprintf(whole, sizeof whole, "workloads/%s operations=10000", names[i]);
        snprintf(parts, sizeof parts, "workloads/%s warmup=3333 operations=6667", names[i]);
        assert_true(checksum_of(whole, NULL) == checksum_of(parts, NULL));
    }
}

static void what_is_asked_for_shows_in_the_checksum(void **unused)
{
    uint64_t const before = checksum_of("workloads/sawtooth operations=1000", NULL);

    (void)unused;
    assert_true(checksum_of("workloads/sawtooth operations=1000", NULL) == before);
    assert_true(checksum_of("workloads/sawtooth operations=999", NULL) != before);
    assert_true(checksum_of("workloads/sawtooth operations=1000 size=511", NULL) != before);
    assert_true(checksum_of("workloads/random_mixed seed=1", NULL) !=
                checksum_of("workloads/random_mixed seed=2", NULL));
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(jemalloc),
        cmocka_unit_test(mimalloc),
        cmocka_unit_test(tcmalloc),
        cmocka_unit_test(every_phase_that_is_built),
        cmocka_unit_test(random_mixed_is_the_published_loop),
        cmocka_unit_test(fixed_random_with_one_slot_alternates),
        cmocka_unit_test(a_warm_region_goes_on_where_the_warm_up_ended),
        cmocka_unit_test(what_is_asked_for_shows_in_the_checksum),
    };

    return cmocka_run_group_tests_name("workload checksums", tests, NULL, NULL);
}
