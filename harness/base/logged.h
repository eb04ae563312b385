/* logged.h -- a command of the shell with its output in a file, ended when slablab is.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_LOGGED_H
#define SLABLAB_LOGGED_H

#include "base/text.h"

#include <stdbool.h>

/* Runs `sh -c COMMAND` in a folder, with nothing to read, in this process's environment without
 * the names of `unset` and with the assignments of `set`; what it prints goes to the file `log`.
 * True if it exits with 0. After a signal (interrupt.h) it is ended with all that it started. *why
 * is then, and after any other end, what the caller frees: "it exited with 2". */
bool logged_run(char const *folder, char const *command, char const *const *unset,
                struct words const *set, char const *log, char **why);

#endif
