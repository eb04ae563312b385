/* revision.h -- an allocator as a git revision has it, built as this build builds its own.
 *
 *   build/revisions/<commit>/lib<allocator>.so    compiled in a worktree that is gone again
 *
 * Sources that are equal give an equal build-id: the compiler and its flags are those of this
 * build, and the worktree's path stands nowhere in the object.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_REVISION_H
#define SLABLAB_REVISION_H

/* The 40 digits of the commit that a name stands for. NULL after a complaint. The caller frees it.
 */
char *revision_find(char const *name);

/* The absolute path of the allocator's object, built anew. NULL after a complaint; NULL without one
 * where Ctrl-C has come, which is caught from here on (interrupt.h). The caller frees it. */
char *revision_build(char const *commit, char const *allocator);

#endif
