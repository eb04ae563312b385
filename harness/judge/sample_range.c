/* sample_range.c -- a table of the numbers of a sample, and what each may be.
 *
 * SPDX-License-Identifier: MIT */
#include "judge/sample_range.h"

#include "base/text.h"

#include <stdbool.h>
#include <stdlib.h>

/* JSON's integers end at 2^63 - 1 here: a larger one is no JSON to the reader. */
static struct number {
    char const *key;
    json_int_t least;
    bool required;
} const numbers[] = {
    {"operations", 1, true}, /* the first, which a program has not */
    {"cpu_ns", 1, true},
    {"wall_ns", 1, false},
    {"threads", 1, false},
    {"slowest_thread_ns", 0, false},
    {"median_thread_ns", 0, false},
    {"position", 0, false},
    {"user_ns", 0, false},
    {"system_ns", 0, false},
    {"minor_faults", 0, false},
    {"major_faults", 0, false},
    {"voluntary_switches", 0, false},
    {"involuntary_switches", 0, false},
    {"start_up_minor_faults", 0, false},
    {"start_up_major_faults", 0, false},
    {"process_cpu_ns", 0, false},
    {"process_wall_ns", 0, false},
    {"process_minor_faults", 0, false},
    {"process_major_faults", 0, false},
    {"vm_hwm_bytes", 0, false},
    {"rss_bytes", 0, false},
    {"pss_bytes", 0, false},
    {"private_dirty_bytes", 0, false},
    {"anon_huge_bytes", 0, false},
};
static struct number const event_numbers[] = {
    {"value", 0, true}, {"enabled_ns", 0, true}, {"running_ns", 0, true}};

static bool is_absent(json_t const *value)
{
    return value == NULL || json_is_null(value) || json_object_get(value, "absent") != NULL;
}

static char *fault_of(json_t const *object, char const *path, struct number const *number,
                      json_int_t least)
{
    json_t const *const value = json_object_get(object, number->key);

    if (is_absent(value) ? !number->required
                         : json_is_integer(value) && json_integer_value(value) >= least)
        return NULL;
    char *const text = value != NULL ? json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY) : NULL;
    char *const fault =
        text_format("%s%s is %.40s, not a whole number from %" JSON_INTEGER_FORMAT " on", path,
                    number->key, text != NULL ? text : "absent", least);
    free(text);
    return fault;
}

static char *fault_of_event(char const *name, json_t const *event)
{
    char *const path = text_format("%s.", name);
    char *fault = NULL;

    for (size_t i = 0; fault == NULL && i < sizeof event_numbers / sizeof *event_numbers; i++)
        fault = fault_of(event, path, &event_numbers[i], event_numbers[i].least);
    free(path);
    return fault;
}

/* Of an arm with links each sample has one of them, by its number. */
static char *fault_of_link(json_t const *sample, struct arm const *arm, size_t *link)
{
    json_t const *const number = json_object_get(sample, "link");
    json_int_t const value = json_integer_value(number);

    *link = 0;
    if (arm->link_count == 0 && number == NULL)
        return NULL;
    if (!json_is_integer(number) || value < 0 || (size_t)value >= arm->link_count)
        return text_format("link is no link of '%s', which has %zu", arm->id, arm->link_count);
    *link = (size_t)value;
    return NULL;
}

/* Whose build-id is not the plan's was not the arm; one of the two may have none. */
static char *fault_of_build(json_t const *sample, struct arm const *arm)
{
    char const *const build_id = json_string_value(json_object_get(sample, "build_id"));
    size_t link;
    char *const fault = fault_of_link(sample, arm, &link);
    char const *const planned = arm_link(arm, link).build_id;

    if (fault != NULL || build_id == NULL || *build_id == '\0' || planned == NULL ||
        *planned == '\0' || text_equal(build_id, planned))
        return fault;
    return text_format("build_id is %.40s, but '%s' is %.40s", build_id, arm->id, planned);
}

/* Any number that a workload may report is a whole one. */
static char *fault_of_reported(json_t *reported)
{
    char *fault = NULL;
    char const *name;
    json_t *value;

    json_object_foreach(reported, name, value) {
        struct number const number = {name, 0, true};
        (void)value;
        if (fault == NULL)
            fault = fault_of(reported, "reported.", &number, 0);
    }
    return fault;
}

char *sample_fault(json_t const *sample, struct arm const *arm, bool counted, bool timed)
{
    char *fault = fault_of_build(sample, arm);
    char const *name;
    json_t *event;

    for (size_t i = counted ? 0 : 1; fault == NULL && i < sizeof numbers / sizeof *numbers; i++)
        fault = fault_of(sample, "", &numbers[i], timed ? numbers[i].least : 0);
    json_object_foreach(json_object_get(sample, "events"), name, event) {
        if (fault == NULL && !is_absent(event))
            fault = fault_of_event(name, event);
    }
    if (fault == NULL)
        fault = fault_of_reported(json_object_get(sample, "reported"));
    return fault;
}
