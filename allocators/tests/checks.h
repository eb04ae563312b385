/* checks.h -- the main function of a suite whose checks can be run one by one.
 *
 *   conformance            all of them
 *   conformance list       their names, a line each
 *   conformance NAME       that one: another process for each, so that a crash is one check's
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_TESTS_CHECKS_H
#define SLABLAB_TESTS_CHECKS_H

#include <stdio.h>
#include <string.h>

static inline char const *check_name(struct CMUnitTest const *test)
{
    return test->name + strlen("test_");
}

/* What `list` or `NAME` asks for; the exit status. */
static inline int checks_some(char const *asked, struct CMUnitTest const *tests, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct CMUnitTest const alone[] = {tests[i]};
        if (strcmp(asked, "list") == 0)
            puts(check_name(&tests[i]));
        else if (strcmp(asked, check_name(&tests[i])) == 0)
            return cmocka_run_group_tests_name(asked, alone, NULL, NULL);
    }
    if (strcmp(asked, "list") == 0)
        return 0;
    fprintf(stderr, "checks: unknown check '%s'\n  try: list\n", asked);
    return 2;
}

#define CHECKS_RUN(argc, argv, name, tests)                                                     \
    ((argc) > 1 ? checks_some((argv)[1], (tests), sizeof(tests) / sizeof *(tests))              \
                : cmocka_run_group_tests_name((name), (tests), NULL, NULL))

#endif
