/* run_folder.h -- the folder results/<experiment>/<UTC stamp>-<form>/ of a run.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_RUN_FOLDER_H
#define SLABLAB_RUN_FOLDER_H

#include "base/text.h"

#include <stdbool.h>

/* The folders of this form in `parent` with a plan.json and without an outcome.json, oldest first;
 * words_free releases them. */
struct words run_folder_unfinished(char const *parent, char const *form);

/* Makes a new folder, and `parent` with its ancestors if missing. NULL after a complaint. The
 * caller frees it. */
char *run_folder_create(char const *parent, char const *form);

/* Does the folder hold a file of this name? */
bool run_folder_has(char const *folder, char const *name);

#endif
