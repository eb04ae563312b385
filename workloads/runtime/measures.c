/* measures.c -- the numbers that a workload itself reports, as it declares them.
 *
 * SPDX-License-Identifier: MIT */
#include "runtime.h"

#include <string.h>

/* Where workload_report writes; set while report() runs. */
static struct region *page;

void workload_report(char const *name, uint64_t value)
{
    for (uint32_t i = 0; page != NULL && i < page->measure_count; i++)
        if (strcmp(page->measure[i].name, name) == 0) {
            page->measure[i].value = value;
            return;
        }
    end_with(STATUS_FAILED, "a line for it in the workload's table of measures, and report()",
             "the workload reports a measure '%s' that it does not declare, or not in time", name);
}

void collect_measures(struct region *region)
{
    region->measure_count = 0;
    if (workload.measures == NULL)
        return;
    for (struct measure const *own = workload.measures; own->name != NULL; own++)
        memcpy(region->measure[region->measure_count++].name, own->name, strlen(own->name) + 1);
    page = region;
    workload.report();
    page = NULL;
}
