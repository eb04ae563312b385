/* own_build.h -- phases that each machine of a share compiles itself: `scatter --build-here`.
 *
 *   SHARE/allocators/                the sources of all phases
 *   SHARE/machines/<machine>/build/  lib<phase>.so, observe/lib<phase>.so, their logs, build.json
 *
 * Compilers then differ from machine to machine, as they do among readers. The plan says no
 * build-id of a phase; each block says its own, and its compiler. An arm's object is called in a
 * block as in the plan, whichever machine's build it was.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_OWN_BUILD_H
#define SLABLAB_OWN_BUILD_H

#include "experiment/plan.h"
#include "share/share.h"

#include <jansson.h>
#include <stdbool.h>

/* Copies the sources. False after a complaint. */
bool own_build_copy_sources(char const *share);

/* Takes the build-ids of phases out of the plan, so that it is the same plan for all machines. */
void own_build_forget(struct plan *plan);

/* Compiles the plan's phases for this machine, unless that was done, by the compiler that CC names
 * or else slablab's own, and has the plan run them. False after a complaint. */
bool own_build(struct share *share, char const *machine);

/* Writes into a block of this machine which compiler made its phases; nothing where scatter's
 * were measured. */
void own_build_describe(struct share const *share, json_t *block);

#endif
