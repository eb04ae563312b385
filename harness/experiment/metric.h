/* metric.h -- every metric: its name, unit, direction, and how a sample's record gives its value.
 *
 * The table is the only list of metrics. It travels in plan.json, where analysis/ reads it; a plan
 * of before gets analysis/records/metrics.json, which `make metrics` writes from this table.
 *
 *   value = factor * (sum[0] + sum[1]) / (per[0] + per[1])       keys of a sample's record
 *
 * Where a process has several threads, what decides is operations per second of wall time.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_METRIC_H
#define SLABLAB_METRIC_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum metric_kind {
    METRIC_RATE,
    METRIC_TIME,
    METRIC_COUNT,
    METRIC_MEMORY,
    METRIC_SHARE,
    METRIC_RATIO
};

/* Where its value comes from. Those of a profile and a ledger are not in a sample: analysis/
 * derives them. */
enum metric_source {
    SOURCE_REGION,
    SOURCE_PROCESS, /* from fork to exit */
    SOURCE_EVENT,
    SOURCE_CALLGRIND, /* in processes of their own */
    SOURCE_PROFILE,
    SOURCE_LEDGER,
    SOURCE_WORKLOAD, /* the workload reports it itself: not in this table, but in a plan's */
};

/* Which tables of a run have it. */
enum metric_shown {
    SHOWN_NEVER,
    SHOWN_ALWAYS,
    SHOWN_THREADED, /* in cells of several threads */
    SHOWN_START_UP, /* where an arm's start-up differs from the baseline's */
    SHOWN_CSV,      /* in CSV and numbers.tex alone */
};

struct metric {
    char const *name;   /* as a gate calls it: "vm_hwm" */
    char const *column; /* as CSV, claims and published figures do: "vm_hwm_bytes"; NULL: name */
    char const *title;
    char const *threaded_title; /* in runs with cells of several threads; NULL: the same */
    char const *unit;       /* of a value: "ns", "faults" */
    char const *shown_unit; /* of value / shown_divisor, as tables show it; NULL: the unit */
    double shown_divisor;   /* 0: 1 */
    enum metric_kind kind;
    enum metric_source source;
    enum metric_shown shown;
    bool more_is_better;
    bool by_difference; /* compared by difference, where one more is the least that can be more;
                           else by ratio */
    bool gated;         /* a gate may look at it */
    double beyond;      /* the share of blocks in which an arm exceeds the base by this much, as a
                           ratio; 0: the median */
    char const *with;   /* it decides wherever the metric of this name does; NULL */
    double margin;      /* what then is its margin */
    char const *sum[2];
    char const *per[2];
    char const *threaded; /* the key that stands for cpu_ns in a process of several threads, whose
                             wall time is what matters; NULL: none does */
    double factor;     /* 0: 1 */
    char const *event; /* as in the plan; NULL if it is not an event */
};

/* Counted under callgrind. */
extern char const metric_instructions[];

/* The metric of the table that a gate calls so; NULL if there is none. */
struct metric const *metric_named(char const *name);

/* The metrics that decide wherever `name` does, from number 0 on; NULL after the last. */
struct metric const *metric_implied(char const *name, size_t number);

/* The metric of that column, which an experiment may publish a figure of; NULL if there is none. */
struct metric const *metric_published(char const *column);

/* "time, wall_time, ...": what metric_named knows, or metric_published. The caller frees them. */
char *metric_names(void);
char *metric_published_names(void);

/* The metric of the table that has this name or column; NULL if there is none. */
struct metric const *metric_of_table(char const *name);

/* The table and what workloads report, an object for each metric, as plan.json holds it. The caller
 * owns it. */
json_t *metric_table(struct metric *const *reported, size_t count);

/* The time that decides, of a sample's record: wall time where it had several threads. */
uint64_t metric_deciding_ns(json_t const *sample);

/* Its value in a sample of a block's record; NAN if the sample has none. */
double metric_value(struct metric const *metric, json_t const *sample);

#endif
