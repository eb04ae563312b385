/* preload_alias.h -- another path for an object whose own the loader would take apart.
 *
 *   build/aliases/<16 hexadecimal digits of the path>/lib.so -> "/home/me/a folder/libmine.so"
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_PRELOAD_ALIAS_H
#define SLABLAB_PRELOAD_ALIAS_H

#include <stdbool.h>

/* LD_PRELOAD ends a path at a space or a colon, and has no quotes. */
bool preload_takes(char const *path);

/* A symbolic link to that absolute path which LD_PRELOAD takes, made where there is none yet. NULL:
 * it cannot be made. The caller frees it. */
char *preload_alias(char const *path);

#endif
