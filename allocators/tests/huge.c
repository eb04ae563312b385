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

#include <cmocka.h>

enum { BLOCKS = 8192, SIZE = 1000, HUGE_PAGE_BYTES = 2 << 20 };

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

static void test_small_blocks_lie_in_huge_pages(void **state)
{
    static void *block[BLOCKS];
    (void)state;

    assert_true(preloaded_object_serves("malloc"));
    if (blocks_have_tags())
        skip();
    bool const huge = phase_has_rung("huge");
    bool const small_first = getenv("FIRST_4_MB_ARE_SMALL") != NULL;
    for (uint32_t i = 0; i < BLOCKS; i++)
        block[i] = malloc(SIZE);
    for (uint32_t i = 0; i < BLOCKS; i += BLOCKS / 16) {
        struct mapping const mapping = mapping_of(block[i]);
        uintptr_t const page = (uintptr_t)block[i] & ~(uintptr_t)(HUGE_PAGE_BYTES - 1);

        if (small_first && i >= BLOCKS / 4 && i < BLOCKS / 4 * 3)
            continue; /* it is here that the first huge page begins */
        assert_int_equal(mapping.asked, huge && (!small_first || i >= BLOCKS / 2));
        assert_true(!mapping.asked || mapping.begin <= page);
        assert_true(!mapping.asked || page + HUGE_PAGE_BYTES <= mapping.end);
    }
    for (uint32_t i = 0; i < BLOCKS; i++)
        free(block[i]);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_small_blocks_lie_in_huge_pages),
    };
    return cmocka_run_group_tests_name("huge", tests, NULL, NULL);
}
