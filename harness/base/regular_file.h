/* regular_file.h -- files that have an end: a pipe, a device or a folder is refused, never waited
 * for.
 *
 * Wherever nothing is returned, *why says so, in a constant text or errno's.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_REGULAR_FILE_H
#define SLABLAB_REGULAR_FILE_H

#include <jansson.h>
#include <stddef.h>
#include <stdio.h>

/* A descriptor, by open's flags; -1. */
int regular_file_open(char const *path, int flags, char const **why);

/* A stream to read. */
FILE *regular_file_stream(char const *path, char const **why);

/* The bytes with a 0 behind them, at most `most`. The caller frees them. */
char *regular_file_text(char const *path, size_t most, size_t *size, char const **why);

/* The JSON that it holds; *error as json_load_file has it. */
json_t *regular_file_json(char const *path, size_t flags, json_error_t *error);

#endif
