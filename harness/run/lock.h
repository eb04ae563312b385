/* lock.h -- one slablab at a time in a run's folder, and one measuring at a time.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_LOCK_H
#define SLABLAB_LOCK_H

#include <stdbool.h>

/* Locks a run's folder for this process until it ends. Complains and returns false if another
 * process has it. */
bool lock_folder(char const *folder);

/* Locks the running executable, so that no second slablab of this build measures at the same time.
 * Complains and returns false if another one does; if its file system has no locks, prints a note
 * and returns true. */
bool lock_measuring(void);

#endif
