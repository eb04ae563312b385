/* huge.c -- tests which phases ask for huge pages, and for pages that can be huge.
 *
 * Whether the kernel gives them is its own affair: the flag `hg` of a mapping says that it was
 * asked. With FIRST_4_MB_ARE_SMALL in the environment the phase is one with `+small=4`.
 *
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "tests/preloaded.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

enum { BLOCKS = 8192, SIZE = 1000, HUGE_PAGE_BYTES = 2 << 20 };

static int64_t clock_us = 1000000000;

/* The allocator's clock, since a program's symbols come before those of its libraries. */
int clock_gettime(clockid_t clock, struct timespec *now)
{
    (void)clock;
    *now = (struct timespec){clock_us / 1000000, clock_us % 1000000 * 1000};
    return 0;
}

struct mapping {
    uintptr_t begin;
    uintptr_t end;
    bool asked;
};

/* The mapping that holds the address. */
static struct mapping mapping_of(void const *address)
{
    char line[512];
    struct mapping mapping = {0, 0, false};
    bool found = false;
    FILE *const file = fopen("/proc/self/smaps", "r");

    assert_non_null(file);
    while (fgets(line, sizeof line, file) != NULL) {
        unsigned long begin = 0;
        unsigned long end = 0;

        if (sscanf(line, "%lx-%lx ", &begin, &end) == 2) {
            found = begin <= (uintptr_t)address && (uintptr_t)address < end;
            mapping = found ? (struct mapping){begin, end, false} : mapping;
        } else if (found && strncmp(line, "VmFlags:", strlen("VmFlags:")) == 0) {
            mapping.asked = strstr(line, " hg") != NULL;
        }
    }
    fclose(file);
    return mapping;
}

static void *block[2][BLOCKS]; /* as fast as can be, then each after a millisecond */

static void take(void **blocks, int64_t step_us)
{
    for (uint32_t i = 0; i < BLOCKS; i++) {
        blocks[i] = malloc(SIZE);
        assert_non_null(blocks[i]);
        clock_us += step_us;
    }
}

static void check_mapping(void const *one, bool asked)
{
    struct mapping const mapping = mapping_of(one);
    uintptr_t const page = (uintptr_t)one & ~(uintptr_t)(HUGE_PAGE_BYTES - 1);

    assert_int_equal(mapping.asked, asked);
    assert_true(!asked || mapping.begin <= page);
    assert_true(!asked || page + HUGE_PAGE_BYTES <= mapping.end);
}

static void test_small_blocks_lie_in_huge_pages(void **state)
{
    (void)state;

    assert_true(preloaded_object_serves("malloc"));
    if (blocks_have_tags())
        skip();
    bool const huge = phase_has_rung("huge");
    bool const small_first = getenv("FIRST_4_MB_ARE_SMALL") != NULL;
    take(block[0], 0);
    for (uint32_t i = 0; i < BLOCKS; i += BLOCKS / 16) {
        if (small_first && i >= BLOCKS / 4 && i < BLOCKS / 4 * 3)
            continue; /* it is here that the first huge page begins */
        check_mapping(block[0][i], huge && (!small_first || i >= BLOCKS / 2));
    }
}

/* A SuperSlab has a thousand blocks and so lasts a second here; the first ones lie in a pair that
 * was begun in no time. */
static void test_what_is_taken_slowly_may_lie_in_small_ones(void **state)
{
    (void)state;

    if (blocks_have_tags())
        skip();
    bool const huge = phase_has_rung("huge") && !phase_has_rung("paced");
    take(block[1], 1000);
    for (uint32_t i = BLOCKS / 2; i < BLOCKS; i += BLOCKS / 16)
        check_mapping(block[1][i], huge);
    for (uint32_t i = 0; i < BLOCKS; i++) {
        free(block[0][i]);
        free(block[1][i]);
    }
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_small_blocks_lie_in_huge_pages),
        cmocka_unit_test(test_what_is_taken_slowly_may_lie_in_small_ones),
    };
    return cmocka_run_group_tests_name("huge", tests, NULL, NULL);
}
