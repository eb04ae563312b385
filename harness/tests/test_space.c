/* test_space.c -- what is mapped where, after calls and records that can be drawn on paper.
 *
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "made_trace.h"

#include "trace/space.h"

static struct spaces *spaces;
static uint32_t a_stack;
static uint32_t other_stack;

#define AT(page) (UINT64_C(0x10000000) + PAGE * (page))

static int begin(void **state)
{
    made_begin(state);
    a_stack = MADE_STACK(1);
    other_stack = MADE_STACK(2);
    spaces = NULL;
    return 0;
}

static int end(void **state)
{
    (void)state;
    if (spaces != NULL)
        spaces_free(spaces);
    return 0;
}

/* All events that were made since. */
static void take(void)
{
    static size_t taken;

    if (spaces == NULL) {
        spaces = spaces_new(&made);
        taken = 0;
    }
    while (taken < made.event_count)
        spaces_take(spaces, taken++);
}

/* "a" for every page mapped by a_stack, "o" by other_stack, "?" by unknown code, "f" of a file, "h"
 * of the heap, "." where nothing is. */
static char const *drawing(uint32_t pid, size_t pages)
{
    static char text[64];

    take();
    assert_true(pages < sizeof text);
    for (size_t page = 0; page < pages; page++) {
        struct range const *const range = space_find(spaces, pid, AT(page));
        text[page] = range == NULL                        ? '.'
                     : strcmp(range->path, "[heap]") == 0 ? 'h'
                     : range_is_file(range)               ? 'f'
                     : range->origin == a_stack           ? 'a'
                     : range->origin == other_stack       ? 'o'
                                                          : '?';
    }
    text[pages] = '\0';
    return text;
}

/* The page was touched for the first time. */
static bool touch(uint32_t pid, size_t page)
{
    take();
    return space_touch(spaces, pid, AT(page) + 8);
}

static void merged_mappings_stay_two(void **state)
{
    (void)state;
    made_mmap(AT(2), 2 * PAGE, MADE_ANONYMOUS, a_stack);
    assert_true(touch(MADE_PID, 2));
    made_mmap_merged(AT(1), PAGE, MADE_ANONYMOUS, other_stack, AT(1), AT(4));
    assert_string_equal(drawing(MADE_PID, 5), ".oaa.");
    assert_false(touch(MADE_PID, 2)); /* that the kernel told of it again touches nothing */
    assert_int_equal(space_find(spaces, MADE_PID, AT(1))->end, AT(2));
    assert_int_equal(space_find(spaces, MADE_PID, AT(3))->begin, AT(2));
}

/* As os_map_aligned does: 6 pages for 3 that begin at a multiple of 4. */
static void over_mapped_and_trimmed(void **state)
{
    (void)state;
    made_mmap(AT(2), 6 * PAGE, MADE_ANONYMOUS, a_stack);
    made_munmap(AT(2), 2 * PAGE);
    made_munmap(AT(7), PAGE);
    assert_string_equal(drawing(MADE_PID, 9), "....aaa..");
}

static void munmap_in_the_middle_splits(void **state)
{
    (void)state;
    made_mmap(AT(1), 5 * PAGE, MADE_ANONYMOUS, a_stack);
    made_munmap(AT(3), 1); /* a byte is its page */
    assert_string_equal(drawing(MADE_PID, 7), ".aa.aa.");
}

static void munmap_takes_effect_when_it_returns(void **state)
{
    (void)state;
    made_mmap(AT(0), 4 * PAGE, MADE_ANONYMOUS, a_stack);
    MADE_CALL(SYS_munmap, 0, AT(0), PAGE);
    assert_string_equal(drawing(MADE_PID, 4), "aaaa");
    made_return(MADE_FAILED);
    assert_string_equal(drawing(MADE_PID, 4), "aaaa");
    MADE_CALL(SYS_munmap, 0, AT(0), PAGE);
    made_return(0);
    assert_string_equal(drawing(MADE_PID, 4), ".aaa");
    MADE_CALL(SYS_munmap, 0, AT(1), PAGE);
    MADE_CALL(SYS_munmap, 0, AT(2), PAGE); /* the one before never returned */
    assert_string_equal(drawing(MADE_PID, 4), "..aa");
}

