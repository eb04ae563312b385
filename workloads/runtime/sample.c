/* sample.c -- one sample, in the order in which it happens.
 *
 * SPDX-License-Identifier: MIT */
#include "runtime.h"

void (*threads_finish)(struct region *region);

/* The harness believes nothing until the state says REPORTED, so that is written last. */
static void report_to_harness(struct region *region, uint64_t operations, uint64_t checksum)
{
    collect_memory(region);
    collect_tiers(region);
    collect_object(region);
    collect_measures(region);
    region->threads = 1;
    region->slowest_thread_ns = region->wall_ns;
    region->median_thread_ns = region->wall_ns;
    if (threads_finish != NULL)
        threads_finish(region);
    region->operations = operations;
    region->checksum = checksum;
    __atomic_store_n(&region->state, REGION_REPORTED, __ATOMIC_RELEASE);
}

int workload_main(int argc, char **argv)
{
    declaration_check();
    struct arguments const arguments = arguments_parse(argc, argv);
    bool measured;
    struct region *const region = page_open(&measured);

    if (workload.setup != NULL)
        workload.setup();
    if (arguments.check)
        return STATUS_OK;
    workload.run(arguments.warmup);

    region_prepare(region);
    region_begin(region);
    uint64_t const checksum = workload.run(arguments.operations);
    region_end(region);
    region_finish(region);

    report_to_harness(region, arguments.operations, checksum);
    if (!measured)
        report_print(region, &arguments);
    return STATUS_OK;
}
