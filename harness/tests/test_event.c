/* test_event.c -- what an event's name becomes, and what is opened for a user who may not see the
 * kernel.
 *
 * SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "machine/event.h"
#include "machine/event_names.h"
#include "machine/system_facts.h"
#include "sample/counters.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { NOBODY = 65534, IN_USER_MODE = 0, REFUSED = 1, WHOLE = 2 };

static void names_become_numbers(void **state)
{
    struct event const faults = event_encode("page-faults");
    struct event const unknown = event_encode("page-folts");

    (void)state;
    assert_string_equal(faults.absence, "");
    assert_int_equal(faults.attributes.type, PERF_TYPE_SOFTWARE);
    assert_int_equal(faults.attributes.config, PERF_COUNT_SW_PAGE_FAULTS);
    assert_int_equal(faults.attributes.inherit, 1);
    assert_true(event_joins_group(&faults));
    assert_string_equal(unknown.absence, "libpfm4: event not found");
    assert_false(unknown.undecided);
}

static void tracepoints_are_looked_up(void **state)
{
    struct event const call = event_encode("syscalls:sys_enter_mmap");
    struct event const none = event_encode("syscalls:sys_enter_nothing");

    (void)state;
    assert_int_equal(none.undecided, !event_tracefs_readable());
    assert_string_not_equal(none.absence, "");
    if (!event_tracefs_readable()) {
        print_message("%s\n", none.absence);
        skip();
    }
    assert_string_equal(call.absence, "");
    assert_int_equal(call.attributes.type, PERF_TYPE_TRACEPOINT);
    assert_true(call.attributes.config > 0);
    assert_true(event_is_of_kernel(&call));
}

static void tracepoints_count_calls(void **state)
{
    enum { CALLS = 5, VALUES = 3 };
    struct event const event = event_encode("syscalls:sys_enter_getppid");
    uint64_t value[VALUES] = {0}; /* the count, and two times */
    int refusal = 0;
    int const fd = event.absence[0] == '\0' ? event_open(&event, true, -1, &refusal) : -1;

    (void)state;
    if (fd < 0) {
        print_message("%s%s\n", event.absence, refusal != 0 ? strerror(refusal) : "");
        skip();
    }
    getppid();
    assert_int_equal(ioctl(fd, PERF_EVENT_IOC_ENABLE, 0), 0);
    for (int i = 0; i < CALLS; i++)
        getppid();
    assert_int_equal(ioctl(fd, PERF_EVENT_IOC_DISABLE, 0), 0);
    getppid();
    assert_int_equal(read(fd, value, sizeof value), sizeof value);
    assert_int_equal(value[0], CALLS);
    close(fd);
}

/* A fault is taken in user mode too; a switch of context never is. */
static void some_happen_in_the_kernel_alone(void **state)
{
    static char const *const of_kernel[] = {"context-switches", "cpu-migrations"};
    static char const *const of_both[] = {"page-faults", "minor-faults", "task-clock", "cycles"};

    (void)state;
    for (size_t i = 0; i < sizeof of_kernel / sizeof *of_kernel; i++) {
        struct event const event = event_encode(of_kernel[i]);
        assert_true(event_is_of_kernel(&event));
    }
    for (size_t i = 0; i < sizeof of_both / sizeof *of_both; i++) {
        struct event const event = event_encode(of_both[i]);
        assert_false(event_is_of_kernel(&event));
    }
}

/* `list events` and samples say the same of every event. */
static void both_callers_agree(void **state)
{
    static char *names[] = {"page-faults", "context-switches", "cycles", "page-folts",
                            "syscalls:sys_enter_mmap"};
    enum { NAMES = sizeof names / sizeof *names };
    struct counters *const counters = counters_encode(names, NAMES);
    struct region page = {0};

    (void)state;
    assert_non_null(counters);
    counters_open(counters, &page);
    for (size_t i = 0; i < NAMES; i++) {
        char *const listed = event_absence(names[i]);
        char const *const recorded = counters_absence(counters, &page, i);
        assert_int_equal(listed == NULL, recorded == NULL);
        if (listed != NULL)
            assert_string_equal(listed, recorded);
        free(listed);
        if (page.counter_fd[i] >= 0)
            close(page.counter_fd[i]);
    }
    counters_free(counters);
}

/* How a process without privileges may count the event. */
static int as_nobody(char const *name)
{
    struct event const event = event_encode(name);
    pid_t const child = fork();
    int status = 0;

    if (child == 0) {
        int refusal = 0;
        if (setgid(NOBODY) != 0 || setuid(NOBODY) != 0)
            _exit(3);
        int const fd = event_open(&event, true, -1, &refusal);
        _exit(fd < 0 ? REFUSED : refusal == 0 ? WHOLE : IN_USER_MODE);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static void nobody_gets_no_false_zeros(void **state)
{
    int64_t paranoid = 0;

    (void)state;
    if (geteuid() != 0 || !fact_number(FACT_PERF_PARANOID, &paranoid) || paranoid != 2) {
        print_message("needs root and perf_event_paranoid 2, here %d and %d\n", (int)geteuid(),
                      (int)paranoid);
        skip();
    }
    if (as_nobody("task-clock") == REFUSED) {
        print_message("perf_event_open is refused altogether (as in a container)\n");
        skip();
    }
    assert_int_equal(as_nobody("page-faults"), IN_USER_MODE);
    assert_int_equal(as_nobody("context-switches"), REFUSED);
    assert_int_equal(as_nobody("cpu-migrations"), REFUSED);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(names_become_numbers),
        cmocka_unit_test(tracepoints_are_looked_up),
        cmocka_unit_test(tracepoints_count_calls),
        cmocka_unit_test(some_happen_in_the_kernel_alone),
        cmocka_unit_test(both_callers_agree),
        cmocka_unit_test(nobody_gets_no_false_zeros),
    };

    return cmocka_run_group_tests_name("event", tests, NULL, NULL);
}
