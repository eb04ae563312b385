/* preload_alias.h -- another path for an object whose own the loader would take apart.
 *
 *   CACHE/aliases/<16 hexadecimal digits of the path>/lib.so -> "/home/me/a folder/libmine.so"
 *
 * CACHE is the cache (project.h), or the user's where the cache itself is in such a folder.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_PRELOAD_ALIAS_H
#define SLABLAB_PRELOAD_ALIAS_H

#include <stdbool.h>

/* What is said of a path that has no alias either: a format of that path. */
#define PRELOAD_REFUSAL                                                                            \
    "'%s' cannot be preloaded: its path has a space or a colon, where the loader ends a path"

/* LD_PRELOAD ends a path at a space or a colon, and has no quotes. */
bool preload_takes(char const *path);

/* That absolute path, or where LD_PRELOAD does not take it, a symbolic link to it, made where there
 * is none yet. NULL: the link cannot be made. The caller frees it. */
char *preload_path(char const *path);

#endif
