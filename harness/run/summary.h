/* summary.h -- a finished run in 80 columns.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_SUMMARY_H
#define SLABLAB_SUMMARY_H

#include "judge/tally.h"

/* Prints cells and arms, the noise floor, losses, the verdict with its reasons, and the run's
 * folder. */
void summary_print(struct tally const *tally, json_t *outcome, char const *folder);

/* Its last parts: losses and verdict; the run's folder and the command that reads it. */
void summary_print_verdict(json_t const *outcome);
void summary_print_next(char const *command, char const *folder);

/* A command of slablab as a line that works when it is pasted here; `words` are a shell's. */
void summary_print_command(char const *label, char const *command, char const *words);

#endif
