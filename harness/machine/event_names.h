/* event_names.h -- which perf events there are, by the names that libpfm4 and tracefs know.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_EVENT_NAMES_H
#define SLABLAB_EVENT_NAMES_H

#include <stdbool.h>
#include <stddef.h>

/* Counted in every sample, named by the experiment or not. */
extern char const *const event_names_default[];
extern size_t const event_names_default_count;

/* NULL when the name is known, on whatever machine; else why not. An event that is known and that
 * this machine lacks is no fault. The caller frees the answer. */
char *event_name_fault(char const *name);

/* NULL when this machine opens the event; else the reason, which the caller frees. */
char *event_absence(char const *name);

#endif
