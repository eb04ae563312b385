/* test_futex_waits.c -- waits for other threads, by call site, in traces written by hand.
 *
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "made_ledger.h"

#include <linux/futex.h>
#include <unistd.h>

enum { OTHER = MADE_PID + 1 };

/* Of a stack in the C library below the program's own functions, as all its callers are here. */
static void call(int operation, uint32_t stack)
{
    MADE_CALL(SYS_futex, stack, TABLES, (uint64_t)operation, 0, 0, 0, 0);
}

static json_t const *wait_at(size_t index)
{
    return json_array_get(json_object_get(ledger, "futex_waits"), index);
}

static json_int_t count_at(size_t index, char const *key)
{
    return json_integer_value(json_object_get(wait_at(index), key));
}

static char const *site_at(size_t index)
{
    return json_string_value(json_object_get(wait_at(index), "call_site"));
}

/* Two threads wait at the same place at the same time: 3 and 1 microseconds. The longest is first;
 * wakings are no waits. */
static void waits_are_added_up_by_call_site(void **state)
{
    (void)state;
    uint32_t const locking = MADE_STACK(IN(abort), BELOW(refill), BELOW(pop), BELOW(helper));
    begin_region();
    call(FUTEX_WAIT_PRIVATE, locking);
    made_as(MADE_PID, OTHER);
    call(FUTEX_WAIT_BITSET | FUTEX_CLOCK_REALTIME, locking);
    made_return(0);
    made_as(MADE_PID, MADE_PID);
    made_return((uint64_t)-11);
    call(FUTEX_WAKE_PRIVATE, locking);
    made_return(1);
    call(FUTEX_WAIT, MADE_STACK(IN(helper)));
    made_return(0);
    end_region();
    describe(0);
    assert_int_equal(json_array_size(json_object_get(ledger, "futex_waits")), 2);
    assert_string_equal(site_at(0), "abort < refill < pop < helper");
    assert_int_equal(count_at(0, "waits"), 2);
    assert_int_equal(count_at(0, "wait_ns"), 3000 + 1000);
    assert_string_equal(site_at(1), "helper");
    assert_int_equal(count_at(1, "wait_ns"), 1000);
}

/* Of several functions of the C library the outermost one was called; four names are shown. */
static void a_call_site_begins_where_the_c_library_was_entered(void **state)
{
    (void)state;
    call(FUTEX_WAIT, MADE_STACK(IN(getpid), BELOW(abort), BELOW(refill), BELOW(refill), BELOW(pop),
                                BELOW(helper)));
    made_return(0);
    describe(0);
    assert_string_equal(site_at(0), "abort < refill < refill < pop");
    assert_string_equal(json_string_value(json_object_get(wait_at(0), "stage")), "start_up");
}

static void without_waits_there_is_no_list(void **state)
{
    (void)state;
    call(FUTEX_WAKE, MADE_STACK(IN(helper)));
    made_return(0);
    call(FUTEX_WAIT, MADE_STACK(IN(helper))); /* it never returns: the process ends in it */
    describe(0);
    assert_null(json_object_get(ledger, "futex_waits"));
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        TEST(waits_are_added_up_by_call_site),
        TEST(a_call_site_begins_where_the_c_library_was_entered),
        TEST(without_waits_there_is_no_list),
    };

    return cmocka_run_group_tests_name("futex waits", tests, open_symbols, close_symbols);
}
