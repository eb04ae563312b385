/* region_cost.c -- what the region's begin and end cost together, with the default software events.
 *
 * Prints one line of JSON; nothing is judged here. The two ends are called as a workload calls
 * them; the wall time around both is the cost, the clock's own (two vDSO calls) included. The
 * counters are one group, as measure.c asks of the harness.
 *
 * SPDX-License-Identifier: MIT */
#include "../runtime/runtime.h"

#include <linux/perf_event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { ROUNDS = 10001, MEDIAN = ROUNDS / 2, PERCENTILE_99 = ROUNDS / 100 * 99 };

static uint64_t run(uint64_t operations)
{
    return operations;
}

static struct parameter const params[] = {{.name = NULL}};

struct workload const workload = {
    .name = "region_cost", .models = "nothing", .params = params, .run = run};

static int open_counter(uint64_t config, int leader_fd)
{
    struct perf_event_attr attributes = {
        .type = PERF_TYPE_SOFTWARE,
        .size = sizeof attributes,
        .config = config,
        .read_format = PERF_FORMAT_TOTAL_TIME_ENABLED | PERF_FORMAT_TOTAL_TIME_RUNNING,
        .disabled = leader_fd < 0,
        .inherit = 1,
    };

    return (int)syscall(SYS_perf_event_open, &attributes, 0, -1, leader_fd, 0UL);
}

static uint64_t now_ns(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * UINT64_C(1000000000) + (uint64_t)time.tv_nsec;
}

static int compare(void const *left, void const *right)
{
    uint64_t const first = *(uint64_t const *)left;
    uint64_t const second = *(uint64_t const *)right;

    return (first > second) - (first < second);
}

int main(void)
{
    static uint64_t const configs[] = {
        PERF_COUNT_SW_PAGE_FAULTS, PERF_COUNT_SW_PAGE_FAULTS_MIN,  PERF_COUNT_SW_PAGE_FAULTS_MAJ,
        PERF_COUNT_SW_TASK_CLOCK,  PERF_COUNT_SW_CONTEXT_SWITCHES, PERF_COUNT_SW_CPU_MIGRATIONS,
    };
    static uint64_t cost_ns[ROUNDS];
    bool measured;
    unsigned opened = 0;
    struct region *region;

    unsetenv("SLABLAB_REGION");
    region = page_open(&measured);
    region->counter_count = sizeof configs / sizeof *configs;
    for (uint32_t i = 0; i < region->counter_count; i++) {
        region->counter_fd[i] = open_counter(configs[i], i == 0 ? -1 : region->counter_fd[0]);
        opened += region->counter_fd[i] >= 0;
    }
    region_prepare(region);
    for (size_t i = 0; i < ROUNDS; i++) {
        uint64_t const before = now_ns();
        region_begin(region);
        region_end(region);
        cost_ns[i] = now_ns() - before;
    }
    uint64_t const first = cost_ns[0];
    qsort(cost_ns, ROUNDS, sizeof *cost_ns, compare);
    printf("{\"counters\": %u, \"rounds\": %d, \"first_ns\": %llu, \"median_ns\": %llu, "
           "\"p99_ns\": %llu}\n",
           opened, ROUNDS, (unsigned long long)first, (unsigned long long)cost_ns[MEDIAN],
           (unsigned long long)cost_ns[PERCENTILE_99]);
    return 0;
}
