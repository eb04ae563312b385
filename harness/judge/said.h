/* said.h -- what allocators write to stderr in samples that succeed: each text of an arm in a cell
 * once.
 *
 * An allocator that does not understand a setting says so there and goes on without it. Numbers and
 * addresses in a text do not make it another one. It reads only records, so a resumed run keeps the
 * same texts as an uninterrupted one.
 *
 * {"jemalloc MALLOC_CONF=nonsense:1": {"<cell>": ["<jemalloc>: Invalid conf pair: nonsense:1\n"]}}
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_SAID_H
#define SLABLAB_SAID_H

#include <jansson.h>
#include <stdio.h>

/* Removes `stderr` from the samples of a block's record that are ok and say what `said` holds, or
 * whose arm has said enough in that cell. */
void said_drop_known(json_t *said, json_t *record);

/* Takes in what the ok samples of a block's record say. */
void said_add(json_t *said, json_t const *record);

/* A line for each arm that said something, with its first words. */
void said_print(json_t const *said, FILE *stream);

#endif
