/* layouts.h -- links of one object code whose functions and data lie in another order in each.
 *
 *   CACHE/layouts/<key>/object.o, NAME.000.so, NAME.001.so ...
 *
 * What is built of one C file here can be linked anew: a phase, or a planted change, by its source;
 * a phase of a revision, or one with other constants, by the object that its build leaves beside
 * it. Link 0 has the order of the source; all are made by one linker and with the flags of this
 * build. The key is over the preprocessed source, compiler, flags and linker, so a link is never
 * stale; the folder may be removed at any time. Links that are ready (ready_links.h) are taken.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_LAYOUTS_H
#define SLABLAB_LAYOUTS_H

#include "base/text.h"

enum { LAYOUTS_MIN = 2, LAYOUTS_MAX = 999 };

/* By which a compiler makes an object whose functions and data can be laid out one by one. */
extern char const layouts_compile_flags[];

/* Absolute paths of `count` links of the code in a shared object; those that are not there are
 * made. No words where it is not built here, or is NULL; false after a complaint, or without one
 * after Ctrl-C. words_free releases them. */
bool layouts_of(char const *object, size_t count, struct words *links);

/* The linker, as it calls itself. The caller frees it; NULL after a complaint. */
char *layouts_linker(void);

#endif
