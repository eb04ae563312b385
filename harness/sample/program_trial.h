/* program_trial.h -- one sample of a program: its working directory, its words, its output.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_PROGRAM_TRIAL_H
#define SLABLAB_PROGRAM_TRIAL_H

#include "sample/trial.h"

/* The path of the launcher, which starts every program; NULL, after a complaint, where it is not
 * built. The caller frees it. */
char *program_launcher(void);

/* As trial_run, of a cell with a program. attesting: each of its processes is asked at its end
 * what it had loaded. */
bool program_trial_run(struct rig *rig, size_t cell, size_t arm, bool attesting, size_t pad_bytes,
                       struct sample *sample);

#endif
