/* test_sawtooth.c -- the sawtooth's calls, one by one, with the test as the allocator.
 *
 * Blocks are numbered as they are handed out; the log says +n for malloc and -n for free.
 *
 * SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

enum { BLOCKS_MAX = 64, BLOCK_BYTES = 16 };

static unsigned char memory[BLOCKS_MAX][BLOCK_BYTES];
static unsigned handed_out;
static unsigned distinct_blocks;
static char calls[1024];

static void *logging_malloc(size_t size)
{
    assert_int_equal(size, BLOCK_BYTES);
    snprintf(calls + strlen(calls), sizeof calls - strlen(calls), "+%u ", handed_out);
    return memory[handed_out++ % distinct_blocks];
}

static void logging_free(void *block)
{
    size_t const number = (size_t)((unsigned char *)block - memory[0]) / BLOCK_BYTES;

    snprintf(calls + strlen(calls), sizeof calls - strlen(calls), "-%zu ", number);
}

#define malloc logging_malloc
#define free logging_free
#include "../sawtooth.c" /* NOLINT(bugprone-suspicious-include): the program under test */
#undef malloc
#undef free

static uint64_t asked_order;
static uint64_t asked_seed;

uint64_t workload_parameter(char const *name)
{
    if (strcmp(name, "objects") == 0)
        return 3;
    if (strcmp(name, "size") == 0)
        return BLOCK_BYTES;
    return strcmp(name, "order") == 0 ? asked_order : asked_seed;
}

static void begin(enum order order, uint64_t seed)
{
    handed_out = 0;
    distinct_blocks = BLOCKS_MAX;
    calls[0] = 0;
    asked_order = order;
    asked_seed = seed;
    memset(&state, 0, sizeof state);
    setup();
}

static void first_in_first_out(void **unused)
{
    (void)unused;
    begin(ORDER_FIFO, 42);
    run(12);
    assert_string_equal(calls, "+0 +1 +2 -0 -1 -2 +3 +4 +5 -3 -4 -5 ");
}

static void last_in_first_out(void **unused)
{
    (void)unused;
    begin(ORDER_LIFO, 42);
    run(12);
    assert_string_equal(calls, "+0 +1 +2 -2 -1 -0 +3 +4 +5 -5 -4 -3 ");
}

static void operations_end_anywhere_and_go_on_from_there(void **unused)
{
    (void)unused;
    begin(ORDER_LIFO, 42);
    run(0);
    assert_string_equal(calls, "");
    run(4);
    assert_string_equal(calls, "+0 +1 +2 -2 ");
    run(1);
    run(3);
    assert_string_equal(calls, "+0 +1 +2 -2 -1 -0 +3 +4 ");
}

static void parts_have_the_checksum_of_the_whole(void **unused)
{
    (void)unused;
    begin(ORDER_RANDOM, 42);
    uint64_t const whole = run(40);
    begin(ORDER_RANDOM, 42);
    for (unsigned i = 0; i < 39; i++)
        assert_true(run(1) != whole);
    assert_true(run(1) == whole);
}

/* Every tooth frees each of its three blocks once, and not all teeth in the same order. */
static void random_order_is_a_permutation_a_tooth(void **unused)
{
    unsigned orders_seen = 0;
    unsigned first[10];

    (void)unused;
    begin(ORDER_RANDOM, 42);
    for (unsigned tooth = 0; tooth < 10; tooth++) {
        unsigned a, b, c;
        run(3);
        calls[0] = 0;
        run(3);
        assert_int_equal(sscanf(calls, "-%u -%u -%u", &a, &b, &c), 3);
        assert_true(a != b && b != c && a != c);
        assert_in_range(a, 3 * tooth, 3 * tooth + 2);
        assert_in_range(b, 3 * tooth, 3 * tooth + 2);
        assert_in_range(c, 3 * tooth, 3 * tooth + 2);
        first[tooth] = a % 3;
        orders_seen += first[tooth] != first[0];
    }
    assert_true(orders_seen > 0);
}

/* An allocator that gives the same block twice is detected, and the program ends with status 1. */
static void shared_memory_is_found_out(void **unused)
{
    int status;
    pid_t const child = fork();

    (void)unused;
    if (child == 0) {
        close(STDERR_FILENO);
        begin(ORDER_FIFO, 42);
        distinct_blocks = 1;
        run(4);
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 1);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(first_in_first_out),
        cmocka_unit_test(last_in_first_out),
        cmocka_unit_test(operations_end_anywhere_and_go_on_from_there),
        cmocka_unit_test(parts_have_the_checksum_of_the_whole),
        cmocka_unit_test(random_order_is_a_permutation_a_tooth),
        cmocka_unit_test(shared_memory_is_found_out),
    };

    return cmocka_run_group_tests_name("sawtooth", tests, NULL, NULL);
}
