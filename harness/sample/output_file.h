/* output_file.h -- what a program prints: a file in memory, up to its offset.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_OUTPUT_FILE_H
#define SLABLAB_OUTPUT_FILE_H

#include <stdint.h>

/* -1, with errno, if it cannot be opened. */
int output_file_open(void);

/* The same for stderr: one that is sealed against growth, which limits a sample's output: writing
 * past the end fails. */
int output_file_open_bounded(int bytes);

/* Empties it before a sample, but keeps some of its memory: new pages take the sample's time. */
void output_file_rewind(int fd);

/* In a sample's process, before exec: its stdout. No file that it writes may be larger than what
 * is taken of a program's output, or it is ended by SIGXFSZ. */
void output_file_become_stdout(int fd);

/* The first 64 bits of the SHA-256 of what was written since. */
uint64_t output_file_digest(int fd);

#endif
