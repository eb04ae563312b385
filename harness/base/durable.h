/* durable.h -- files that are there whole after a power cut, or are not there.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_DURABLE_H
#define SLABLAB_DURABLE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

/* Writes DIRECTORY/NAME by way of a synced draft, renames, syncs. False after a complaint. */
bool durable_write(char const *directory, char const *name, char const *bytes, size_t size);

/* The same with a JSON value, keys in the order in which they were set, reals to 17 digits. */
bool durable_write_json(char const *directory, char const *name, json_t const *value);

/* Makes one folder and syncs the one that holds it: else its name may be gone after a power cut.
 * False with errno, and without a complaint. */
bool durable_make_folder(char const *path);

/* Syncs the names that a folder holds. False with errno, and without a complaint. */
bool durable_sync_folder(char const *folder);

#endif
