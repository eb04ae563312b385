/* metric.c -- the table of metrics.
 *
 * SPDX-License-Identifier: MIT */
#include "experiment/metric.h"

#include "base/text.h"

#include <math.h>

char const metric_instructions[] = "instructions";

static struct metric const metrics[] = {
    {"time", "ns", false, {"cpu_ns", NULL}, NULL},
    {"wall_time", "ns", false, {"wall_ns", NULL}, NULL},
    {"vm_hwm", "bytes", false, {"vm_hwm_bytes", NULL}, NULL},
    {"page_faults", "faults", true, {"minor_faults", "major_faults"}, NULL},
    {"mmap", "calls", true, {NULL, NULL}, "syscalls:sys_enter_mmap"},
    {"munmap", "calls", true, {NULL, NULL}, "syscalls:sys_enter_munmap"},
    {"madvise", "calls", true, {NULL, NULL}, "syscalls:sys_enter_madvise"},
    {metric_instructions, "instructions", false, {NULL, NULL}, NULL},
};
enum { METRICS = sizeof metrics / sizeof *metrics };

struct metric const *metric_named(char const *name)
{
    for (size_t i = 0; i < METRICS; i++)
        if (text_equal(metrics[i].name, name))
            return &metrics[i];
    return NULL;
}

char *metric_names(void)
{
    char *names = text_copy(metrics[0].name);

    for (size_t i = 1; i < METRICS; i++)
        text_append(&names, ", %s", metrics[i].name);
    return names;
}

double metric_value(struct metric const *metric, json_t const *sample)
{
    double sum = 0;

    if (metric->event != NULL) {
        json_t const *const event =
            json_object_get(json_object_get(sample, "events"), metric->event);
        json_t const *const value = json_object_get(event, "value");
        return json_is_integer(value) ? (double)json_integer_value(value) : NAN;
    }
    if (metric->keys[0] == NULL)
        return NAN;
    for (size_t i = 0; i < 2 && metric->keys[i] != NULL; i++) {
        json_t const *const value = json_object_get(sample, metric->keys[i]);
        if (!json_is_integer(value))
            return NAN;
        sum += (double)json_integer_value(value);
    }
    return sum;
}
