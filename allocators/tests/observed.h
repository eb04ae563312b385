/* observed.h -- the counters of an observing build, as other programs read them: by name.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_TESTS_OBSERVED_H
#define SLABLAB_TESTS_OBSERVED_H

#include <dlfcn.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum { OBSERVED_COUNTERS_MAX = 24, OBSERVED_NAME_MAX = 32 };

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

/* Where the counter stands in the table; -1 where it has none of this name. */
static inline int observed_index(char const *name)
{
    for (uint32_t i = 0; i < observed()->count; i++)
        if (strcmp(observed()->counter[i].name, name) == 0)
            return (int)i;
    return -1;
}

/* An absent counter reads 0: a phase counts only what it has. */
static inline uint64_t observed_value(char const *name)
{
    int const index = observed_index(name);

    if (index < 0)
        return 0;
    return __atomic_load_n(&observed()->counter[index].value, __ATOMIC_RELAXED);
}

#endif
