/* configuration.c -- tests that a bad SLABLAB_ variable stops a program before it allocates.
 *
 *   configuration names                   any phase: which names are none of it
 *   configuration smallmid | prewarm      which variables the phase under test reads
 *
 * Allocators read their configuration at start, so each case is this program executed anew.
 *
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "tests/child.h"
#include "tests/preloaded.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

struct setting {
    char const *name;
    char const *value;
    char const *also; /* a second assignment that the first needs in order to matter, or NULL */
};

/* The child's whole program: it allocates, and prints that a bad value did not stop it. */
static int allocate_and_tell(void)
{
    void *const block = malloc(500);
    static char const served[] = "an allocation was served\n";
    bool const told = write(STDERR_FILENO, served, sizeof served - 1) > 0;

    free(block);
    return block != NULL && told ? 0 : 1;
}

static int execute_with_setting(void *argument)
{
    struct setting const *const setting = argument;
    char first[256];
    char second[256];
    char preload[4096];
    char *environment[] = {preload, first, second, NULL};
    char program[] = "configuration";
    char allocate[] = "--allocate";
    char *arguments[] = {program, allocate, NULL};
    char const *const preloaded = getenv("LD_PRELOAD");

    snprintf(preload, sizeof preload, "LD_PRELOAD=%s", preloaded == NULL ? "" : preloaded);
    snprintf(first, sizeof first, "%s=%s", setting->name, setting->value);
    snprintf(second, sizeof second, "%s", setting->also == NULL ? "UNUSED=" : setting->also);
    execve("/proc/self/exe", arguments, environment);
    return 127;
}

static void assert_refused(struct setting setting)
{
    struct child child;

    child_run(&child, execute_with_setting, &setting);
    if (!child_aborted(&child))
        fail_msg("%s='%s': no abort (wait status 0x%x): %s", setting.name, setting.value,
                 (unsigned)child.status, child.text);
    if (strstr(child.text, setting.name) == NULL || strstr(child.text, setting.value) == NULL)
        fail_msg("%s='%s': the message does not name it: %s", setting.name, setting.value,
                 child.text);
    assert_null(strstr(child.text, "an allocation was served"));
}

static void assert_accepted(struct setting setting)
{
    struct child child;

    child_run(&child, execute_with_setting, &setting);
    if (!child_succeeded(&child))
        fail_msg("%s=%s: wait status 0x%x: %s", setting.name, setting.value, (unsigned)child.status,
                 child.text);
    assert_string_equal(child.text, "an allocation was served\n");
}

static void test_small_mid(void **state)
{
    static char const *const good[] = {"0", "1"};
    static char const *const bad[] = {"2", "-1", "yes", "1 ", "11", "on"};
    (void)state;

    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        assert_accepted((struct setting){"SLABLAB_SMALLMID", good[i], NULL});
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_refused((struct setting){"SLABLAB_SMALLMID", bad[i], NULL});
}

/* A misspelt name would be measured as if it were unset. */
static void test_names(void **state)
{
    static char const *const good[] = {"SLABLAB_REGION", "SLABLAB_PAD", "SLABLAB_LOCK",
                                       "SLABLABX",       "SLABLAB",     "MY_SLABLAB_X"};
    static char const *const bad[] = {"SLABLAB_SMALMID",   "SLABLAB_SMALLMIDS", "SLABLAB_SMALLMI",
                                      "SLABLAB_smallmid",  "SLABLAB_",          "SLABLAB_X",
                                      "SLABLAB_REGION_FD", "SLABLAB_PREWARMED"};
    (void)state;

    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        assert_accepted((struct setting){good[i], "77", NULL});
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_refused((struct setting){bad[i], "77", NULL});
}

static void test_prewarm(void **state)
{
    static char const *const good[] = {"0", "1", "2"};
    static char const *const bad[] = {"abc", "-1", "2x", "0x2", "1.5", "99999999999999999999"};
    (void)state;

    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        assert_accepted((struct setting){"SLABLAB_PREWARM", good[i], NULL});
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_refused((struct setting){"SLABLAB_PREWARM", bad[i], NULL});
}

/* Where the kernel gives no huge pages, to ask for them is refused: see settings.sh. */
static bool kernel_gives_huge_pages(void)
{
    char text[64] = "";
    FILE *const file = fopen("/sys/kernel/mm/transparent_hugepage/enabled", "r");

    if (file == NULL)
        return false;
    bool const read = fgets(text, sizeof text, file) != NULL;
    fclose(file);
    return read && strstr(text, "[never]") == NULL;
}

static void test_prewarm_method(void **state)
{
    static char const *const good[] = {"touch", "populate"};
    static char const *const bad[] = {"foo", "TOUCH", "touch,populate", "touc"};
    char const *const on = "SLABLAB_PREWARM=1";
    (void)state;

    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        assert_accepted((struct setting){"SLABLAB_PREWARM_METHOD", good[i], on});
    if (kernel_gives_huge_pages())
        assert_accepted((struct setting){"SLABLAB_PREWARM_METHOD", "hugepage", on});
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_refused((struct setting){"SLABLAB_PREWARM_METHOD", bad[i], on});
}

/* 64 SuperSlabs for each of 8 classes are 512 MB. */
static int execute_with_little_memory(void *argument)
{
    struct rlimit const little = {256 << 20, 256 << 20};

    return setrlimit(RLIMIT_AS, &little) == 0 ? execute_with_setting(argument) : 1;
}

static void test_prewarm_without_memory(void **state)
{
    struct setting setting = {"SLABLAB_PREWARM", "64", NULL};
    struct child child;
    (void)state;

    child_run(&child, execute_with_little_memory, &setting);
    assert_true(child_aborted(&child));
    assert_non_null(strstr(child.text, "prewarm: mmap failed: errno 12\n  try: a smaller"));
}

int main(int argc, char **argv)
{
    static struct CMUnitTest const small_mid[] = {cmocka_unit_test(test_small_mid)};
    static struct CMUnitTest const names[] = {cmocka_unit_test(test_names)};
    static struct CMUnitTest const prewarm[] = {cmocka_unit_test(test_prewarm),
                                                cmocka_unit_test(test_prewarm_method),
                                                cmocka_unit_test(test_prewarm_without_memory)};

    if (argc == 2 && strcmp(argv[1], "--allocate") == 0)
        return allocate_and_tell();
    if (!preloaded_object_serves("malloc"))
        return 1;
    if (argc == 2 && strcmp(argv[1], "smallmid") == 0)
        return cmocka_run_group_tests_name("smallmid", small_mid, NULL, NULL);
    if (argc == 2 && strcmp(argv[1], "names") == 0)
        return cmocka_run_group_tests_name("names", names, NULL, NULL);
    if (argc == 2 && strcmp(argv[1], "prewarm") == 0)
        return cmocka_run_group_tests_name("prewarm", prewarm, NULL, NULL);
    fputs("usage: configuration names | smallmid | prewarm\n", stderr);
    return 2;
}
