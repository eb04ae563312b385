/* interrupt.h -- Ctrl-C: once to stop after the current sample, twice to stop at once.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_INTERRUPT_H
#define SLABLAB_INTERRUPT_H

#include <stdbool.h>
#include <sys/types.h>

/* From here on SIGINT, SIGTERM and SIGHUP are counted and terminate nothing. */
void interrupt_catch(void);

/* Has one arrived? */
bool interrupted(void);

/* The process group that a second signal kills; 0: none. */
void interrupt_kills(pid_t group);

#endif
