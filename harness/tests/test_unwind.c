/* test_unwind.c -- callers put back into stacks that can be drawn on paper, and into a live one.
 *
 * In the drawn ones the stack begins at 0x1000, a word is 8 bytes, and malloc was called by run,
 * run by work, work by main and main by the C library's `start`.
 *
 * SPDX-License-Identifier: MIT */
#include "own_code.h"

#include "symbols/symbols.h"
#include "symbols/unwind.h"

#include <stdlib.h>
#include <sys/utsname.h>

enum { SP = 0x1000, ARGC = 1 };
enum { MALLOC = 0x10, RUN, WORK, MAIN, START, START_MAIN, BEGIN, SORT, MERGE, COMPARE, NOWHERE };

static struct unwind_rule const at_entry = {.known = true, .cfa_offset = 8};
static struct unwind_rule const pushed = {
    .known = true, .cfa_offset = 16, .bp_saved = true, .bp_offset = -16};
static struct unwind_rule const framed = {
    .known = true, .cfa_from_bp = true, .cfa_offset = 16, .bp_saved = true, .bp_offset = -16};
static struct unwind_rule const popped = {
    .known = true, .cfa_offset = 8, .bp_saved = true, .bp_offset = -16};
/* One word of its own, and bp left alone. */
static struct unwind_rule const frameless = {.known = true, .cfa_offset = 16};

struct code {
    uint64_t address;
    struct unwind_rule rule;
};

static struct unwind_rule rules[NOWHERE + 1]; /* by address */

static void know(struct code const *code, size_t count)
{
    memset(rules, 0, sizeof rules);
    for (size_t i = 0; i < count; i++)
        rules[code[i].address] = code[i].rule;
}

/* Addresses are known by their caller, the innermost of all excepted. */
static struct unwind_rule rule_of(void *context, uint64_t address, bool of_call)
{
    uint64_t const *const innermost = context;

    assert_int_equal(of_call, address != *innermost);
    return address <= NOWHERE ? rules[address] : (struct unwind_rule){0};
}

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define LIST(...) (uint64_t const[]){__VA_ARGS__}, COUNT(((uint64_t const[]){__VA_ARGS__}))
#define WORDS(...) .word = (uint64_t const[]){__VA_ARGS__}, \
                   .word_count = COUNT(((uint64_t const[]){__VA_ARGS__}))
#define WALK(...) .ip = (uint64_t const[]){__VA_ARGS__}, \
                  .user_count = COUNT(((uint64_t const[]){__VA_ARGS__}))
#define CODE(...) \
    know((struct code const[]){__VA_ARGS__}, COUNT(((struct code const[]){__VA_ARGS__})))

static void gives(struct trace_stack stack, uint64_t const *wanted, size_t count)
{
    uint64_t ip[UNWIND_FRAMES_MAX];
    uint64_t innermost = stack.ip[stack.kernel_count];

    stack.sp = SP;
    assert_int_equal(unwind_repair(&stack, rule_of, &innermost, ip), count);
    assert_memory_equal(ip, wanted, count * sizeof *ip);
}

/*  0x1000  | RUN     |  sp
 *  0x1008  | of run  |
 *  0x1010  | 0x1020  |  bp, of run
 *  0x1018  | WORK    |
 *  0x1020  | 0x1030  |  of work
 *  0x1028  | MAIN    |
 *  0x1030  | ARGC    |  of main
 *  0x1038  | START   |                                                                          */
#define STACK_OF_A_LEAF RUN, 0, 0x1020, WORK, 0x1030, MAIN, ARGC, START

static void a_leaf_without_a_frame_has_its_caller_back(void **state)
{
    (void)state;
    CODE({MALLOC, at_entry}, {RUN, framed}, {WORK, framed}, {MAIN, framed});
    gives((struct trace_stack){WALK(MALLOC, WORK, MAIN, START), .bp = 0x1010,
                               WORDS(STACK_OF_A_LEAF)},
          LIST(MALLOC, RUN, WORK, MAIN, START));
    /* One word is enough; so is the rule of the leaf alone. */
    gives((struct trace_stack){WALK(MALLOC, WORK, MAIN, START), .bp = 0x1010, WORDS(RUN)},
          LIST(MALLOC, RUN, WORK, MAIN, START));
    CODE({MALLOC, at_entry});
    gives((struct trace_stack){WALK(MALLOC, WORK, MAIN, START), .bp = 0x1010,
                               WORDS(STACK_OF_A_LEAF)},
          LIST(MALLOC, RUN, WORK, MAIN, START));
}

