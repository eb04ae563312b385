/* worktree.h -- a git worktree for one build, gone afterwards whatever ends the build.
 *
 *   build/revisions/worktree-XXXXXX    locked (flock) by the process that builds in it
 *
 * What a killed process leaves is not locked any more: worktree_sweep removes it.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_WORKTREE_H
#define SLABLAB_WORKTREE_H

#include <stdbool.h>

struct worktree {
    char *path;
    int fd; /* of the folder, locked */
};

/* Makes an empty folder for `git worktree add`. False after a complaint. */
bool worktree_begin(char const *revisions, struct worktree *worktree);

/* Removes the folder and git's record of it. */
void worktree_end(struct worktree *worktree);

/* Removes what processes that are gone have left in build/revisions, or registered there. */
void worktree_sweep(void);

#endif
