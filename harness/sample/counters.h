/* counters.h -- the events that a plan names, encoded once and opened anew in every sample.
 *
 * The rest of the harness knows of perf only that an event has a name and may be absent.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_COUNTERS_H
#define SLABLAB_COUNTERS_H

#include "workloads/region.h"

#include <stdbool.h>
#include <stddef.h>

struct counters;

/* Encodes the plan's events. Complains and returns NULL when there are more than
 * REGION_COUNTERS_MAX; an event that nobody knows is absent, not an error. Until counters_free the
 * plan's tracepoints stay in the kernel's code. */
struct counters *counters_encode(char *const *events, size_t event_count);
void counters_free(struct counters *counters);

/* In the child, before exec: opens every event on the calling process, switched off, inherited by
 * its threads and left open across exec, and says in the page which descriptor is which. An event
 * that had to be opened for user mode alone (event.h) has a counter_errno that is not 0. */
void counters_open(struct counters const *counters, struct region *page);

/* Why event `index` is absent from this sample; NULL when it was counted. */
char const *counters_absence(struct counters const *counters, struct region const *page,
                             size_t index);

/* Was event `index` counted in user mode alone? */
bool counters_exclude_kernel(struct region const *page, size_t index);

#endif
