/* observed.h -- the counters of an observing build, as other programs read them: by name.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_TESTS_OBSERVED_H
#define SLABLAB_TESTS_OBSERVED_H

#include <dlfcn.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { OBSERVED_COUNTERS_MAX = 32, OBSERVED_NAME_MAX = 32 };

struct observed {
    uint32_t version;
    uint32_t count;
    struct {
        char name[OBSERVED_NAME_MAX];
        uint64_t value;
    } counter[OBSERVED_COUNTERS_MAX];
};

/* NULL: the allocator does not observe itself. */
static inline struct observed const *observed(void)
{
    return dlsym(RTLD_DEFAULT, "slablab_observe");
}

/* The value of a counter, which every observing build has: all export the whole table. */
static inline uint64_t observed_value(char const *name)
{
    for (uint32_t i = 0; i < observed()->count; i++)
        if (strcmp(observed()->counter[i].name, name) == 0)
            return __atomic_load_n(&observed()->counter[i].value, __ATOMIC_RELAXED);
    abort();
}

/* The value of NAME=number in the environment; 0 where it is not set. */
static inline uint64_t setting_of(char const *name)
{
    char const *const value = getenv(name);

    return value != NULL ? strtoull(value, NULL, 10) : 0;
}

#endif
