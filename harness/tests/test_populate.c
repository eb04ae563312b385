/* test_populate.c -- calls that fill memory, each with a number of faults that can be counted.
 *
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "made_ledger.h"

#include <linux/mman.h>

#define HUGE_PAGE (UINT64_C(512) * PAGE)

static uint32_t mapping;  /* the stack of an mmap by the workload */
static uint32_t touching; /* of a fault */

static int begin_populate(void **state)
{
    int const status = begin(state);

    mapping = MADE_STACK(IN(mmap64), BELOW(helper));
    touching = MADE_STACK(IN(pop));
    return status;
}

static void call(uint64_t number, uint64_t first, uint64_t second, uint64_t third)
{
    MADE_CALL(number, mapping, first, second, third);
    made_return(0);
}

static void map(uint64_t pages, uint64_t protection, uint64_t flags)
{
    MADE_CALL(SYS_mmap, mapping, 0, pages * PAGE, protection, flags, (uint64_t)-1, 0);
    made_return(TABLES);
}

static void map_file(uint64_t at, uint64_t pages, uint64_t protection, uint64_t flags,
                     char const *path)
{
    MADE_CALL(SYS_mmap, mapping, 0, pages * PAGE, protection, flags, 3, 0);
    made_map(at, at + pages * PAGE, 0, path);
    made_return(at);
}

static void assert_filled(uint64_t total, uint64_t populated)
{
    describe(total);
    assert_int_equal(number("populated"), populated);
    assert_int_equal(number("unplaced"), (json_int_t)(total - populated) - number("recorded"));
}

/* mlockall(MCL_FUTURE): what is mapped from then on, until munlockall. PROT_NONE waits. */
static void what_is_mapped_later_is_filled(void **state)
{
    (void)state;
    call(SYS_mlockall, MCL_FUTURE, 0, 0);
    map(3, PROT_READ | PROT_WRITE, MADE_ANONYMOUS);
    map(4, PROT_READ | PROT_WRITE, MADE_ANONYMOUS | MAP_NONBLOCK); /* in its place */
    map(5, PROT_NONE, MADE_ANONYMOUS);
    call(SYS_munlockall, 0, 0, 0);
    map(6, PROT_READ | PROT_WRITE, MADE_ANONYMOUS);
    assert_filled(7, 7);
    assert_int_equal(faults("start_up system_call mmap workload_tables first populate"), 7);
}

static void a_child_and_a_new_program_lock_nothing(void **state)
{
    (void)state;
    call(SYS_mlockall, MCL_FUTURE, 0, 0);
    MADE_CALL(SYS_mmap, mapping, 0, PAGE, PROT_NONE, MADE_ANONYMOUS, (uint64_t)-1, 0);
    made_return(SUPERSLAB);
    made_as(200, 200);
    made_event(TRACE_FORK, MADE_PID);
    map(3, PROT_READ | PROT_WRITE, MADE_ANONYMOUS);
    call(SYS_mprotect, SUPERSLAB, PAGE, PROT_READ | PROT_WRITE);
    made_as(MADE_PID, MADE_PID);
    made_event(TRACE_EXEC, 0);
    map(3, PROT_READ | PROT_WRITE, MADE_ANONYMOUS);
    assert_filled(3, 0);
}

/* Five reserved pages, of which three are opened; closing and opening again finds them there. */
static void mprotect_fills_what_is_locked(void **state)
{
    (void)state;
    call(SYS_mlockall, MCL_FUTURE, 0, 0);
    map(5, PROT_NONE, MADE_ANONYMOUS);
    call(SYS_mprotect, TABLES, 3 * PAGE, PROT_READ | PROT_WRITE);
    call(SYS_mprotect, TABLES, 3 * PAGE, PROT_NONE);
    call(SYS_mprotect, TABLES, 3 * PAGE, PROT_READ | PROT_WRITE);
    call(SYS_mprotect, TABLES + 3 * PAGE, PAGE, PROT_READ);
    assert_filled(3, 3);
    assert_int_equal(faults("start_up system_call mprotect workload_tables first populate"), 3);
}

