/* test_ledger.c -- sums, predictions and rows of ledgers that can be counted by hand.
 *
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "made_ledger.h"

static void superslabs_have_headers_and_payload(void **state)
{
    (void)state;
    uint32_t const popping = MADE_STACK(IN(pop), BELOW(helper));
    uint32_t const refilling = MADE_STACK(IN(refill), BELOW(pop));
    map_superslab(2 * MB);
    made_fault(SUPERSLAB, refilling);
    begin_region();
    made_fault(SUPERSLAB + 4095, popping);
    made_fault(SUPERSLAB + 4096, popping);
    made_fault(SUPERSLAB + MB - 1, popping);
    made_fault(SUPERSLAB + MB, popping);
    end_region();
    made_fault(SUPERSLAB + MB + 4096, popping)->major = true;
    facts.faults_start_up = 1;
    facts.faults_region = 4;
    describe(6);
    assert_int_equal(number("recorded"), 6);
    assert_int_equal(faults("start_up backend refill superslab_header first program"), 1);
    assert_int_equal(faults("region front pop superslab_header again program"), 1);
    assert_int_equal(faults("region front pop superslab_payload first program"), 2);
    assert_int_equal(faults("region front pop superslab_header first program"), 1);
    assert_int_equal(faults("after front pop superslab_payload first program"), 1);
    assert_int_equal(json_array_size(json_object_get(ledger, "rows")), 5);
    json_t const *const last = json_array_get(json_object_get(ledger, "rows"), 4);
    assert_int_equal(json_integer_value(json_object_get(last, "major")), 1);
    assert_null(json_object_get(ledger, "superslab_faults"));
}

static json_int_t column(char const *name, size_t at)
{
    json_t const *const superslabs = json_object_get(ledger, "superslab_faults");

    return json_integer_value(json_array_get(json_object_get(superslabs, name), at));
}

/* A second superslab of the mapping is touched first, so it is number 0; the first one, mapped
 * again at its old place, is number 2. */
static void superslab_faults_in_order(void **state)
{
    (void)state;
    uint32_t const popping = MADE_STACK(IN(pop));
    map_superslab(2 * MB);
    made_fault(SUPERSLAB + MB + 3 * PAGE, popping);
    begin_region();
    made_fault(SUPERSLAB + 7, popping);
    made_munmap(SUPERSLAB, MB);
    map_superslab(MB);
    made_fault(SUPERSLAB + 5 * PAGE, popping);
    made_fault(SP - 8, popping); /* of no superslab */
    end_region();
    facts.with_trace = true;
    describe(4);
    json_t const *const superslabs = json_object_get(ledger, "superslab_faults");
    assert_int_equal(json_integer_value(json_object_get(superslabs, "superslab_bytes")), MB);
    assert_int_equal(json_integer_value(json_object_get(superslabs, "page_bytes")), 4096);
    assert_int_equal(json_array_size(json_object_get(superslabs, "page")), 3);
    int const wanted[3][3] = {{-1000, 0, 3}, {0, 1, 0}, {6000, 2, 5}};
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(column("time_ns", i), wanted[i][0]);
        assert_int_equal(column("superslab", i), wanted[i][1]);
        assert_int_equal(column("page", i), wanted[i][2]);
    }
}

static void memory_in_one_piece_has_no_header(void **state)
{
    (void)state;
    made_mmap(TABLES, PAGE, MADE_ANONYMOUS, MADE_STACK(IN(mmap64), BELOW(span)));
    made_fault(TABLES, MADE_STACK(IN(pop)));
    facts.with_trace = true;
    describe(1);
    assert_int_equal(faults("start_up front pop span_payload first program"), 1);
    assert_null(json_object_get(ledger, "superslab_faults"));
}

static void populate(uint64_t pages)
{
    made_mmap(TABLES, pages * PAGE, MADE_ANONYMOUS | MAP_POPULATE,
              MADE_STACK(IN(mmap64), BELOW(helper)));
}

