/* null.c -- a workload that does nothing: only the cost of measuring is left.
 *
 * SPDX-License-Identifier: MIT */
#include "workload.h"

static uint64_t run(uint64_t operations)
{
    (void)operations;
    return CHECKSUM_START;
}

static struct parameter const params[] = {{.name = NULL}};

struct workload const workload = {
    .name = "null",
    .models = "nothing: the cost of a process and of the region's ends",
    .params = params,
    .run = run,
};
