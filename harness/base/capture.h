/* capture.h -- captures the output of another program.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_CAPTURE_H
#define SLABLAB_CAPTURE_H

#include <stdbool.h>

/* Runs arguments[0], looked up in PATH, with stdin and stderr at /dev/null, and returns what it
 * wrote on stdout. NULL, with *why set when why is not NULL, if it cannot run or does not exit with
 * 0. The caller frees both. */
char *capture(char *const *arguments, char **why);

/* The same without trailing white space. */
char *capture_line(char *const *arguments, char **why);

/* What it writes on stdout and stderr together, in an environment of its own, and whether it exits
 * with 0; arguments[0] is a path. Never NULL. The caller frees it. */
char *capture_all(char *const *arguments, char *const *environment, bool *succeeded);

#endif
