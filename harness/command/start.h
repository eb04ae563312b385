/* start.h -- what a parent has left behind in this process, put right before anything else.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_START_H
#define SLABLAB_START_H

#include <stdbool.h>

/* Standard descriptors are open, no signal is blocked, and none ignored but SIGHUP and SIGINT; a
 * write beyond a limit fails instead of ending the process. */
void start_clean(void);

/* Can this process do anything: is there /proc, and may it start another? Complains where not. */
bool start_is_possible(void);

#endif
