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

static size_t larger(size_t one, size_t other)
{
    return one > other ? one : other;
}

char const *environment_object(struct arm const *arm, size_t link, bool observing)
{
    return observing && arm->observer != NULL ? arm->observer : arm_link(arm, link).object;
}

/* The length of the longest path that the arm's processes may load; 0: they load none. */
static size_t longest_path(struct arm const *arm, bool observing)
{
    size_t longest = 0;
    size_t link = 0;

    do {
        char const *const object = environment_object(arm, link, observing);
        longest = larger(longest, object != NULL ? strlen(object) : 0);
    } while (++link < arm->link_count);
    return longest;
}

/* With an empty SLABLAB_PAD. */
static size_t bytes_unpadded(struct arm const *arm, bool preloads, size_t path_bytes, int region_fd)
{
    size_t bytes = sizeof PAD + sizeof BIND_NOW + sizeof REGION;

    bytes += (size_t)snprintf(NULL, 0, "%d", region_fd);
    if (preloads)
        bytes += sizeof PRELOAD + path_bytes;
    for (size_t i = 0; i < arm->environment_count; i++)
        bytes += strlen(arm->environment[i]) + 1;
    return bytes;
}

struct environment_size environment_size_largest(struct plan const *plan, bool observing,
                                                 int region_fd)
{
    struct environment_size size = {0};

    for (size_t i = 0; i < plan->arm_count; i++)
        size.path_bytes = larger(size.path_bytes, longest_path(&plan->arms[i], observing));
    for (size_t i = 0; i < plan->arm_count; i++) {
        struct arm const *const arm = &plan->arms[i];
        bool const preloads = longest_path(arm, observing) > 0;
        size.bytes = larger(size.bytes, bytes_unpadded(arm, preloads, size.path_bytes, region_fd));
    }
    return size;
}

/* Returns the end of the string. */
static char *write_preload(char *string, char const *object, size_t path_bytes)
{
    size_t const slashes = path_bytes - strlen(object);

    string = stpcpy(string, PRELOAD);
    memset(string, '/', slashes);
    return stpcpy(string + slashes, object);
}

char **environment_build(struct arm const *arm, char const *object, int region_fd,
                         struct environment_size size, size_t pad_bytes)
{
    size_t const pointers = arm->environment_count + ENTRIES_OF_OURS + 1;
    size_t const unpadded = bytes_unpadded(arm, object != NULL, size.path_bytes, region_fd);
    size_t const pad = size.bytes - unpadded + pad_bytes;
    char **const environment = memory_zeroed(1, pointers * sizeof *environment + unpadded + pad);
    char *string = (char *)(environment + pointers);
    size_t entry = 0;

    if (object != NULL) {
        environment[entry++] = string;
        string = write_preload(string, object, size.path_bytes) + 1;
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
