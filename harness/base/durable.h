/* durable.h -- files that are complete after a power cut, or absent.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_DURABLE_H
#define SLABLAB_DURABLE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

/* Writes DIRECTORY/NAME through a synced temporary file that is then renamed. False after a
 * complaint. */
bool durable_write(char const *directory, char const *name, char const *bytes, size_t size);

/* The same with a JSON value: keys in insertion order, reals to 17 digits. */
bool durable_write_json(char const *directory, char const *name, json_t const *value);

/* Makes one folder and syncs its parent, or its name could be lost in a power cut. False with
 * errno, and without a complaint. */
bool durable_make_folder(char const *path);

/* Syncs a folder's entries. False with errno, and without a complaint. */
bool durable_sync_folder(char const *folder);

#endif
