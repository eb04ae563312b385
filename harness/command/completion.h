/* completion.h -- what a shell completes behind `slablab`.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_COMPLETION_H
#define SLABLAB_COMPLETION_H

#include "command/command.h"

#include <stdbool.h>
#include <stdio.h>

/* The script of a shell: bash, zsh, fish. False, with nothing written, where it is another. */
bool completion_write(FILE *stream, char const *shell, struct commands const *commands);

/* The words of a usage line that are typed as they stand there: options ("--out"), and where one of
 * several words is wanted ("a|b" or "{a,b}"), each of these. The caller frees them. */
struct words completion_words(char const *usage);

#endif
