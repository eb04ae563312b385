/* options.h -- options that several commands have.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_OPTIONS_H
#define SLABLAB_OPTIONS_H

#include <stdbool.h>

/* getopt's argument of --out as a folder. False after a complaint: "" would be the root. */
bool option_out(char const *command, char const **folder);

#endif
