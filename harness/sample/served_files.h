/* served_files.h -- the arms' files as this run's processes load them: fresh copies, an arm's own.
 *
 *   $TMPDIR/slablab.XXXXXX/a1-007.so      the copy of arm 1's link 7
 *
 * A file may be slow, and not the code in it (docs/method/limits.md). So no run measures the file
 * that was built, and the control has another one than the baseline. Records and complaints name
 * the files of the plan. A file that loads others from its own folder ($ORIGIN) stays where it is,
 * and so do all where the folder's file system runs nothing (noexec).
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_SERVED_FILES_H
#define SLABLAB_SERVED_FILES_H

#include "experiment/plan.h"

struct served_files {
    struct arena arena;
    char *folder;     /* NULL: not opened yet */
    struct plan plan; /* the plan, but for the paths of what its arms load */
};

/* Copies all files, unless that was done. Complains and returns false on a fault. */
bool served_files_open(struct served_files *served, struct plan const *plan);
void served_files_close(struct served_files *served);

/* The plan's path of a copy; another path itself. */
char const *served_files_planned(struct served_files const *served, struct plan const *plan,
                                 char const *path);

#endif