/* A thread gets the pages of another's munmap before that is seen to return. */
static void munmap_spares_what_is_newer(void **state)
{
    (void)state;
    made_mmap(AT(0), 3 * PAGE, MADE_ANONYMOUS, a_stack);
    MADE_CALL(SYS_munmap, 0, AT(0), 3 * PAGE);
    made_as(MADE_PID, MADE_PID + 1);
    made_mmap(AT(1), PAGE, MADE_ANONYMOUS, other_stack);
    made_as(MADE_PID, MADE_PID);
    made_return(0);
    assert_string_equal(drawing(MADE_PID, 3), ".o.");
}

static void fixed_mapping_replaces(void **state)
{
    (void)state;
    made_mmap(AT(0), 4 * PAGE, MADE_ANONYMOUS, a_stack);
    assert_true(touch(MADE_PID, 1));
    assert_true(touch(MADE_PID, 3));
    made_mmap_merged(AT(1), 2 * PAGE, MADE_ANONYMOUS | MAP_FIXED, other_stack, AT(0), AT(4));
    assert_string_equal(drawing(MADE_PID, 4), "aooa");
    assert_true(touch(MADE_PID, 1)); /* it is another page */
    assert_false(touch(MADE_PID, 3));
}

static void failed_calls_map_nothing(void **state)
{
    (void)state;
    MADE_CALL(SYS_mmap, a_stack, 0, PAGE, PROT_READ, MADE_ANONYMOUS, (uint64_t)-1, 0);
    made_return(MADE_FAILED);
    made_mmap(AT(0), PAGE, MADE_ANONYMOUS, a_stack);
    MADE_CALL(SYS_mremap, other_stack, AT(0), PAGE, 4 * PAGE, 0);
    made_return(MADE_FAILED);
    assert_string_equal(drawing(MADE_PID, 3), "a..");
}

static void a_file_has_the_path_of_its_record(void **state)
{
    (void)state;
    MADE_CALL(SYS_mmap, a_stack, 0, 2 * PAGE, PROT_READ, MAP_PRIVATE, 3, 5 * PAGE);
    made_map(AT(1), AT(3), 5 * PAGE, "/lib/one.so");
    made_return(AT(1));
    MADE_CALL(SYS_mmap, a_stack, 0, PAGE, PROT_READ, MAP_PRIVATE, 3, 0);
    made_return(AT(4)); /* its record was lost */
    assert_string_equal(drawing(MADE_PID, 5), ".ff.f");
    struct range const *const range = space_find(spaces, MADE_PID, AT(2));
    assert_string_equal(range->path, "/lib/one.so");
    assert_int_equal(range->file_offset, 5 * PAGE);
    assert_int_equal(range->origin, a_stack);
    assert_string_equal(space_find(spaces, MADE_PID, AT(4))->path, "//unknown");
    made_munmap(AT(1), PAGE);
    take();
    assert_int_equal(space_find(spaces, MADE_PID, AT(2))->file_offset, 6 * PAGE);
}

/* The kernel merges a file's neighbours too, and then tells of both. */
static void a_file_is_as_long_as_its_mmap(void **state)
{
    (void)state;
    made_map(AT(0), AT(2), 0, "/lib/one.so");
    assert_true(touch(MADE_PID, 1));
    MADE_CALL(SYS_mmap, a_stack, AT(2), PAGE, PROT_READ, MAP_PRIVATE | MAP_FIXED, 3, 2 * PAGE);
    made_map(AT(0), AT(3), 0, "/lib/one.so");
    made_return(AT(2));
    assert_false(touch(MADE_PID, 1));
    assert_int_equal(space_find(spaces, MADE_PID, AT(2))->file_offset, 2 * PAGE);
    assert_int_equal(space_find(spaces, MADE_PID, AT(1))->origin, SPACE_NO_ORIGIN);
}

/* mprotect makes the kernel tell of half a file again: its pages are what they were. */
static void a_file_told_again_stays(void **state)
{
    (void)state;
    made_map(AT(0), AT(4), 0, "/lib/one.so");
    assert_true(touch(MADE_PID, 1));
    uint64_t const version = space_files_version(spaces, MADE_PID);
    MADE_CALL(SYS_mprotect, a_stack, AT(0), 2 * PAGE, PROT_READ);
    made_map(AT(0), AT(2), 0, "/lib/one.so");
    made_return(0);
    assert_false(touch(MADE_PID, 1));
    assert_int_equal(space_files_version(spaces, MADE_PID), version);
    made_map(AT(1), AT(2), 0, "/lib/two.so");
    assert_true(touch(MADE_PID, 1));
    assert_int_not_equal(space_files_version(spaces, MADE_PID), version);
    assert_string_equal(space_find(spaces, MADE_PID, AT(3))->path, "/lib/one.so");
    assert_int_equal(space_find(spaces, MADE_PID, AT(3))->file_offset, 2 * PAGE);
}

