/* unfinished.h -- the unfinished run that a command resumes.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_UNFINISHED_H
#define SLABLAB_UNFINISHED_H

#include "experiment/plan.h"

/* A stored run, or why there is none. Each is NULL or the caller's to free. */
struct unfinished {
    char *folder;
    uint64_t seed;     /* the stored one; 0 where there is no folder */
    char *why_none;    /* a line for each unfinished run that does not fit; NULL where one does */
};

/* Why the run in that folder is not to be gone on with, by what its plan does not tell;
 * NULL where it is. The caller frees it. */
typedef char *unfinished_misfit(void const *context, char const *folder);

/* Looks at the unfinished runs in `parent` whose folders end in `form`, newest first. The first
 * fits whose plan is the same (its seed too, unless `seed` is 0) on the same machine, and to which
 * `misfit` (unless it is NULL) has no objection. */
struct unfinished unfinished_find(char const *parent, char const *form, struct plan const *plan,
                                  uint64_t seed, unfinished_misfit *misfit, void const *context);

#endif
