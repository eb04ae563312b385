/* metric.c -- the table of metrics.
 *
 * SPDX-License-Identifier: MIT */
#include "experiment/metric.h"

#include "base/text.h"

#include <math.h>

char const metric_instructions[] = "instructions";

static struct metric const metrics[] = {
    {.name = "operations_per_second",
     .title = "Operations per second of CPU time, in the region",
     .threaded_title = "Operations per second, in the region: of wall time where a cell has "
                       "several threads, of CPU time where it has one",
     .unit = "operations/s", .shown_unit = "M ops/s", .shown_divisor = 1e6,
     .kind = METRIC_RATE, .source = SOURCE_REGION, .shown = SHOWN_ALWAYS, .more_is_better = true,
     .sum = {"operations"}, .per = {"cpu_ns"}, .threaded = "wall_ns", .factor = 1e9},
    {.name = "operations_per_cpu_second",
     .title = "Operations per second of CPU time of all threads together, in the region",
     .unit = "operations/s", .shown_unit = "M ops/s", .shown_divisor = 1e6,
     .kind = METRIC_RATE, .source = SOURCE_REGION, .shown = SHOWN_THREADED, .more_is_better = true,
     .sum = {"operations"}, .per = {"cpu_ns"}, .factor = 1e9},
    {.name = "process_operations_per_second",
     .title = "Operations per second of the process's CPU time, start-up and warm-up included",
     .unit = "operations/s", .shown_unit = "M ops/s", .shown_divisor = 1e6,
     .kind = METRIC_RATE, .source = SOURCE_PROCESS, .shown = SHOWN_START_UP, .more_is_better = true,
     .sum = {"operations"}, .per = {"process_cpu_ns"}, .factor = 1e9},
    {.name = "time",
     .title = "CPU time of the region",
     .threaded_title = "Time of the region: wall time where a cell has several threads, CPU time "
                       "where it has one",
     .unit = "ns", .shown_unit = "ms", .shown_divisor = 1e6,
     .kind = METRIC_TIME, .source = SOURCE_REGION, .gated = true, .sum = {"cpu_ns"},
     .threaded = "wall_ns"},
    {.name = "cpu_time", .column = "cpu_ns",
     .title = "CPU time of the region, of all threads together", .unit = "ns",
     .kind = METRIC_TIME, .source = SOURCE_REGION, .gated = true, .sum = {"cpu_ns"}},
    {.name = "time_tail",
     .title = "Share of blocks in which the region takes 10 % more than the base's",
     .unit = "ratio", .kind = METRIC_SHARE, .source = SOURCE_REGION, .gated = true,
     .beyond = 0.10, .with = "time", .margin = 0.05, .sum = {"cpu_ns"}, .threaded = "wall_ns"},
    {.name = "process_time", .column = "process_cpu_ns",
     .title = "CPU time of the whole process, from fork to exit",
     .unit = "ns", .shown_unit = "ms", .shown_divisor = 1e6,
     .kind = METRIC_TIME, .source = SOURCE_PROCESS, .gated = true, .with = "time", .margin = 0.05,
     .sum = {"process_cpu_ns"}},
    {.name = "page_faults",
     .title = "Page faults in the region", .unit = "faults",
     .kind = METRIC_COUNT, .source = SOURCE_REGION, .shown = SHOWN_ALWAYS, .by_difference = true,
     .gated = true, .sum = {"minor_faults", "major_faults"}},
    {.name = "process_page_faults",
     .title = "Page faults of the whole process, start-up and warm-up included", .unit = "faults",
     .kind = METRIC_COUNT, .source = SOURCE_PROCESS, .shown = SHOWN_START_UP, .by_difference = true,
     .gated = true, .with = "page_faults", .margin = 0.05,
     .sum = {"process_minor_faults", "process_major_faults"}},
    {.name = "vm_hwm", .column = "vm_hwm_bytes",
     .title = "Peak resident memory (VmHWM)",
     .unit = "bytes", .shown_unit = "MiB", .shown_divisor = 1 << 20,
     .kind = METRIC_MEMORY, .source = SOURCE_PROCESS, .shown = SHOWN_ALWAYS, .gated = true,
     .sum = {"vm_hwm_bytes"}},
    {.name = "wall_time", .column = "wall_ns",
     .title = "Wall time of the region",
     .unit = "ns", .shown_unit = "ms", .shown_divisor = 1e6,
     .kind = METRIC_TIME, .source = SOURCE_REGION, .shown = SHOWN_CSV, .gated = true,
     .sum = {"wall_ns"}},
    {.name = "context_switches",
     .title = "Context switches in the region, of all threads", .unit = "switches",
     .kind = METRIC_COUNT, .source = SOURCE_REGION, .shown = SHOWN_THREADED, .by_difference = true,
     .gated = true, .sum = {"voluntary_switches", "involuntary_switches"}},
    {.name = "thread_imbalance",
     .title = "Imbalance of the threads: the time of the slowest over the median", .unit = "ratio",
     .kind = METRIC_RATIO, .source = SOURCE_REGION, .shown = SHOWN_THREADED, .gated = true,
     .sum = {"slowest_thread_ns"}, .per = {"median_thread_ns"}},
    {.name = "rss", .column = "rss_bytes",
     .title = "Resident memory (RSS) at the end of the region",
     .unit = "bytes", .shown_unit = "MiB", .shown_divisor = 1 << 20,
     .kind = METRIC_MEMORY, .source = SOURCE_REGION, .sum = {"rss_bytes"}},
    {.name = "mmap",
     .title = "Calls of mmap in the region", .unit = "calls",
     .kind = METRIC_COUNT, .source = SOURCE_EVENT, .by_difference = true, .gated = true,
     .event = "syscalls:sys_enter_mmap"},
    {.name = "munmap",
     .title = "Calls of munmap in the region", .unit = "calls",
     .kind = METRIC_COUNT, .source = SOURCE_EVENT, .by_difference = true, .gated = true,
     .event = "syscalls:sys_enter_munmap"},
    {.name = "madvise",
     .title = "Calls of madvise in the region", .unit = "calls",
     .kind = METRIC_COUNT, .source = SOURCE_EVENT, .by_difference = true, .gated = true,
     .event = "syscalls:sys_enter_madvise"},
    {.name = "futex",
     .title = "Calls of futex in the region: waits for other threads, and their wakings",
     .unit = "calls",
     .kind = METRIC_COUNT, .source = SOURCE_EVENT, .by_difference = true, .gated = true,
     .event = "syscalls:sys_enter_futex"},
    {.name = metric_instructions,
     .title = "Instructions of the whole process, under callgrind", .unit = "instructions",
     .kind = METRIC_COUNT, .source = SOURCE_CALLGRIND, .gated = true},
    {.name = "system_time_share",
     .title = "Share of the region's CPU time that is system time", .unit = "ratio",
     .kind = METRIC_SHARE, .source = SOURCE_REGION, .shown = SHOWN_ALWAYS,
     .sum = {"system_ns"}, .per = {"user_ns", "system_ns"}},
    {.name = "start_up_fault_share",
     .title = "Share of the process's page faults that its start-up takes", .unit = "ratio",
     .kind = METRIC_SHARE, .source = SOURCE_PROCESS,
     .sum = {"start_up_minor_faults", "start_up_major_faults"},
     .per = {"process_minor_faults", "process_major_faults"}},
    {.name = "page_fault_share",
     .title = "Share of CPU time that is spent below page faults", .unit = "ratio",
     .kind = METRIC_SHARE, .source = SOURCE_PROFILE, .shown = SHOWN_ALWAYS},
    {.name = "front_share",
     .title = "Share of CPU time that is spent in the allocator's front", .unit = "ratio",
     .kind = METRIC_SHARE, .source = SOURCE_PROFILE, .shown = SHOWN_ALWAYS},
    {.name = "ledger_page_faults",
     .title = "Page faults in a ledger", .unit = "faults",
     .kind = METRIC_COUNT, .source = SOURCE_LEDGER, .by_difference = true},
    {.name = "superslab_fault_share",
     .title = "Share of a ledger's page faults that touch a SuperSlab first", .unit = "ratio",
     .kind = METRIC_SHARE, .source = SOURCE_LEDGER},
};
enum { METRICS = sizeof metrics / sizeof *metrics };

