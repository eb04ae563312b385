/* revision.h -- an allocator of a git revision, built as this build builds its own.
 *
 *   build/revisions/<commit>/lib<allocator>.so    compiled in a temporary worktree
 *
 * Equal sources give an equal build-id: the compiler and its flags are those of this build, and the
 * worktree's path does not appear in the object.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_REVISION_H
#define SLABLAB_REVISION_H

/* The 40 digits of the commit that a name denotes. NULL after a complaint. The caller frees it.
 */
char *revision_find(char const *name);

/* Says so, once, if the commit is the checked out one and files have changed since: a build of it
 * has nothing of that. */
void revision_note_uncommitted(char const *commit, char const *name);

/* The absolute path of the allocator's object, rebuilt. NULL after a complaint; NULL without one
 * after Ctrl-C, which is caught from here on (interrupt.h). The caller frees it. */
char *revision_build(char const *commit, char const *allocator);

#endif
