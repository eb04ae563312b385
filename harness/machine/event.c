/* event.c -- names to numbers by tracefs and libpfm4, numbers to descriptors by perf_event_open.
 *
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "machine/event.h"

#include "machine/tracefs.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* group:name in the letters of tracefs. */
static bool looks_like_tracepoint(char const *name)
{
    static char const letters[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";
    size_t const group = strspn(name, letters);
    size_t const rest = name[group] == ':' ? strspn(name + group + 1, letters) : 0;

    return group > 0 && rest > 0 && name[group + 1 + rest] == '\0';
}

bool event_tracefs_readable(void)
{
    return tracefs_source() != NULL;
}

static void encode_by_name(char const *name, struct event *event)
{
    pfm_perf_encode_arg_t request = {.attr = &event->attributes, .size = sizeof request};
    int fault = pfm_initialize();

    if (fault == PFM_SUCCESS)
        fault =
            pfm_get_os_event_encoding(name, PFM_PLM0 | PFM_PLM3, PFM_OS_PERF_EVENT, &request);
    if (fault == PFM_SUCCESS)
        return;
    /* Any other error means that libpfm4 knows the event, but not what follows its colon. */
    bool const tracepoint = fault == PFM_ERR_NOTFOUND && looks_like_tracepoint(name);
    event->undecided = tracepoint && !event_tracefs_readable();
    if (event->undecided)
        snprintf(event->absence, sizeof event->absence, "tracefs is not readable to this user");
    else if (tracepoint)
        snprintf(event->absence, sizeof event->absence, "neither libpfm4 nor tracefs knows it");
    else
        snprintf(event->absence, sizeof event->absence, "libpfm4: %s", pfm_strerror(fault));
}

struct event event_encode(char const *name)
{
    struct event event = {.absence = ""};
    uint64_t number = 0;

    if (looks_like_tracepoint(name) && tracefs_number(name, &number)) {
        event.attributes.type = PERF_TYPE_TRACEPOINT;
        event.attributes.config = number;
    } else {
        encode_by_name(name, &event);
    }
    event.attributes.size = sizeof event.attributes;
    event.attributes.inherit = 1;
    event.attributes.read_format =
        PERF_FORMAT_TOTAL_TIME_ENABLED | PERF_FORMAT_TOTAL_TIME_RUNNING;
    return event;
}

bool event_joins_group(struct event const *event)
{
    return event->attributes.type == PERF_TYPE_SOFTWARE ||
           event->attributes.type == PERF_TYPE_TRACEPOINT;
}

bool event_is_of_kernel(struct event const *event)
{
    uint64_t const config = event->attributes.config;

    if (event->attributes.type != PERF_TYPE_SOFTWARE)
        return event->attributes.type == PERF_TYPE_TRACEPOINT;
    return config == PERF_COUNT_SW_CONTEXT_SWITCHES || config == PERF_COUNT_SW_CPU_MIGRATIONS ||
           config == PERF_COUNT_SW_CGROUP_SWITCHES;
}

static int open_on_self(struct perf_event_attr *attributes, int leader)
{
    return (int)syscall(SYS_perf_event_open, attributes, 0, -1, leader, 0UL);
}

int event_open(struct event const *event, bool disabled, int leader, int *refusal)
{
    struct perf_event_attr attributes = event->attributes;

    attributes.disabled = disabled;
    int fd = open_on_self(&attributes, leader);
    *refusal = fd < 0 ? errno : 0;
    if ((*refusal == EACCES || *refusal == EPERM) && !event_is_of_kernel(event)) {
        attributes.exclude_kernel = 1;
        attributes.exclude_hv = 1;
        fd = open_on_self(&attributes, leader);
    }
    return fd;
}
