/* lock.h -- one slablab at a time in a run's folder, and one measuring at a time.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_LOCK_H
#define SLABLAB_LOCK_H

#include <stdbool.h>

/* Locks a run's folder for this process until it ends. Complains and returns false if another
 * process has it. */
bool lock_folder(char const *folder);

/* Locks the machine, so that no second slablab of any checkout measures on it at the same time.
 * `wait`: until the other one has ended. Else complains and returns false where another one
 * measures; where no lock can be had at all, complains and returns true. SLABLAB_LOCK names another
 * file, for tests and for machines that are divided by hand. */
bool lock_measuring(bool wait);

/* Lets go of the machine before this process ends, so that another one has its turn. */
void lock_measuring_end(void);

#endif