static void mremap_moves_and_resizes(void **state)
{
    (void)state;
    made_mmap(AT(0), 3 * PAGE, MADE_ANONYMOUS, a_stack);
    assert_true(touch(MADE_PID, 0));
    assert_true(touch(MADE_PID, 2));
    MADE_CALL(SYS_mremap, other_stack, AT(0), 3 * PAGE, 5 * PAGE, MREMAP_MAYMOVE);
    made_return(AT(6));
    assert_string_equal(drawing(MADE_PID, 12), "......aaaaa."); /* a_stack's still */
    assert_false(touch(MADE_PID, 6));
    assert_true(touch(MADE_PID, 7));
    assert_false(touch(MADE_PID, 8));
    assert_true(touch(MADE_PID, 9));
    MADE_CALL(SYS_mremap, other_stack, AT(6), 5 * PAGE, 2 * PAGE, 0);
    made_return(AT(6));
    assert_string_equal(drawing(MADE_PID, 12), "......aa....");
    MADE_CALL(SYS_mremap, other_stack, AT(6), 2 * PAGE, 4 * PAGE, 0);
    made_return(AT(6));
    assert_string_equal(drawing(MADE_PID, 12), "......aaaa..");
    assert_true(touch(MADE_PID, 8)); /* it was away */
    MADE_CALL(SYS_mremap, other_stack, AT(6), PAGE, PAGE, MREMAP_MAYMOVE | MREMAP_DONTUNMAP);
    made_return(AT(1));
    assert_string_equal(drawing(MADE_PID, 12), ".a....aaaa..");
    assert_false(touch(MADE_PID, 1));
    assert_true(touch(MADE_PID, 6)); /* its page is elsewhere now */
}

static void the_heap_begins_where_brk_was_first(void **state)
{
    (void)state;
    MADE_CALL(SYS_brk, a_stack, 0);
    made_return(AT(0) + 100); /* in the page before */
    assert_string_equal(drawing(MADE_PID, 4), "....");
    MADE_CALL(SYS_brk, a_stack, AT(3));
    made_map(AT(1), AT(3), 0, "[heap]");
    made_return(AT(3));
    assert_string_equal(drawing(MADE_PID, 4), ".hh.");
    MADE_CALL(SYS_brk, other_stack, AT(4));
    made_map(AT(1), AT(4), 0, "[heap]");
    made_return(AT(4));
    assert_int_equal(space_find(spaces, MADE_PID, AT(1))->origin, a_stack);
    assert_string_equal(drawing(MADE_PID, 4), ".hhh");
    assert_int_equal(space_find(spaces, MADE_PID, AT(3))->origin, other_stack);
    MADE_CALL(SYS_brk, a_stack, AT(2));
    made_return(AT(2));
    assert_string_equal(drawing(MADE_PID, 4), ".h..");
}

static void a_fork_copies_and_a_thread_shares(void **state)
{
    (void)state;
    made_mmap(AT(0), 2 * PAGE, MADE_ANONYMOUS, a_stack);
    assert_true(touch(MADE_PID, 0));
    MADE_CALL(SYS_brk, a_stack, 0);
    made_return(AT(4));
    made_as(200, 200);
    made_event(TRACE_FORK, MADE_PID);
    made_munmap(AT(1), PAGE);
    MADE_CALL(SYS_brk, a_stack, AT(5));
    made_return(AT(5));
    assert_string_equal(drawing(200, 5), "a...h");
    assert_false(touch(200, 0)); /* copied on write: again */
    made_as(MADE_PID, 101);
    made_event(TRACE_FORK, MADE_PID);
    made_mmap(AT(2), PAGE, MADE_ANONYMOUS, other_stack);
    assert_string_equal(drawing(MADE_PID, 3), "aao");
    assert_string_equal(drawing(200, 3), "a..");
    assert_string_equal(drawing(300, 3), "..."); /* unknown */
}

