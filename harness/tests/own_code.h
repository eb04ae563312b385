/* own_code.h -- where code of the running test is in its file.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_TEST_OWN_CODE_H
#define SLABLAB_TEST_OWN_CODE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/* A line of /proc/self/maps. */
struct own_mapping {
    uint64_t begin;
    uint64_t end;
    uint64_t file_offset;
    char path[512];
};

/* False where nothing is mapped. */
static inline bool own_mapping_find(uint64_t address, struct own_mapping *mapping)
{
    FILE *const maps = fopen("/proc/self/maps", "re");
    char line[1024];
    bool found = false;

    memset(mapping, 0, sizeof *mapping);
    assert_non_null(maps);
    while (!found && fgets(line, sizeof line, maps) != NULL) {
        mapping->path[0] = '\0';
        if (sscanf(line, "%" SCNx64 "-%" SCNx64 " %*s %" SCNx64 " %*s %*s %511s", &mapping->begin,
                   &mapping->end, &mapping->file_offset, mapping->path) >= 3)
            found = mapping->begin <= address && address < mapping->end;
    }
    fclose(maps);
    return found;
}

static inline uint64_t own_offset(uint64_t address)
{
    struct own_mapping mapping;

    assert_true(own_mapping_find(address, &mapping));
    return address - mapping.begin + mapping.file_offset;
}

/* Where its caller goes on. */
static __attribute__((noinline)) uint64_t own_return_address(void)
{
    __asm__ volatile("" ::: "memory");
    return (uintptr_t)__builtin_return_address(0);
}

#endif
