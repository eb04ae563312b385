/* eager.c -- tests that a slab is carved when, and as far as, its phase says.
 *
 * Resident pages show it: a block's link is written when the block is carved, so a page
 * that is resident and was never handed out was touched by the allocator itself.
 *
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "tests/child.h"
#include "tests/observed.h"
#include "tests/preloaded.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cmocka.h>

/* Nothing else in this process asks for 1,017 to 2,040 bytes: the class is fresh. */
enum { SIZE = 1500, STRIDE = 2048, SLAB_BYTES = 1 << 16, PAGE_BYTES = 4096, CLASSES = 8 };
enum { PAGES = SLAB_BYTES / PAGE_BYTES, SUPERSLAB_PAGES = (1 << 20) / PAGE_BYTES };
enum { REFILL_PAGES = 16 * STRIDE / PAGE_BYTES + 1 };

static bool phase_is(char const *object)
{
    return strcmp(expected_object(), object) == 0;
}

static uint32_t resident_pages(void const *begin, uint32_t pages)
{
    unsigned char resident[SUPERSLAB_PAGES];
    uint32_t found = 0;

    assert_int_equal(mincore((void *)(uintptr_t)begin, (size_t)pages * PAGE_BYTES, resident), 0);
    for (uint32_t i = 0; i < pages; i++)
        found += resident[i] & 1;
    return found;
}

static char const *round_down(void const *pointer, uintptr_t bytes)
{
    return (char const *)((uintptr_t)pointer & ~(bytes - 1));
}

static void test_first_block_of_a_slab(void **state)
{
    (void)state;
    assert_true(preloaded_object_serves("malloc"));
    bool const eager = phase_is("libeager-freelist.so") || phase_is("libeager-superslabs.so");
    if (!eager && !phase_is("libss-reuse.so"))
        skip();
    void *const block = malloc(SIZE);
    assert_non_null(block);
    uint32_t const pages = resident_pages(round_down(block, SLAB_BYTES), PAGES);
    print_message("           one block: %u of %d pages of its slab are resident\n", pages, PAGES);
    if (eager)
        assert_int_equal(pages, PAGES);
    else
        assert_in_range(pages, 1, REFILL_PAGES);
    free(block);
}

static void test_superslabs_at_start(void **state)
{
    (void)state;
    if (!phase_is("libeager-freelist.so") && !phase_is("libeager-superslabs.so"))
        skip();
    bool const at_start = phase_is("libeager-superslabs.so");
    void *const block = malloc(SIZE);
    assert_non_null(block);
    uint32_t const pages = resident_pages(round_down(block, 1 << 20), SUPERSLAB_PAGES);
    free(block);
    if (at_start)
        assert_int_equal(pages, SUPERSLAB_PAGES);
    else
        assert_in_range(pages, PAGES, SUPERSLAB_PAGES - 1);
    if (observed() == NULL)
        return;
    if (at_start)
        assert_int_equal(observed_value("superslabs_mapped"), CLASSES);
    else
        assert_in_range(observed_value("superslabs_mapped"), 1, CLASSES - 1);
}

/* Blocks that were never handed out follow one another, however they were linked. */
static void test_every_block_of_a_slab_is_handed_out_once(void **state)
{
    enum { BLOCKS = 3 * SLAB_BYTES / STRIDE };
    static void *block[BLOCKS];
    (void)state;

    if (!phase_is("libeager-freelist.so") && !phase_is("libeager-superslabs.so"))
        skip();
    for (uint32_t i = 0; i < BLOCKS; i++) {
        block[i] = malloc(SIZE);
        assert_non_null(block[i]);
        for (uint32_t k = 0; k < i; k++)
            assert_ptr_not_equal(block[i], block[k]);
        memset(block[i], 0xff, SIZE);
    }
    for (uint32_t i = 0; i < BLOCKS; i++)
        free(block[i]);
}

/* The libraries of this process take less than 4 MB, and 8 SuperSlabs 8. */
static int execute_with_little_memory(void *argument)
{
    struct rlimit const little = {9 << 20, 9 << 20};

    if (setrlimit(RLIMIT_AS, &little) == 0)
        execl("/proc/self/exe", argument, "--begin", (char *)NULL);
    return 1;
}

static void test_start_without_memory(void **state)
{
    struct child child;

    (void)state;
    if (!phase_is("libeager-superslabs.so"))
        skip();
    child_run(&child, execute_with_little_memory, (void *)(uintptr_t) "eager");
    assert_true(child_aborted(&child));
    assert_non_null(strstr(child.text, "start: no memory for a SuperSlab of every class\n  try: "));
}

int main(int argc, char **argv)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_first_block_of_a_slab),
        cmocka_unit_test(test_superslabs_at_start),
        cmocka_unit_test(test_every_block_of_a_slab_is_handed_out_once),
        cmocka_unit_test(test_start_without_memory),
    };

    if (argc == 2 && strcmp(argv[1], "--begin") == 0)
        return 0;
    return cmocka_run_group_tests_name("eager", tests, NULL, NULL);
}
