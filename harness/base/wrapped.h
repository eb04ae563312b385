/* wrapped.h -- paragraphs and columns that fit into a terminal of 80 columns.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_WRAPPED_H
#define SLABLAB_WRAPPED_H

#include <stddef.h>
#include <stdio.h>

enum { WRAPPED_COLUMNS = 80 };

/* Prints label padded to `indent` columns, then text broken at its spaces, every line from column
 * `indent` on. A label that is too long gets a line of its own, and so does a word that fits on no
 * line. */
void wrapped_print(FILE *stream, size_t indent, char const *label, char const *text);

#endif