static char const *column_of(struct metric const *metric)
{
    return metric->column != NULL ? metric->column : metric->name;
}

/* What tables show beside which a published figure can stand. */
static bool may_be_published(struct metric const *metric)
{
    return metric->shown == SHOWN_ALWAYS || metric->shown == SHOWN_START_UP;
}

struct metric const *metric_named(char const *name)
{
    for (size_t i = 0; i < METRICS; i++)
        if (metrics[i].gated && text_equal(metrics[i].name, name))
            return &metrics[i];
    return NULL;
}

struct metric const *metric_implied(char const *name, size_t number)
{
    for (size_t i = 0; i < METRICS; i++)
        if (metrics[i].with != NULL && text_equal(metrics[i].with, name) && number-- == 0)
            return &metrics[i];
    return NULL;
}

struct metric const *metric_published(char const *column)
{
    for (size_t i = 0; i < METRICS; i++)
        if (may_be_published(&metrics[i]) && text_equal(column_of(&metrics[i]), column))
            return &metrics[i];
    return NULL;
}

char *metric_names(void)
{
    char *names = text_copy("");

    for (size_t i = 0; i < METRICS; i++)
        if (metrics[i].gated)
            text_append(&names, "%s%s", *names != '\0' ? ", " : "", metrics[i].name);
    return names;
}

char *metric_published_names(void)
{
    char *names = text_copy("");

    for (size_t i = 0; i < METRICS; i++)
        if (may_be_published(&metrics[i]))
            text_append(&names, "%s%s", *names != '\0' ? ", " : "", column_of(&metrics[i]));
    return names;
}

