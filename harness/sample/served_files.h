/* served_files.h -- the arms' files as this run's processes load them: copies, new in each block.
 *
 *   $TMPDIR/slablab-served.XXXXXX/1-007.so    arm 1's link 7, as it was when the run began
 *                                /1a.so       what arm 1's processes load in this block,
 *                                /1b.so       and in the next
 *                                /1p-000.so, 1pa.so, 1pb.so   the same of the program that a gate
 *                                             of two builds has in place of {artifact}
 *
 * A file may be slow, and not the code in it (docs/method/limits.md). So no run measures the file
 * that was built, and no block the copies of another: which of them is slow is drawn anew, as which
 * arm comes first is. Records and complaints name the files of the plan. A file that loads others
 * from its own folder ($ORIGIN) stays where it is, and so do a program of a gate that says
 * `artifact: in place`, and all files where the folder's file system runs nothing (noexec).
 * A folder is locked by the run that it belongs to; one that is not was left by a run that was
 * killed, and the next run removes it.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_SERVED_FILES_H
#define SLABLAB_SERVED_FILES_H

#include "experiment/plan.h"

struct served_arm; /* of an arm: its files, and what it loads now */

struct served_files {
    struct arena arena;
    char *folder;     /* NULL: not opened yet */
    int lock;         /* of the folder, open where there is one */
    struct plan plan; /* the plan, but for the paths of what its arms load */
    struct served_arm *arms;
};

/* Keeps all files, and gives each arm a copy of its first link, unless that was done. Complains and
 * returns false on a fault, as all of these do. */
bool served_files_open(struct served_files *served, struct plan const *plan);
void served_files_close(struct served_files *served);

/* Every arm gets new copies, of that link of its own and of its program, one arm after another in
 * that order. links and order are as long as the plan's arms. */
bool served_files_renew(struct served_files *served, size_t const *order, size_t const *links);

/* The arm's copy is of that link, a new one if it was of another. */
bool served_files_take(struct served_files *served, size_t arm, size_t link);

/* The plan's path of what a copy is of; another path itself. */
char const *served_files_planned(struct served_files const *served, struct plan const *plan,
                                 char const *path);

#endif
