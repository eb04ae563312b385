/* report.c -- prints a sample when the workload runs without a harness.
 *
 * SPDX-License-Identifier: MIT */
#include "runtime.h"

#include <stdio.h>

static double const milli_ns = 1e6;
static double const mebibyte = 1024.0 * 1024.0;

static unsigned long long wide(uint64_t value)
{
    return value;
}

static void print_command(struct arguments const *arguments)
{
    printf("%s", workload.name);
    for (struct parameter const *parameter = workload.params; parameter->name != NULL; parameter++)
        printf(" %s=%llu", parameter->name, wide(workload_parameter(parameter->name)));
    printf(" operations=%llu warmup=%llu\n", wide(arguments->operations), wide(arguments->warmup));
}

static void print_speed(struct region const *region)
{
    printf("  CPU time              %.3f ms, wall time %.3f ms\n",
           (double)region->cpu_ns / milli_ns, (double)region->wall_ns / milli_ns);
    if (region->cpu_ns > 0 && region->operations > 0)
        printf("  speed                 %.3f M operations/s of CPU time\n",
               (double)region->operations * 1e3 / (double)region->cpu_ns);
    if (region->threads > 1 && region->wall_ns > 0 && region->operations > 0)
        printf("                        %.3f M operations/s of wall time\n",
               (double)region->operations * 1e3 / (double)region->wall_ns);
}

static void print_threads(struct region const *region)
{
    if (region->threads > 1)
        printf("  threads               %llu; the slowest took %.3f ms, the median %.3f ms\n",
               wide(region->threads), (double)region->slowest_thread_ns / milli_ns,
               (double)region->median_thread_ns / milli_ns);
}

void report_print(struct region const *region, struct arguments const *arguments)
{
    print_command(arguments);
    print_speed(region);
    print_threads(region);
    printf("  page faults           %llu in the region, %llu at start-up\n",
           wide(region->usage.minor_faults + region->usage.major_faults),
           wide(region->start_up.minor_faults + region->start_up.major_faults));
    printf("  memory                %.2f MiB at its peak, %.2f MiB at the region's end\n",
           (double)region->vm_hwm_bytes / mebibyte, (double)region->rss_bytes / mebibyte);
    printf("  malloc                %s\n", region->object);
    printf("  build-id              %s\n", region->build_id[0] == 0 ? "none" : region->build_id);
    printf("  checksum              %016llx\n", wide(region->checksum));
    for (uint32_t i = 0; i < region->tier_count; i++)
        printf("  %-21s %llu\n", region->tier[i].name, wide(region->tier[i].value));
    for (uint32_t i = 0; i < region->measure_count; i++)
        printf("  %-21s %llu %s\n", region->measure[i].name, wide(region->measure[i].value),
               workload.measures[i].unit);
}