static json_t *keys_to_json(char const *const keys[2])
{
    json_t *const array = json_array();

    for (size_t i = 0; i < 2 && keys[i] != NULL; i++)
        json_array_append_new(array, json_string(keys[i]));
    return array;
}

static json_t *metric_to_json(struct metric const *metric)
{
    static char const *const kinds[] = {[METRIC_RATE] = "rate",
                                        [METRIC_TIME] = "time",
                                        [METRIC_COUNT] = "count",
                                        [METRIC_MEMORY] = "memory",
                                        [METRIC_SHARE] = "share",
                                        [METRIC_RATIO] = "ratio"};
    static char const *const sources[] = {
        [SOURCE_REGION] = "region",   [SOURCE_PROCESS] = "process",
        [SOURCE_EVENT] = "event",     [SOURCE_CALLGRIND] = "callgrind",
        [SOURCE_PROFILE] = "profile", [SOURCE_LEDGER] = "ledger",
        [SOURCE_WORKLOAD] = "workload"};
    static char const *const shown[] = {[SHOWN_NEVER] = "never",
                                        [SHOWN_ALWAYS] = "always",
                                        [SHOWN_THREADED] = "threaded",
                                        [SHOWN_START_UP] = "start_up",
                                        [SHOWN_CSV] = "csv"};

    return json_pack(
        "{s:s, s:s, s:s, s:s?, s:s, s:s, s:f, s:s, s:s, s:s, s:s, s:s, s:b, s:f, s:o, s:o, s:s?, "
        "s:f, s:s?}",
        "name", metric->name, "column", column_of(metric), "title", metric->title,
        "threaded_title", metric->threaded_title, "unit", metric->unit, "shown_unit",
        metric->shown_unit != NULL ? metric->shown_unit : metric->unit, "shown_divisor",
        metric->shown_divisor > 0 ? metric->shown_divisor : 1.0, "kind", kinds[metric->kind],
        "source", sources[metric->source], "shown", shown[metric->shown], "better",
        metric->more_is_better ? "more" : "less", "scale",
        metric->by_difference ? "difference" : "ratio", "gated", metric->gated, "beyond",
        metric->beyond, "sum", keys_to_json(metric->sum), "per", keys_to_json(metric->per),
        "threaded", metric->threaded, "factor", metric->factor > 0 ? metric->factor : 1.0, "event",
        metric->event);
}

struct metric const *metric_of_table(char const *name)
{
    for (size_t i = 0; i < METRICS; i++)
        if (text_equal(metrics[i].name, name) || text_equal(column_of(&metrics[i]), name))
            return &metrics[i];
    return NULL;
}

json_t *metric_table(struct metric *const *reported, size_t count)
{
    json_t *const table = json_array();

    for (size_t i = 0; i < METRICS; i++)
        json_array_append_new(table, metric_to_json(&metrics[i]));
    for (size_t i = 0; i < count; i++)
        json_array_append_new(table, metric_to_json(reported[i]));
    return table;
}

static char const cpu_key[] = "cpu_ns";

static bool has_threads(json_t const *sample)
{
    return json_integer_value(json_object_get(sample, "threads")) > 1;
}

uint64_t metric_deciding_ns(json_t const *sample)
{
    char const *const key = has_threads(sample) ? metrics[0].threaded : cpu_key;

    return (uint64_t)json_integer_value(json_object_get(sample, key));
}

/* The sum of a record's keys, with `threaded` for CPU time where the process had several threads;
 * NAN where one of them is no whole number. */
static double sum_of(json_t const *sample, char const *const keys[2], char const *threaded)
{
    double sum = 0;

    for (size_t i = 0; i < 2 && keys[i] != NULL; i++) {
        bool const other = threaded != NULL && has_threads(sample) && text_equal(keys[i], cpu_key);
        json_t const *const value = json_object_get(sample, other ? threaded : keys[i]);
        if (!json_is_integer(value))
            return NAN;
        sum += (double)json_integer_value(value);
    }
    return sum;
}

double metric_value(struct metric const *metric, json_t const *sample)
{
    if (metric->source == SOURCE_WORKLOAD) {
        json_t const *const value =
            json_object_get(json_object_get(sample, "reported"), metric->name);
        return json_is_integer(value) ? (double)json_integer_value(value) : NAN;
    }
    if (metric->event != NULL) {
        json_t const *const event =
            json_object_get(json_object_get(sample, "events"), metric->event);
        json_t const *const value = json_object_get(event, "value");
        return json_is_integer(value) ? (double)json_integer_value(value) : NAN;
    }
    if (metric->sum[0] == NULL)
        return NAN;
    double const per = metric->per[0] != NULL ? sum_of(sample, metric->per, metric->threaded) : 1;
    double const factor = metric->factor > 0 ? metric->factor : 1;
    return sum_of(sample, metric->sum, metric->threaded) / per * factor;
}
