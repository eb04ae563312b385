/* unfinished.h -- the run without an outcome that a command goes on with.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_UNFINISHED_H
#define SLABLAB_UNFINISHED_H

#include "plan.h"

/* A stored run, or why there is none. Each is NULL or the caller's to free. */
struct unfinished {
    char *folder;
    struct plan *plan; /* as stored; NULL exactly where folder is */
    char *why_none;    /* a line for each unfinished run that does not fit; NULL where one does */
};

/* Looks at the unfinished runs in `parent` whose folders end in `form`, newest first. The first
 * fits whose plan is the same (its seed too, unless `seed` is 0) on the same machine. */
struct unfinished unfinished_find(char const *parent, char const *form, struct plan const *plan,
                                  uint64_t seed);

#endif
