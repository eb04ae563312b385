/* page.c -- memory that is mapped: the harness's page and a workload's bookkeeping.
 *
 * SPDX-License-Identifier: MIT */
#include "runtime.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

static char const hint[] = "SLABLAB_REGION unset, to run without a harness";

static int parse_descriptor(char const *text)
{
    int descriptor = 0;

    for (char const *digit = text; *digit != 0; digit++) {
        if (*digit < '0' || *digit > '9' || descriptor > 100000)
            end_with(STATUS_REFUSED, hint, "SLABLAB_REGION='%s' is not a descriptor", text);
        descriptor = descriptor * 10 + (*digit - '0');
    }
    return descriptor;
}

static void check(struct region const *region)
{
    if (region->magic != REGION_MAGIC || region->version != REGION_VERSION)
        end_with(STATUS_REFUSED, "make, so that harness and workloads are of one build",
                 "the harness's page is of version %u with magic %08x, not %d with %08x",
                 (unsigned)region->version, (unsigned)region->magic, REGION_VERSION,
                 (unsigned)REGION_MAGIC);
    if (region->counter_count > REGION_COUNTERS_MAX)
        end_with(STATUS_REFUSED, "fewer events",
                 "the harness's page names %u counters, more than %d",
                 (unsigned)region->counter_count, REGION_COUNTERS_MAX);
}

struct region *page_open(bool *measured)
{
    char const *const name = getenv("SLABLAB_REGION");
    struct region *region;

    *measured = name != NULL && name[0] != 0;
    if (!*measured) {
        region = workload_map(sizeof *region);
        region->magic = REGION_MAGIC;
        region->version = REGION_VERSION;
        return region;
    }
    region = mmap(NULL, sizeof *region, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE,
                  parse_descriptor(name), 0);
    if (region == MAP_FAILED)
        end_with(STATUS_REFUSED, hint, "cannot map SLABLAB_REGION=%s: %s", name, strerror(errno));
    check(region);
    return region;
}

void *workload_map(size_t bytes)
{
    void *const memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
                              MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);

    if (memory == MAP_FAILED)
        end_with(STATUS_FAILED, "fewer objects, or a machine with more memory",
                 "cannot map %zu bytes: %s", bytes, strerror(errno));
    memset(memory, 0, bytes); /* faults now, all of them: MAP_POPULATE may give up in silence */
    return memory;
}
