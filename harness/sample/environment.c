/* environment.c -- an array of pointers and its strings, in one allocation.
 *
 * SPDX-License-Identifier: MIT */
#include "sample/environment.h"

#include "base/memory.h"

#include <stdio.h>
#include <string.h>

enum { ENTRIES_OF_OURS = 4 };

static char const PRELOAD[] = "LD_PRELOAD=";
static char const REGION[] = "SLABLAB_REGION=";
static char const BIND_NOW[] = "LD_BIND_NOW=1";
static char const PAD[] = "SLABLAB_PAD=";

char const *environment_object(struct arm const *arm, bool observing)
{
    return observing && arm->observer != NULL ? arm->observer : arm->object;
}

/* With an empty SLABLAB_PAD. */
static size_t bytes_unpadded(struct arm const *arm, char const *object, int region_fd)
{
    size_t bytes = sizeof PAD + sizeof BIND_NOW + sizeof REGION;

    bytes += (size_t)snprintf(NULL, 0, "%d", region_fd);
    if (object != NULL)
        bytes += sizeof PRELOAD + strlen(object);
    for (size_t i = 0; i < arm->environment_count; i++)
        bytes += strlen(arm->environment[i]) + 1;
    return bytes;
}

size_t environment_bytes_largest(struct plan const *plan, bool observing, int region_fd)
{
    size_t largest = 0;

    for (size_t i = 0; i < plan->arm_count; i++) {
        struct arm const *arm = &plan->arms[i];
        size_t const bytes = bytes_unpadded(arm, environment_object(arm, observing), region_fd);
        if (bytes > largest)
            largest = bytes;
    }
    return largest;
}

char **environment_build(struct arm const *arm, char const *object, int region_fd,
                         size_t bytes_total, size_t pad_bytes)
{
    size_t const pointers = arm->environment_count + ENTRIES_OF_OURS + 1;
    size_t const unpadded = bytes_unpadded(arm, object, region_fd);
    size_t const pad = bytes_total - unpadded + pad_bytes;
    char **const environment = memory_zeroed(1, pointers * sizeof *environment + unpadded + pad);
    char *string = (char *)(environment + pointers);
    size_t entry = 0;

    if (object != NULL) {
        environment[entry++] = string;
        string += sprintf(string, "%s%s", PRELOAD, object) + 1;
    }
    environment[entry++] = string;
    string += sprintf(string, "%s%d", REGION, region_fd) + 1;
    environment[entry++] = string;
    string = stpcpy(string, BIND_NOW) + 1;
    for (size_t i = 0; i < arm->environment_count; i++) {
        environment[entry++] = string;
        string = stpcpy(string, arm->environment[i]) + 1;
    }
    environment[entry++] = string;
    string = stpcpy(string, PAD);
    memset(string, 'x', pad);
    environment[entry] = NULL;
    return environment;
}