static void mprotect_fills_nothing_else(void **state)
{
    (void)state;
    map(5, PROT_NONE, MADE_ANONYMOUS);
    call(SYS_mprotect, TABLES, 3 * PAGE, PROT_READ | PROT_WRITE);
    map(5, PROT_READ, MAP_SHARED | MAP_ANONYMOUS);
    call(SYS_mlock2, TABLES, 5 * PAGE, MLOCK_ONFAULT);
    call(SYS_mprotect, TABLES, 5 * PAGE, PROT_READ | PROT_WRITE);
    assert_filled(9, 0);
}

/* A heap of 2 + 3 pages, of which the second piece is filled. */
static void the_heap_is_filled_as_it_grows(void **state)
{
    (void)state;
    MADE_CALL(SYS_brk, mapping, 0);
    made_return(TABLES);
    MADE_CALL(SYS_brk, mapping, TABLES + 2 * PAGE);
    made_return(TABLES + 2 * PAGE);
    call(SYS_mlockall, MCL_FUTURE, 0, 0);
    MADE_CALL(SYS_brk, mapping, TABLES + 5 * PAGE);
    made_return(TABLES + 5 * PAGE);
    MADE_CALL(SYS_brk, mapping, 0);
    made_return(TABLES + 5 * PAGE);
    assert_filled(3, 3);
}

static void locked_memory_is_filled_as_mremap_makes_it_longer(void **state)
{
    (void)state;
    map(2, PROT_READ | PROT_WRITE, MADE_ANONYMOUS | MAP_LOCKED);
    MADE_CALL(SYS_mremap, mapping, TABLES, 2 * PAGE, 6 * PAGE, MREMAP_MAYMOVE);
    made_return(SUPERSLAB);
    call(SYS_munlock, SUPERSLAB, 6 * PAGE, 0);
    MADE_CALL(SYS_mremap, mapping, SUPERSLAB, 6 * PAGE, 9 * PAGE, 0);
    made_return(SUPERSLAB);
    assert_filled(6, 6);
}

/* Of locked on fault: neither at once, nor by MAP_POPULATE; madvise fills it all the same. */
static void what_is_locked_on_fault_waits_for_its_fault(void **state)
{
    (void)state;
    map(8, PROT_READ | PROT_WRITE, MADE_ANONYMOUS);
    call(SYS_mlockall, MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT, 0, 0);
    map(8, PROT_READ | PROT_WRITE, MADE_ANONYMOUS | MAP_POPULATE);
    call(SYS_madvise, TABLES, 2 * PAGE, MADV_POPULATE_WRITE);
    assert_filled(2, 2);
    call(SYS_mlock, TABLES, 3 * PAGE, 0); /* an order to fill */
    assert_filled(3, 3);
}

/* Four megabytes are two huge pages, of which one was touched; the size is in the flags, or 2 MiB,
 * this processor's. Lengths are rounded up, and locking on fault fills them. */
static void huge_pages_are_one_fault_each(void **state)
{
    uint64_t const sized = MADE_ANONYMOUS | MAP_HUGETLB | MAP_HUGE_2MB;

    (void)state;
    map(513, PROT_READ | PROT_WRITE, sized);
    made_fault(TABLES + HUGE_PAGE + 7 * PAGE, touching);
    call(SYS_mlock, TABLES, 2 * HUGE_PAGE, 0);
    assert_filled(2, 1);
    map(1024, PROT_READ | PROT_WRITE, sized | MAP_POPULATE);
    assert_filled(4, 3);
    map(512, PROT_READ | PROT_WRITE, sized);
    call(SYS_mlock2, TABLES, HUGE_PAGE, MLOCK_ONFAULT);
    assert_filled(5, 4);
    call(SYS_mlockall, MCL_FUTURE | MCL_ONFAULT, 0, 0);
    map(512, PROT_READ | PROT_WRITE, sized);
    assert_filled(6, 5);
    MADE_CALL(SYS_mmap, mapping, 0, HUGE_PAGE, PROT_READ, sized | MAP_POPULATE, 0, 0);
    made_return(MADE_FAILED); /* none was reserved */
    assert_filled(6, 5);
    map(1, PROT_READ | PROT_WRITE, MADE_ANONYMOUS | MAP_HUGETLB | MAP_HUGE_1GB | MAP_POPULATE);
    assert_filled(7, 6);
}

