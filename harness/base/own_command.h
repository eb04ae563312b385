/* own_command.h -- by which word a shell finds the program that runs.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_OWN_COMMAND_H
#define SLABLAB_OWN_COMMAND_H

/* A word to be pasted in this directory: the program's name where PATH leads to it, else its path,
 * relative where it lies below this directory, in quotes where a shell needs them. The caller frees
 * it. */
char *own_command(void);

#endif
