/* test_fold.c -- stacks of this very program, whose names may be long.
 *
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "made_trace.h"

#include "base/text.h"
#include "instrument/fold.h"

enum { NAME_BYTES = 10000, DEPTH = 9 };

#define TEN(text) text text text text text text text text text text
#define NAME TEN(TEN(TEN("long_names")))

/* As templates in C++ make them. */
static __attribute__((noinline, unused)) void long_names(void) __asm__(NAME);

static int volatile spent;

static void long_names(void)
{
    spent++;
    spent--;
}

static __attribute__((noinline, unused)) void outermost(void)
{
    spent += 2;
    spent -= 2;
}

static struct symbols *symbols;

static int open_symbols(void **state)
{
    (void)state;
    made_read_own_files();
    symbols = symbols_open();
    return 0;
}

static int close_symbols(void **state)
{
    (void)state;
    symbols_close(symbols);
    return 0;
}

/* outermost;NAME;NAME ... nine times, and nothing of it is left out. */
static void a_stack_of_long_names_is_whole(void **state)
{
    struct fold_facts const facts = {.program = made_own_path((uintptr_t)outermost),
                                     .allocator = ""};
    uint64_t ip[DEPTH + 2] = {0};

    (void)state;
    made_map_own_files();
    for (size_t i = 0; i < DEPTH; i++)
        ip[i] = (uintptr_t)long_names + 1;
    ip[DEPTH] = (uintptr_t)outermost + 1;
    uint32_t const stack = made_stack(0, ip);
    made_event(TRACE_SAMPLE, 0)->stack = stack;
    json_t *const found = fold_describe(&made, symbols, &facts);
    json_t const *const stacks = json_object_get(json_object_get(found, "profile"), "stacks");
    char const *const text =
        json_string_value(json_object_get(json_array_get(stacks, 0), "stack"));
    assert_int_equal(json_array_size(stacks), 1);
    assert_int_equal(strlen(text), strlen("outermost") + (size_t)DEPTH * (1 + NAME_BYTES));
    assert_memory_equal(text, "outermost;" NAME ";", strlen("outermost;" NAME ";"));
    assert_true(text_ends_with(text, ";" NAME));
    json_decref(found);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test_setup(a_stack_of_long_names_is_whole, made_begin),
    };

    return cmocka_run_group_tests(tests, open_symbols, close_symbols);
}
