/* event_names.h -- the names of perf events, from libpfm4 and tracefs.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_EVENT_NAMES_H
#define SLABLAB_EVENT_NAMES_H

#include <stdbool.h>
#include <stddef.h>

/* Counted in every sample, whether or not the experiment names them. */
extern char const *const event_names_default[];
extern size_t const event_names_default_count;

/* NULL if the name is known for any processor; else the reason. An event that this machine lacks is
 * not an error. The caller frees the answer. */
char *event_name_fault(char const *name);

/* NULL if this machine can open the event; else the reason, which the caller frees. */
char *event_absence(char const *name);

#endif
