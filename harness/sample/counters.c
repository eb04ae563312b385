/* counters.c -- a plan's events, encoded once and opened on each sample's process.
 *
 * SPDX-License-Identifier: MIT */
#include "sample/counters.h"

#include "base/complain.h"
#include "base/memory.h"
#include "machine/event.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct counters {
    size_t count;
    int held[REGION_COUNTERS_MAX]; /* this process's own, never switched on; -1: none */
    struct event event[];
};

/* The kernel patches a tracepoint into its code when it is first opened, and out again when it is
 * last closed. With the tracepoints held open here, a block of three samples with three of them
 * takes 147 ms, otherwise 492 (2 shared vCPUs, Linux 6.18). */
static int hold_tracepoint(struct event const *event)
{
    struct event held = *event;
    int refusal = 0;

    if (event->absence[0] != 0 || event->attributes.type != PERF_TYPE_TRACEPOINT)
        return -1;
    held.attributes.inherit = 0;
    int const fd = event_open(&held, true, -1, &refusal);
    if (fd >= 0)
        fcntl(fd, F_SETFD, FD_CLOEXEC);
    return fd;
}

struct counters *counters_encode(char *const *events, size_t event_count)
{
    struct counters *counters;

    if (event_count > REGION_COUNTERS_MAX) {
        complain("name fewer events in the experiment", "%zu events, and a sample can carry %d",
                 event_count, (int)REGION_COUNTERS_MAX);
        return NULL;
    }
    counters = memory_zeroed(1, sizeof *counters + event_count * sizeof *counters->event);
    counters->count = event_count;
    for (size_t i = 0; i < event_count; i++) {
        counters->event[i] = event_encode(events[i]);
        counters->held[i] = hold_tracepoint(&counters->event[i]);
    }
    return counters;
}

void counters_free(struct counters *counters)
{
    for (size_t i = 0; counters != NULL && i < counters->count; i++)
        if (counters->held[i] >= 0)
            close(counters->held[i]);
    free(counters);
}

/* One group costs the region's ends 3 us where six events by themselves cost 17 (workloads/runtime/
 * measure.c). Its members are opened enabled: they count while the leader, disabled, is switched
 * on. */
void counters_open(struct counters const *counters, struct region *page)
{
    int leader = -1;

    for (size_t i = 0; i < counters->count; i++) {
        struct event const *const event = &counters->event[i];
        bool const joins = event_joins_group(event);
        page->counter_fd[i] = -1;
        page->counter_errno[i] = EINVAL;
        if (event->absence[0] != 0)
            continue;
        page->counter_fd[i] = event_open(event, !joins || leader < 0, joins ? leader : -1,
                                         &page->counter_errno[i]);
        if (joins && leader < 0)
            leader = page->counter_fd[i];
    }
    page->counter_count = (uint32_t)counters->count;
}

char const *counters_absence(struct counters const *counters, struct region const *page,
                             size_t index)
{
    if (counters->event[index].absence[0] != 0)
        return counters->event[index].absence;
    if (index >= page->counter_count)
        return "the sample ended before it was opened";
    return page->counter_fd[index] < 0 ? strerror(page->counter_errno[index]) : NULL;
}

bool counters_exclude_kernel(struct region const *page, size_t index)
{
    return page->counter_fd[index] >= 0 && page->counter_errno[index] != 0;
}
