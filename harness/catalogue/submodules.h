/* submodules.h -- the submodules of a worktree.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_SUBMODULES_H
#define SLABLAB_SUBMODULES_H

#include <stdbool.h>

/* Checks them out in a worktree of the project's repository, from that repository's own copies
 * where it has them, so that no network is needed. `label` is the revision. False after a
 * complaint. */
bool submodules_check_out(char const *worktree, char const *label);

#endif
