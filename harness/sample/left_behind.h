/* left_behind.h -- processes that a sample started and did not wait for, killed when it has ended.
 *
 * This process adopts them (prctl(2), PR_SET_CHILD_SUBREAPER), so that a daemon in a session of its
 * own cannot run beside the samples that come after.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_LEFT_BEHIND_H
#define SLABLAB_LEFT_BEHIND_H

#include <stddef.h>

/* From here on they are this process's children. */
void left_behind_adopt(void);

/* Kills and reaps every child of this process. Returns how many were still alive when the sample
 * ended; a sample's own group has been killed before. */
size_t left_behind_kill(void);

#endif