/* 10 pages by mmap, 3 by madvise (one of 4 is there), 2 by mlock, 2 by exec for 4,089 bytes and a
 * pointer. */
static void filling_calls_are_counted_by_untouched_pages(void **state)
{
    (void)state;
    uint32_t const popping = MADE_STACK(IN(pop));
    populate(10);
    made_fault(TABLES + PAGE, popping); /* write after a shared zero page, say */
    begin_region();
    map_superslab(MB);
    made_fault(SUPERSLAB + PAGE, popping);
    MADE_CALL(SYS_madvise, 0, SUPERSLAB, 4 * PAGE, MADV_POPULATE_WRITE);
    made_return(0);
    MADE_CALL(SYS_mlock, 0, SUPERSLAB + 4 * PAGE + 9, PAGE);
    made_return(0);
    MADE_CALL(SYS_mlock, 0, SUPERSLAB + 64 * PAGE, PAGE);
    made_return(MADE_FAILED);
    MADE_CALL(SYS_madvise, 0, SUPERSLAB + 64 * PAGE, PAGE, MADV_DONTNEED);
    made_return(0);
    end_region();
    facts.exec_bytes = 4089;
    facts.faults_start_up = 13;
    facts.faults_region = 6;
    describe(19);
    assert_int_equal(number("recorded"), 2);
    assert_int_equal(number("populated"), 17);
    assert_int_equal(number("unplaced"), 0);
    assert_int_equal(faults("start_up system_call exec kernel first populate"), 2);
    assert_int_equal(faults("start_up system_call mmap workload_tables first populate"), 10);
    assert_int_equal(faults("start_up front pop workload_tables again program"), 1);
    assert_int_equal(faults("region system_call madvise superslab_header first populate"), 1);
    assert_int_equal(faults("region system_call madvise superslab_payload first populate"), 2);
    assert_int_equal(faults("region system_call mlock superslab_payload first populate"), 2);
}

static void calls_that_fill_nothing(void **state)
{
    (void)state;
    MADE_CALL(SYS_mmap, 0, 0, PAGE, PROT_NONE, MADE_ANONYMOUS | MAP_POPULATE);
    made_return(TABLES);
    made_mmap(TABLES, PAGE, MADE_ANONYMOUS | MAP_POPULATE | MAP_NONBLOCK, 0);
    MADE_CALL(SYS_mmap, 0, 0, PAGE, PROT_READ, MADE_ANONYMOUS | MAP_POPULATE);
    made_return(MADE_FAILED);
    MADE_CALL(SYS_mlock2, 0, TABLES, PAGE, MLOCK_ONFAULT);
    made_return(0);
    describe(9);
    assert_int_equal(number("populated"), 0);
}

/* 600 pages were predicted, and huge ones came: 2 of the start-up's 3 faults stay unplaced, the
 * region's prediction stands. */
static void a_prediction_too_many_is_dropped(void **state)
{
    (void)state;
    populate(600);
    made_fault(TABLES + PAGE, MADE_STACK(IN(pop)));
    begin_region();
    made_mmap(TABLES, 5 * PAGE, MADE_ANONYMOUS | MAP_LOCKED,
              MADE_STACK(IN(mmap64), BELOW(helper)));
    end_region();
    facts.faults_start_up = 3;
    facts.faults_region = 5;
    describe(1000);
    assert_int_equal(number("recorded"), 1);
    assert_int_equal(number("populated"), 5);
    assert_int_equal(number("unplaced"), 994);
    assert_int_equal(faults("region system_call mmap workload_tables first populate"), 5);
    assert_int_equal(json_array_size(json_object_get(ledger, "rows")), 2);
}

static void more_may_be_seen_than_getrusage_counts(void **state)
{
    (void)state;
    made_fault(TABLES, MADE_STACK(IN(pop)));
    made_fault(TABLES, MADE_STACK(IN(pop)));
    describe(1);
    assert_int_equal(number("unplaced"), -1);
}

