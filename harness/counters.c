/* counters.c -- from event names to perf attributes to open descriptors.
 *
 * libpfm4's header brings its own copy of linux/perf_event.h, so the kernel's is not included here.
 *
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "counters.h"

#include "complain.h"
#include "memory.h"

#include <errno.h>
#include <perfmon/pfmlib_perf_event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { ABSENCE_MAX = 128 };

/* attributes == what perf_event_open is asked for, unless absence says why that is unknown. */
struct encoding {
    struct perf_event_attr attributes;
    char absence[ABSENCE_MAX];
};

struct counters {
    size_t count;
    struct encoding encoding[];
};

/* "syscalls:sys_enter_mmap" -> the number in .../events/syscalls/sys_enter_mmap/id */
static bool encode_tracepoint(char const *event, struct perf_event_attr *attributes)
{
    static char const *const roots[] = {"/sys/kernel/tracing", "/sys/kernel/debug/tracing"};
    char const *colon = strchr(event, ':');
    char path[256];

    if (colon == NULL || strchr(event, '/') != NULL)
        return false;
    for (size_t i = 0; i < sizeof roots / sizeof *roots; i++) {
        snprintf(path, sizeof path, "%s/events/%.*s/%s/id", roots[i], (int)(colon - event), event,
                 colon + 1);
        FILE *const file = fopen(path, "re");
        if (file == NULL)
            continue;
        unsigned long long number = 0;
        bool const read = fscanf(file, "%llu", &number) == 1;
        fclose(file);
        if (read) {
            attributes->type = PERF_TYPE_TRACEPOINT;
            attributes->config = number;
            return true;
        }
    }
    return false;
}

static void encode(char const *event, struct encoding *encoding)
{
    pfm_perf_encode_arg_t argument = {.attr = &encoding->attributes, .size = sizeof argument};

    if (!encode_tracepoint(event, &encoding->attributes)) {
        int const problem =
            pfm_get_os_event_encoding(event, PFM_PLM0 | PFM_PLM3, PFM_OS_PERF_EVENT, &argument);
        if (problem != PFM_SUCCESS)
            snprintf(encoding->absence, sizeof encoding->absence, "libpfm4: %s%s",
                     pfm_strerror(problem),
                     strchr(event, ':') != NULL ? "; or tracefs is not mounted" : "");
    }
    encoding->attributes.size = sizeof encoding->attributes;
    encoding->attributes.inherit = 1;
    encoding->attributes.read_format =
        PERF_FORMAT_TOTAL_TIME_ENABLED | PERF_FORMAT_TOTAL_TIME_RUNNING;
}

struct counters *counters_encode(char *const *events, size_t event_count)
{
    struct counters *counters;
    int const problem = pfm_initialize();

    if (event_count > REGION_COUNTERS_MAX) {
        complain("name fewer events in the experiment", "%zu events, and a sample can carry %d",
                 event_count, (int)REGION_COUNTERS_MAX);
        return NULL;
    }
    counters = memory_zeroed(1, sizeof *counters + event_count * sizeof *counters->encoding);
    counters->count = event_count;
    for (size_t i = 0; i < event_count; i++) {
        if (problem == PFM_SUCCESS)
            encode(events[i], &counters->encoding[i]);
        else
            snprintf(counters->encoding[i].absence, ABSENCE_MAX, "libpfm4: %s",
                     pfm_strerror(problem));
    }
    return counters;
}

void counters_free(struct counters *counters)
{
    free(counters);
}

static int open_on_self(struct perf_event_attr *attributes, int leader)
{
    return (int)syscall(SYS_perf_event_open, attributes, 0, -1, leader, 0UL);
}

/* Software events and tracepoints need no hardware, so their group is never multiplexed. */
static bool joins_group(struct perf_event_attr const *attributes)
{
    return attributes->type == PERF_TYPE_SOFTWARE || attributes->type == PERF_TYPE_TRACEPOINT;
}

/* Gives the descriptor or -1; *refusal is the errno of the first attempt, 0 when that opened. */
static int open_event(struct perf_event_attr attributes, int leader, int *refusal)
{
    int fd = open_on_self(&attributes, leader);

    *refusal = fd < 0 ? errno : 0;
    if (*refusal == EACCES || *refusal == EPERM) {
        attributes.exclude_kernel = 1;
        attributes.exclude_hv = 1;
        fd = open_on_self(&attributes, leader);
    }
    return fd;
}

/* One group costs the region's ends 3 us where six events by themselves cost 17 (workloads/runtime/
 * measure.c). Its members are opened enabled: they count while the leader, disabled, is switched
 * on. */
void counters_open(struct counters const *counters, struct region *page)
{
    int leader = -1;

    for (size_t i = 0; i < counters->count; i++) {
        struct perf_event_attr attributes = counters->encoding[i].attributes;
        bool const joins = joins_group(&attributes);
        page->counter_fd[i] = -1;
        page->counter_errno[i] = EINVAL;
        if (counters->encoding[i].absence[0] != 0)
            continue;
        attributes.disabled = !joins || leader < 0;
        page->counter_fd[i] = open_event(attributes, joins ? leader : -1, &page->counter_errno[i]);
        if (joins && leader < 0)
            leader = page->counter_fd[i];
    }
    page->counter_count = (uint32_t)counters->count;
}

char const *counters_absence(struct counters const *counters, struct region const *page,
                             size_t index)
{
    if (counters->encoding[index].absence[0] != 0)
        return counters->encoding[index].absence;
    if (index >= page->counter_count)
        return "the sample ended before it was opened";
    return page->counter_fd[index] < 0 ? strerror(page->counter_errno[index]) : NULL;
}

bool counters_exclude_kernel(struct region const *page, size_t index)
{
    return page->counter_fd[index] >= 0 && page->counter_errno[index] != 0;
}