static void nothing_is_made_up_without_words_or_rules(void **state)
{
    (void)state;
    CODE({MALLOC, at_entry}, {RUN, framed}, {WORK, framed}, {MAIN, framed});
    gives((struct trace_stack){WALK(MALLOC, WORK, MAIN, START), .bp = 0x1010},
          LIST(MALLOC, WORK, MAIN, START));
    CODE({NOWHERE, at_entry});
    gives((struct trace_stack){WALK(MALLOC, WORK, MAIN, START), .bp = 0x1010,
                               WORDS(STACK_OF_A_LEAF)},
          LIST(MALLOC, WORK, MAIN, START));
    gives((struct trace_stack){WALK(MALLOC), .bp = 0x3}, LIST(MALLOC));
}

/*  0x1000  | 0x1010  |  sp; bp is still 0x1010
 *  0x1008  | RUN     |
 *  0x1010  | 0x1020  |  of run ...                                                              */
static void a_frame_pushed_but_not_set_up_is_stepped_over(void **state)
{
    (void)state;
    CODE({MALLOC, pushed}, {RUN, framed}, {WORK, framed}, {MAIN, framed});
    gives((struct trace_stack){WALK(MALLOC, WORK, MAIN, START), .bp = 0x1010,
                               WORDS(0x1010, RUN, 0x1020, WORK, 0x1030, MAIN, ARGC, START)},
          LIST(MALLOC, RUN, WORK, MAIN, START));
}

/* CFI still says that the caller's bp is at cfa - 16, and that is 0xff8, below the stack. */
static void a_frame_popped_but_not_left_is_stepped_over(void **state)
{
    (void)state;
    CODE({MALLOC, popped}, {RUN, framed}, {WORK, framed}, {MAIN, framed});
    gives((struct trace_stack){WALK(MALLOC, WORK, MAIN, START), .bp = 0x1010,
                               WORDS(STACK_OF_A_LEAF)},
          LIST(MALLOC, RUN, WORK, MAIN, START));
}

/*  0x1000  | of merge |  sp
 *  0x1008  | SORT     |
 *  0x1010  | of sort  |
 *  0x1018  | RUN      |
 *  0x1020  | 0x1030   |  bp, of run
 *  0x1028  | WORK     |
 *  0x1030  | 0x1040   |  of work
 *  0x1038  | MAIN     |                                                                         */
static void several_frames_without_a_pointer_are_put_back(void **state)
{
    (void)state;
    CODE({MERGE, frameless}, {SORT, frameless}, {RUN, framed}, {WORK, framed});
    gives((struct trace_stack){WALK(MERGE, WORK, MAIN, START), .bp = 0x1020,
                               WORDS(0, SORT, 0, RUN, 0x1030, WORK, 0x1040, MAIN)},
          LIST(MERGE, SORT, RUN, WORK, MAIN, START));
    /* Two words show one caller; the next one stays hidden, and WORK is not doubled. */
    gives((struct trace_stack){WALK(MERGE, WORK, MAIN, START), .bp = 0x1020, WORDS(0, SORT)},
          LIST(MERGE, SORT, WORK, MAIN, START));
}

static void a_stack_of_frames_is_left_as_it_is(void **state)
{
    (void)state;
    CODE({RUN, framed}, {WORK, framed}, {MAIN, framed});
    for (uint16_t words = 0; words <= 6; words++) {
        struct trace_stack stack = {WALK(RUN, WORK, MAIN, START), .bp = 0x1000,
                                    WORDS(0x1010, WORK, 0x1020, MAIN, ARGC, START)};
        stack.word_count = words;
        gives(stack, LIST(RUN, WORK, MAIN, START));
    }
}

/*  0x1000  | of merge |  sp; bp is a number of merge's
 *  0x1008  | 0x2222   |  bp of sort: a number of sort's
 *  0x1010  | of merge |
 *  0x1018  | SORT     |
 *  0x1020  | of sort  |
 *  0x1028  | 0x1040   |  bp of run, saved by sort
 *  0x1030  | of sort  |
 *  0x1038  | RUN      |
 *  0x1040  | 0x1050   |  of run
 *  0x1048  | WORK     |
 *  0x1050  | ARGC     |
 *  0x1058  | MAIN     |                                                                         */