/* A child's faults are in the total, not in what the process counted of its own region: 3 + 1 of
 * its own and 2 + 4 of the child's make 10. */
static void a_child_has_an_account_of_its_own(void **state)
{
    (void)state;
    uint32_t const popping = MADE_STACK(IN(pop));
    populate(3);
    begin_region();
    made_as(200, 200);
    made_event(TRACE_FORK, MADE_PID);
    made_fault(TABLES, popping); /* copied on write */
    made_fault(TABLES + PAGE, popping);
    made_mmap(TABLES, 4 * PAGE, MADE_ANONYMOUS | MAP_POPULATE,
              MADE_STACK(IN(mmap64), BELOW(helper)));
    made_as(MADE_PID, MADE_PID);
    made_mmap(TABLES, PAGE, MADE_ANONYMOUS | MAP_POPULATE,
              MADE_STACK(IN(mmap64), BELOW(helper)));
    end_region();
    facts.faults_start_up = 3;
    facts.faults_region = 1;
    describe(10);
    assert_int_equal(number("unplaced"), 0);
    assert_int_equal(faults("region front pop workload_tables again program"), 2);
    assert_int_equal(faults("region system_call mmap workload_tables first populate"), 5);
    describe(9); /* one less for the child: its prediction is dropped, its parent's is not */
    assert_int_equal(number("unplaced"), 3);
    assert_int_equal(faults("region system_call mmap workload_tables first populate"), 1);
}

/* Given back to the kernel, a page is touched again; mapped anew, it is another page. */
static void first_and_again(void **state)
{
    (void)state;
    uint32_t const popping = MADE_STACK(IN(pop));
    made_mmap(TABLES, 2 * PAGE, MADE_ANONYMOUS, MADE_STACK(IN(mmap64), BELOW(helper)));
    made_fault(TABLES, popping);
    MADE_CALL(SYS_madvise, 0, TABLES, PAGE, MADV_DONTNEED);
    made_return(0);
    made_fault(TABLES, popping);
    made_munmap(TABLES, PAGE);
    made_mmap(TABLES, PAGE, MADE_ANONYMOUS, MADE_STACK(IN(mmap64), BELOW(helper)));
    made_fault(TABLES, popping);
    describe(3);
    assert_int_equal(faults("start_up front pop workload_tables first program"), 2);
    assert_int_equal(faults("start_up front pop workload_tables again program"), 1);
}

/* By stage, then by size, then by name. */
static void rows_have_one_order(void **state)
{
    static char const *const wanted[] = {
        "start_up backend refill anonymous first program",
        "start_up front pop anonymous first program",
        "region front pop anonymous first program",
        "region backend refill anonymous first program",
    };
    (void)state;
    made_fault(TABLES, MADE_STACK(IN(pop)));
    made_fault(TABLES + PAGE, MADE_STACK(IN(refill)));
    begin_region();
    made_fault(TABLES + 2 * PAGE, MADE_STACK(IN(refill)));
    made_fault(TABLES + 3 * PAGE, MADE_STACK(IN(pop)));
    made_fault(TABLES + 4 * PAGE, MADE_STACK(IN(pop)));
    end_region();
    describe(5);
    for (size_t i = 0; i < 4; i++) {
        char *const words = words_of_row(json_array_get(json_object_get(ledger, "rows"), i));
        assert_string_equal(words, wanted[i]);
        free(words);
    }
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        TEST(superslabs_have_headers_and_payload),
        TEST(superslab_faults_in_order),
        TEST(memory_in_one_piece_has_no_header),
        TEST(filling_calls_are_counted_by_untouched_pages),
        TEST(calls_that_fill_nothing),
        TEST(a_prediction_too_many_is_dropped),
        TEST(more_may_be_seen_than_getrusage_counts),
        TEST(a_child_has_an_account_of_its_own),
        TEST(first_and_again),
        TEST(rows_have_one_order),
    };

    return cmocka_run_group_tests(tests, open_symbols, close_symbols);
}
