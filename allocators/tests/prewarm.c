/* prewarm.c -- tests that prewarmed SuperSlabs are resident at start and served from.
 *
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "tests/observed.h"
#include "tests/preloaded.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#include <cmocka.h>

enum { BLOCKS = 1024, SIZE = 1000, PAGES_PER_MB = 256, CLASSES = 8 };

static bool method_is(char const *method)
{
    char const *const value = getenv("SLABLAB_PREWARM_METHOD");

    if (setting_of("SLABLAB_PREWARM") == 0)
        return false;
    return strcmp(value != NULL ? value : "touch", method) == 0;
}

static uint64_t faults(void)
{
    struct rusage usage;

    getrusage(RUSAGE_SELF, &usage);
    return (uint64_t)usage.ru_minflt;
}

static uint64_t huge_kb(void)
{
    char line[256];
    uint64_t kb = 0;
    FILE *const file = fopen("/proc/self/smaps_rollup", "r");

    assert_non_null(file);
    while (fgets(line, sizeof line, file) != NULL)
        if (strncmp(line, "AnonHugePages:", 14) == 0)
            kb = strtoull(line + 14, NULL, 10);
    fclose(file);
    return kb;
}

/* n = 2: 2 SuperSlabs x 8 classes x 256 pages are 4,096 faults. */
static void test_touch_faults_at_start(void **state)
{
    (void)state;
    assert_true(preloaded_object_serves("malloc"));
    if (!method_is("touch"))
        skip();
    assert_true(faults() >= setting_of("SLABLAB_PREWARM") * CLASSES * PAGES_PER_MB);
}

/* n = 2: 16 MB. That this program runs says that the kernel gives huge pages: settings.sh. */
static void test_hugepage_is_huge(void **state)
{
    (void)state;
    if (!method_is("hugepage"))
        skip();
    assert_true(huge_kb() >= setting_of("SLABLAB_PREWARM") * CLASSES * 1024);
}

/* 1,024 blocks of 1,000 B: 64 a slab of 64 KB, so 16 slabs and a fraction, of 2 x 16. */
static void test_capacity_is_served_without_mapping_or_faulting(void **state)
{
    static void *block[BLOCKS];
    (void)state;

    if (setting_of("SLABLAB_PREWARM") < 2)
        skip();
    memset(block, 0, sizeof block); /* its own faults first */
    uint64_t const mapped = observed() != NULL ? observed_value("superslabs_mapped") : 0;
    uint64_t const before = faults();
    for (uint32_t i = 0; i < BLOCKS; i++) {
        block[i] = malloc(SIZE);
        memset(block[i], 1, SIZE);
    }
    uint64_t const after = faults();
    assert_int_equal(observed() != NULL ? observed_value("superslabs_mapped") : 0, mapped);
    assert_in_range(after - before, 0, 16); /* 256 when nothing is prewarmed */
    for (uint32_t i = 0; i < BLOCKS; i++)
        free(block[i]);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_touch_faults_at_start),
        cmocka_unit_test(test_hugepage_is_huge),
        cmocka_unit_test(test_capacity_is_served_without_mapping_or_faulting),
    };
    return cmocka_run_group_tests_name("prewarm", tests, NULL, NULL);
}
