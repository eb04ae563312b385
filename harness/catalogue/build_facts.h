/* build_facts.h -- what decides a build, and which compilers and flags made what came of it.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_BUILD_FACTS_H
#define SLABLAB_BUILD_FACTS_H

#include "base/text.h"

#include <jansson.h>

/* How a revision is built. */
struct recipe {
    char *command;            /* of the shell, in the project's folder of a worktree */
    char *compiler;           /* the only one it asks; NULL: those that CC, CXX and RUSTC name */
    struct words environment; /* "NAME=value", over this process's */
    struct words artifacts;   /* paths from that folder */
};

void recipe_free(struct recipe *recipe);

/* All that a build of a tree depends on, as far as it is known before: the tree, the project's
 * folder in it, the recipe, the compilers' versions, and the variables that builds read. A new
 * reference. */
json_t *build_question(char const *tree, char const *folder, struct recipe const *recipe);

/* Its digest: 40 hexadecimal digits. The caller frees it. */
char *build_key(json_t const *question);

/* What an artifact says of itself: its path, digest, build-id, compilers and their flags. A new
 * reference. */
json_t *build_artifact(char const *folder, char const *path);

/* What two builds' compilers or flags differ in, in a sentence each; an empty array where nothing
 * does. Either may be NULL. A new reference. */
json_t *build_differences(json_t const *base, json_t const *head);

#endif