static void exec_clears(void **state)
{
    (void)state;
    made_mmap(AT(0), 2 * PAGE, MADE_ANONYMOUS, a_stack);
    MADE_CALL(SYS_brk, a_stack, 0);
    made_return(AT(3));
    assert_true(touch(MADE_PID, 0));
    MADE_CALL(SYS_execve, a_stack, 0);
    made_event(TRACE_EXEC, 0);
    made_map(AT(0), AT(1), 0, "/bin/true");
    made_map(AT(1), AT(2), 0, "//anon");
    made_return(0);
    assert_string_equal(drawing(MADE_PID, 9), "f?.......");
    assert_true(touch(MADE_PID, 0));
    MADE_CALL(SYS_brk, a_stack, 0);
    made_return(AT(4)); /* a new heap, not one that grew */
    MADE_CALL(SYS_brk, a_stack, AT(5));
    made_return(AT(5));
    assert_string_equal(drawing(MADE_PID, 9), "f?..h....");
}

/* Of three threads the last one's end is the process's. */
static void the_last_thread_takes_all_along(void **state)
{
    (void)state;
    made_as(MADE_PID, 101);
    made_event(TRACE_FORK, MADE_PID);
    made_as(MADE_PID, 102);
    made_event(TRACE_FORK, MADE_PID);
    made_mmap(AT(0), PAGE, MADE_ANONYMOUS, a_stack);
    made_event(TRACE_EXIT, 0);
    made_as(MADE_PID, MADE_PID);
    made_event(TRACE_EXIT, 0);
    assert_string_equal(drawing(MADE_PID, 1), "a");
    made_as(MADE_PID, 101);
    made_event(TRACE_EXIT, 0);
    assert_string_equal(drawing(MADE_PID, 1), ".");
}

/* Records are all there is: a neighbour that was merged is known, the rest is new. */
static void without_system_calls(void **state)
{
    (void)state;
    made_map(AT(0), AT(2), 0, "/bin/program");
    made_map(AT(2), AT(4), 0, "//anon");
    assert_true(touch(MADE_PID, 3));
    made_map(AT(2), AT(6), 0, "//anon");
    assert_string_equal(drawing(MADE_PID, 7), "ff????.");
    assert_false(touch(MADE_PID, 3));
    assert_int_equal(space_find(spaces, MADE_PID, AT(2))->flags, 0);
    made_map(AT(1), AT(3), 0, "//anon"); /* over half of the file */
    assert_string_equal(drawing(MADE_PID, 7), "f?????.");
    assert_false(touch(MADE_PID, 3));
}

/* In the order that costs most: each before all others. */
static void ten_thousand_superslabs(void **state)
{
    enum { SUPERSLABS = 10000 };

    (void)state;
    made_mmap(AT(0), MB, MADE_ANONYMOUS, a_stack);
    take();
    for (uint64_t number = SUPERSLABS; number-- > 0;) {
        made_events[made.event_count - 1].detail = AT(0) + number * MB;
        for (size_t i = made.event_count - 3; i < made.event_count; i++)
            spaces_take(spaces, i);
    }
    assert_int_equal(space_ranges(spaces, MADE_PID)->count, SUPERSLABS);
    assert_int_equal(space_find(spaces, MADE_PID, AT(0) + 7777 * MB)->begin,
                     AT(0) + 7777 * MB);
}

/* Half an address space is reserved, and one page of it touched. */
static void a_vast_mapping_is_cleared_at_once(void **state)
{
    (void)state;
    made_mmap(AT(0), UINT64_C(1) << 46, MADE_ANONYMOUS | MAP_NORESERVE, a_stack);
    assert_true(touch(MADE_PID, 70));
    assert_true(touch(MADE_PID, 200));
    made_munmap(AT(100), UINT64_C(1) << 45);
    assert_false(touch(MADE_PID, 70));
    assert_true(touch(MADE_PID, 200));
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, begin, end)

int main(void)
{
    struct CMUnitTest const tests[] = {
        TEST(merged_mappings_stay_two),
        TEST(over_mapped_and_trimmed),
        TEST(munmap_in_the_middle_splits),
        TEST(munmap_takes_effect_when_it_returns),
        TEST(munmap_spares_what_is_newer),
        TEST(fixed_mapping_replaces),
        TEST(failed_calls_map_nothing),
        TEST(a_file_has_the_path_of_its_record),
        TEST(a_file_is_as_long_as_its_mmap),
        TEST(a_file_told_again_stays),
        TEST(mremap_moves_and_resizes),
        TEST(the_heap_begins_where_brk_was_first),
        TEST(a_fork_copies_and_a_thread_shares),
        TEST(exec_clears),
        TEST(the_last_thread_takes_all_along),
        TEST(without_system_calls),
        TEST(ten_thousand_superslabs),
        TEST(a_vast_mapping_is_cleared_at_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
