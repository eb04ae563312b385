/* machine.h -- where a run ran: the host, its settings, the tools and the objects under test.
 *
 * What cannot be read is written as {"absent": "why"}, never as 0.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_MACHINE_H
#define SLABLAB_MACHINE_H

#include "experiment/plan.h"

#include <jansson.h>
#include <stdbool.h>

/* The content of machine.json, as a new reference; plan may be NULL (then "arms" is empty). */
json_t *machine_describe(struct plan const *plan);

/* Writes DIRECTORY/machine.json, synced. Returns false after a complaint. */
bool machine_write(struct plan const *plan, char const *directory);

/* "kernel_release was 6.1.0 and is 6.2.0": how this machine differs from the one in
 * DIRECTORY/machine.json in ways that would affect blocks. NULL if it does not; a file
 * that is gone or cannot be read is a difference. The caller frees it. */
char *machine_change(char const *directory);

#endif
