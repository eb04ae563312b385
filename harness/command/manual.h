/* manual.h -- man pages of the commands.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_MANUAL_H
#define SLABLAB_MANUAL_H

#include "command/command.h"

#include <stdbool.h>
#include <stdio.h>

/* slablab.1, which lists the commands. */
void manual_write_all(FILE *stream, struct commands const *commands);

/* slablab-COMMAND.1. */
void manual_write(FILE *stream, struct command const *command);

/* A file of each page. Complains and returns false where one cannot be written. */
bool manual_write_files(char const *folder, struct commands const *commands);

#endif
