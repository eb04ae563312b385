/* revision.h -- a git revision of the project, and what its build makes.
 *
 * In a project with a slablab.yaml that is what the file says; elsewhere it is a phase, compiled as
 * this build compiles its own: equal sources then give an equal build-id, for the compiler and its
 * flags are those of this build, and the worktree's path does not appear in the object.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_REVISION_H
#define SLABLAB_REVISION_H

#include <jansson.h>
#include <stdbool.h>

struct revision_build {
    char *artifact; /* absolute path */
    char *log;      /* likewise */
    json_t *facts;  /* build.json; NULL where it cannot be read */
};

/* The 40 digits of the commit that a name denotes. NULL after a complaint. The caller frees it.
 */
char *revision_find(char const *name);

/* Says so, once, if the commit is the checked out one and files have changed since: a build of it
 * has nothing of that. */
void revision_note_uncommitted(char const *commit, char const *name);

/* What a revision is called wherever it is shown: "v1.2 (0123456789ab)". The caller frees it. */
char *revision_label(char const *commit, char const *name);

/* Builds a commit, named so, unless the cache has it. `wanted` is the name of an artifact of
 * slablab.yaml, NULL: its first; or of a phase. False after a complaint, or without one after
 * Ctrl-C, which is caught from here on (interrupt.h); then there is nothing to free. */
bool revision_build(char const *commit, char const *name, char const *wanted,
                    struct revision_build *build);

void revision_build_free(struct revision_build *build);

#endif
