/* work_folder.h -- the working directory of a program's sample: a fresh copy of its inputs.
 *
 *   $TMPDIR/slablab.XXXXXX/inputs.<cell>   made once, by copying and by the program's `make`
 *   $TMPDIR/slablab.XXXXXX/work            each sample's
 *   $TMPDIR/slablab.XXXXXX/program/NAME    a link to the build that runs as {artifact}: one path,
 *                                          and so one argv[0], for both
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_WORK_FOLDER_H
#define SLABLAB_WORK_FOLDER_H

#include "experiment/plan.h"
#include "experiment/program.h"

#include <stdbool.h>
#include <stddef.h>

/* {NULL} is one of which nothing was asked yet. */
struct work_folder {
    char *base;
    char *work; /* of the sample under way */
    char *artifact; /* the link; NULL: no arm has a program */
};

/* Makes folder->work anew for a program of a cell. Complains and returns false on a fault. */
bool work_folder_renew(struct work_folder *folder, struct program const *program, size_t cell);

/* Has folder->artifact lead to the program of an arm, where it has one; after work_folder_renew.
 * Complains and returns false on a fault. */
bool work_folder_link(struct work_folder *folder, struct plan const *plan, size_t arm);

/* Removes all of it. */
void work_folder_close(struct work_folder *folder);

/* PATH, HOME, TMPDIR and LC_ALL of a program, then what it names itself, which go before; ended by
 * NULL. words_free releases them. */
struct words work_folder_environment(struct work_folder const *folder,
                                     struct program const *program);

#endif
