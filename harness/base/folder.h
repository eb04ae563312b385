/* folder.h -- whole folders: copied, removed, and what they hold as a digest.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_FOLDER_H
#define SLABLAB_FOLDER_H

#include "base/sha256.h"

#include <stdbool.h>

/* Copies a file, or all that is in a folder (files with their modes, links, folders), into the
 * folder `into`. Complains and returns false on a fault. */
bool folder_copy(char const *from, char const *into);

/* Makes the folder, and those above it that are not there; one that is there is made. Complains and
 * returns false on a fault. */
bool folder_make(char const *path);

/* Removes it with all that is in it, or does nothing where it is not there. */
void folder_remove(char const *path);

/* Adds names and contents, in the order of the names, so that the digest changes with any of them.
 * `path` may be a file. What cannot be read is added as its name, a link as what it says. */
void folder_add(struct sha256 *sum, char const *path);

/* Adds what a file holds and nothing else, as `sha256sum` does. */
void folder_add_file(struct sha256 *sum, char const *path);

#endif
