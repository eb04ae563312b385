/* test_tracefs.c -- tracepoints get their numbers, and no mount is visible.
 *
 * SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/text.h"
#include "machine/tracefs.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { NOBODY = 65534 };

/* The first test of all: what a process has once opened stays readable to it. */
static void nobody_needs_a_mount_that_lets_him(void **state)
{
    int status = 0;

    (void)state;
    if (geteuid() != 0) {
        print_message("needs root, to give it up\n");
        skip();
    }
    pid_t const child = fork();
    if (child == 0) {
        if (setgid(NOBODY) != 0 || setuid(NOBODY) != 0)
            _exit(2);
        bool const mounted = access("/sys/kernel/tracing/events/.", R_OK) == 0 ||
                             access("/sys/kernel/debug/tracing/events/.", R_OK) == 0;
        _exit((tracefs_source() != NULL) == mounted ? 0 : 1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

static size_t open_descriptors(void)
{
    DIR *const folder = opendir("/proc/self/fd");
    size_t count = 0;

    assert_non_null(folder);
    while (readdir(folder) != NULL)
        count++;
    closedir(folder);
    return count;
}

static void needs_tracefs(void)
{
    if (tracefs_source() != NULL)
        return;
    print_message("tracefs is not readable\n");
    skip();
}

static void looking_leaves_no_trace_but_a_descriptor(void **state)
{
    size_t const descriptors = open_descriptors();
    size_t bytes = 0;
    char *const before = text_of_file("/proc/self/mountinfo", &bytes);
    uint64_t number = 0;

    (void)state;
    needs_tracefs();
    for (int i = 0; i < 10; i++) {
        tracefs_number("syscalls:sys_enter_mmap", &number);
        tracefs_number("syscalls:sys_enter_nothing", &number);
    }
    char *const after = text_of_file("/proc/self/mountinfo", &bytes);
    assert_string_equal(before, after);
    assert_int_equal(open_descriptors(), descriptors + 1);
    free(before);
    free(after);
}

static void tracepoints_have_numbers_of_their_own(void **state)
{
    uint64_t map = 0;
    uint64_t unmap = 0;

    (void)state;
    needs_tracefs();
    assert_true(tracefs_number("syscalls:sys_enter_mmap", &map));
    assert_true(tracefs_number("syscalls:sys_enter_munmap", &unmap));
    assert_true(map > 0 && unmap > 0 && map != unmap);
}

static void what_is_none_has_no_number(void **state)
{
    char name[512];
    uint64_t number = 0;

    (void)state;
    memset(name, 'x', sizeof name - 1);
    name[8] = ':';
    name[sizeof name - 1] = '\0';
    assert_false(tracefs_number("syscalls:sys_enter_nothing", &number));
    assert_false(tracefs_number(name, &number));
    assert_false(tracefs_number("syscalls:", &number));
    assert_false(tracefs_number("sys_enter_mmap", &number));
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(nobody_needs_a_mount_that_lets_him),
        cmocka_unit_test(looking_leaves_no_trace_but_a_descriptor),
        cmocka_unit_test(tracepoints_have_numbers_of_their_own),
        cmocka_unit_test(what_is_none_has_no_number),
    };

    return cmocka_run_group_tests_name("tracefs", tests, NULL, NULL);
}