static void a_register_that_is_no_frame_pointer_is_not_followed(void **state)
{
    struct unwind_rule const saves = {
        .known = true, .cfa_offset = 32, .bp_saved = true, .bp_offset = -24};
    struct trace_stack stack = {
        WALK(MERGE, NOWHERE, NOWHERE), .bp = 0x7777,
        WORDS(0, 0x2222, 0, SORT, 0, 0x1040, 0, RUN, 0x1050, WORK, ARGC, MAIN)};

    (void)state;
    CODE({MERGE, saves}, {SORT, saves}, {RUN, framed}, {WORK, framed});
    gives(stack, LIST(MERGE, SORT, RUN, WORK, MAIN));
    stack.word_count = 9;
    gives(stack, LIST(MERGE, SORT, RUN));
    /* The walk may also have ended at once. */
    stack.word_count = 12;
    stack.user_count = 1;
    gives(stack, LIST(MERGE, SORT, RUN, WORK, MAIN));
}

/*  0x1000  | 0x1028   |  sp, bp, of compare
 *  0x1008  | SORT     |
 *  0x1010  | of sort  |
 *  0x1018  | RUN      |     hidden from the kernel, which is at 0x1028 already
 *  0x1020  | of run   |
 *  0x1028  | 0x1038   |  of run
 *  0x1030  | WORK     |
 *  0x1038  | 0x1048   |  of work
 *  0x1040  | MAIN     |                                                                         */
static void a_caller_hidden_in_the_middle_is_put_back(void **state)
{
    (void)state;
    CODE({COMPARE, framed}, {SORT, frameless}, {RUN, framed}, {WORK, framed});
    gives((struct trace_stack){WALK(COMPARE, SORT, WORK, MAIN, START), .bp = 0x1000,
                               WORDS(0x1028, SORT, 0, RUN, 0, 0x1038, WORK, 0x1048, MAIN)},
          LIST(COMPARE, SORT, RUN, WORK, MAIN, START));
}

/*  0x1000  | ARGC       |  sp, bp, of main
 *  0x1008  | START      |
 *  0x1010  | of start   |
 *  0x1018  | START_MAIN |
 *  0x1020  | of that    |
 *  0x1028  | BEGIN      |                                                                       */
static void the_root_of_a_stack_is_the_kernels(void **state)
{
    struct trace_stack stack = {WALK(MAIN, START), .bp = 0x1000,
                                WORDS(ARGC, START, 0, START_MAIN, 0, BEGIN)};

    (void)state;
    CODE({MAIN, framed}, {START, frameless}, {START_MAIN, frameless});
    gives(stack, LIST(MAIN, START));
    /* A program without any frame pointer: what the words show is all that there is. */
    CODE({MAIN, frameless}, {START, frameless}, {START_MAIN, frameless});
    gives(stack, LIST(MAIN, START, START_MAIN, BEGIN));
}

static void frames_of_the_kernel_are_no_part_of_it(void **state)
{
    static uint64_t const ip[] = {NOWHERE, NOWHERE, MALLOC, WORK, MAIN};
    struct trace_stack const stack = {
        .ip = ip, .kernel_count = 2, .user_count = 3, .bp = 0x1010, WORDS(RUN)};

    (void)state;
    CODE({MALLOC, at_entry});
    gives(stack, LIST(MALLOC, RUN, WORK, MAIN));
}

/*  0x1000  | 0x1000  |  sp, bp: a frame that is its own caller
 *  0x1008  | WORK    |                                                                          */
static void a_stack_that_goes_in_circles_is_left(void **state)
{
    (void)state;
    CODE({RUN, framed}, {WORK, framed});
    gives((struct trace_stack){WALK(RUN, WORK, WORK, WORK), .bp = 0x1000, WORDS(0x1000, WORK)},
          LIST(RUN, WORK));
}

static void a_walk_without_end_is_cut(void **state)
{
    uint64_t walk[2 * UNWIND_FRAMES_MAX];
    uint64_t wanted[UNWIND_FRAMES_MAX] = {MALLOC, RUN};
    struct trace_stack const stack = {
        .ip = walk, .user_count = 2 * UNWIND_FRAMES_MAX, .bp = 0x1010, WORDS(RUN)};

    (void)state;
    for (size_t i = 0; i < COUNT(walk); i++)
        walk[i] = i > 0 ? WORK : MALLOC;
    for (size_t i = 2; i < COUNT(wanted); i++)
        wanted[i] = WORK;
    CODE({MALLOC, at_entry});
    gives(stack, wanted, UNWIND_FRAMES_MAX);
}