/* A file's pages come together: of 40, which may be 0 to 40 faults, those that are left. A shared
 * mapping's first filling is sure. */
static void pages_of_files_take_what_is_left(void **state)
{
    (void)state;
    map_file(TABLES, 40, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE,
             "/memfd:arena (deleted)");
    assert_filled(3, 3);
    assert_filled(40, 40);
    assert_filled(42, 40);
    map_file(SUPERSLAB, 40, PROT_READ, MAP_PRIVATE, "/lib/one.so");
    made_fault(SUPERSLAB, touching);
    call(SYS_mlock, SUPERSLAB, 40 * PAGE, 0);
    assert_filled(4, 3);
    assert_filled(80, 79);
    assert_filled(90, 79);
    MADE_CALL(SYS_mmap, mapping, 0, 4 * PAGE, PROT_READ | PROT_WRITE,
              MAP_SHARED | MAP_ANONYMOUS | MAP_POPULATE, (uint64_t)-1, 0);
    made_return(THREAD);
    assert_filled(5, 4);
    made.lost = 1; /* what is left may have been an exception */
    assert_filled(80, 4);
    made.lost = 0;
}

/* 2 anonymous pages, 10 of a file and 4 closed ones; the stack of 128 KiB with a page of arguments
 * has at most 35. What was read once may be copied: the other 10 of a file that can be written. */
static void everything_may_be_filled(void **state)
{
    (void)state;
    made_mmap(SUPERSLAB, 4 * PAGE, MADE_ANONYMOUS, mapping);
    call(SYS_mprotect, SUPERSLAB, 4 * PAGE, PROT_NONE);
    made_mmap(SUPERSLAB + 8 * PAGE, 2 * PAGE, MADE_ANONYMOUS, mapping);
    facts.exec_bytes = 100;
    call(SYS_mlockall, MCL_CURRENT, 0, 0);
    describe(100000);
    json_int_t const most = number("populated");
    map_file(TABLES, 10, PROT_READ | PROT_WRITE, MAP_PRIVATE, "/lib/one.so");
    made_fault(TABLES, touching);
    call(SYS_mlockall, MCL_CURRENT, 0, 0);
    describe(100000);
    assert_true(number("populated") > most);
    assert_int_equal(faults("start_up system_call mlockall workload_tables first populate"), 2);
    assert_int_equal(faults("start_up system_call mlockall stack first populate"), 70);
    assert_int_equal(faults("start_up system_call mlockall file again populate"), 1);
    describe(4); /* one by exec, one by an exception, and two of nobody else's */
    assert_int_equal(number("unplaced"), 0);
}

#undef TEST
#define TEST(function) cmocka_unit_test_setup_teardown(function, begin_populate, end)

int main(void)
{
    struct CMUnitTest const tests[] = {
        TEST(what_is_mapped_later_is_filled),
        TEST(a_child_and_a_new_program_lock_nothing),
        TEST(mprotect_fills_what_is_locked),
        TEST(mprotect_fills_nothing_else),
        TEST(the_heap_is_filled_as_it_grows),
        TEST(locked_memory_is_filled_as_mremap_makes_it_longer),
        TEST(what_is_locked_on_fault_waits_for_its_fault),
        TEST(huge_pages_are_one_fault_each),
        TEST(pages_of_files_take_what_is_left),
        TEST(everything_may_be_filled),
    };

    return cmocka_run_group_tests(tests, open_symbols, close_symbols);
}
