/* counters.h -- the events that a plan names, encoded once and opened in every sample.
 *
 * The rest of the harness knows only that an event has a name and may be absent.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_COUNTERS_H
#define SLABLAB_COUNTERS_H

#include "workloads/region.h"

#include <stdbool.h>
#include <stddef.h>

struct counters;

/* Encodes the plan's events. Complains and returns NULL if there are more than REGION_COUNTERS_MAX;
 * an unknown event is absent, not an error. The plan's tracepoints stay open until counters_free.
  */
struct counters *counters_encode(char *const *events, size_t event_count);
void counters_free(struct counters *counters);

/* In the child, before exec: opens every event on the calling process, disabled, inherited by its
 * threads and kept open across exec, and writes the descriptors to the page. An event that had to
 * be opened for user mode only (event.h) has a nonzero counter_errno. */
void counters_open(struct counters const *counters, struct region *page);

/* Why event `index` is absent from this sample; NULL if it was counted. */
char const *counters_absence(struct counters const *counters, struct region const *page,
                             size_t index);

/* Was event `index` counted in user mode only? */
bool counters_exclude_kernel(struct region const *page, size_t index);

#endif