/* What a sample would have recorded within `compare`, below the C library's qsort. */
enum { LIVE_WORDS = 512, LIVE_WALK = 32 };
static struct trace_stack live;
static uint64_t live_walk[LIVE_WALK];

/* The words are the stack itself, and there until `compare` returns, which ends in a repair. */
static uint64_t repaired[UNWIND_FRAMES_MAX];
static size_t repaired_count;

static struct unwind_rule live_rule(void *context, uint64_t address, bool of_call)
{
    struct own_mapping mapping;

    if (!own_mapping_find(address, &mapping))
        return (struct unwind_rule){0};
    return object_unwind_rule(symbols_object(context, mapping.path),
                              address - of_call - mapping.begin + mapping.file_offset);
}

static void repair_live(uint64_t ip, uint64_t bp)
{
    struct own_mapping stack;
    struct symbols *const symbols = symbols_open();

    assert_true(own_mapping_find(bp, &stack));
    size_t const words = (stack.end - bp) / sizeof(uint64_t);
    live = (struct trace_stack){.ip = live_walk,
                                .word_count = words < LIVE_WORDS ? (uint16_t)words : LIVE_WORDS,
                                .sp = bp,
                                .bp = bp,
                                .word = (uint64_t const *)(uintptr_t)bp};
    live_walk[live.user_count++] = ip;
    while (live.user_count < LIVE_WALK && bp >= stack.begin && bp < stack.end - 16 && bp % 8 == 0) {
        live_walk[live.user_count++] = ((uint64_t const *)(uintptr_t)bp)[1];
        bp = ((uint64_t const *)(uintptr_t)bp)[0];
    }
    repaired_count = unwind_repair(&live, live_rule, symbols, repaired);
    symbols_close(symbols);
}

static int compare(void const *one, void const *other)
{
    int const a = *(int const *)one;
    int const b = *(int const *)other;

    if (repaired_count == 0)
        repair_live(own_return_address(), (uintptr_t)__builtin_frame_address(0));
    return (a > b) - (a < b);
}

static __attribute__((noinline)) void sort(int *number, size_t count)
{
    qsort(number, count, sizeof *number, compare);
    __asm__ volatile("" ::: "memory"); /* so that it is no jump */
}

static char const *name_at(struct symbols *symbols, size_t i)
{
    struct own_mapping mapping;

    assert_true(own_mapping_find(repaired[i], &mapping));
    struct frames const frames =
        object_frames(symbols_object(symbols, mapping.path),
                      repaired[i] - mapping.begin + mapping.file_offset, i > 0);
    char const *const name = frames.frame[frames.count - 1].function;
    return name != NULL ? name : "";
}

static void a_function_that_called_the_c_library_is_found(void **state)
{
    int number[] = {3, 1, 2};
    struct utsname machine;

    (void)state;
    assert_int_equal(uname(&machine), 0);
    if (strcmp(machine.machine, "x86_64") != 0) {
        print_message("skipped: unwinding knows x86-64 alone\n");
        skip();
    }
    sort(number, COUNT(number));
    struct symbols *const symbols = symbols_open();
    size_t i = 1;
    assert_string_equal(name_at(symbols, 0), "compare");
    while (i < repaired_count && strcmp(name_at(symbols, i), "sort") != 0)
        i++;
    assert_true(i > 1 && i + 1 < repaired_count);
    assert_string_equal(name_at(symbols, i + 1), __func__);
    symbols_close(symbols);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(a_leaf_without_a_frame_has_its_caller_back),
        cmocka_unit_test(nothing_is_made_up_without_words_or_rules),
        cmocka_unit_test(a_frame_pushed_but_not_set_up_is_stepped_over),
        cmocka_unit_test(a_frame_popped_but_not_left_is_stepped_over),
        cmocka_unit_test(several_frames_without_a_pointer_are_put_back),
        cmocka_unit_test(a_stack_of_frames_is_left_as_it_is),
        cmocka_unit_test(a_register_that_is_no_frame_pointer_is_not_followed),
        cmocka_unit_test(a_caller_hidden_in_the_middle_is_put_back),
        cmocka_unit_test(the_root_of_a_stack_is_the_kernels),
        cmocka_unit_test(frames_of_the_kernel_are_no_part_of_it),
        cmocka_unit_test(a_stack_that_goes_in_circles_is_left),
        cmocka_unit_test(a_walk_without_end_is_cut),
        cmocka_unit_test(a_function_that_called_the_c_library_is_found),
    };

    return cmocka_run_group_tests_name("unwind", tests, NULL, NULL);
}
