/* cached_build.h -- what a commit's build makes: built once, in a worktree, and kept in the cache.
 *
 *   CACHE/revisions/<key>/build.json  what decided the build, and what its artifacts say
 *   CACHE/revisions/<key>/build.log   what it printed
 *   CACHE/revisions/<key>/<path>      each artifact, at its path in the project's folder
 *   CACHE/revisions/<key>.log         of a build that failed
 *
 * The key is build_facts.h's: two commits of one tree are built once, and another command, compiler
 * or flag builds anew. A folder of a key is whole or not there. Nothing else needs the cache: it
 * may be removed at any time.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_CACHED_BUILD_H
#define SLABLAB_CACHED_BUILD_H

#include "catalogue/build_facts.h"

/* The folder of the build; `label` is what a complaint calls the revision. NULL after a complaint;
 * NULL without one after Ctrl-C, which is caught from here on (interrupt.h). The caller frees it.
 */
char *cached_build(char const *commit, char const *label, struct recipe const *recipe);

#endif
