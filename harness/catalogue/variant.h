/* variant.h -- a phase with other constants: phase17-2+batch=16, baseline+batch=8+drain=64.
 *
 *   BUILD/variants/<key>/lib<name>.so           compiled when it is asked for, as `make` compiles
 *   BUILD/variants/<key>/observe/lib<name>.so   its phase, and kept
 *   BUILD/variants/<key>/lib<name>.o            to be linked anew (layouts.h)
 *
 * The key is of all that decides a build: sources, flags and compiler. BUILD is home's, or the
 * cache where that cannot be written. Where home has no sources, as a share of work has none,
 * BUILD/variants/lib<name>.so is taken.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_VARIANT_H
#define SLABLAB_VARIANT_H

#include "catalogue/catalogue.h"

/* Is it written as one? A path is none, nor is an assignment. */
bool variant_is_named(char const *name);

/* The constants that a name sets: those behind the first '+'. Each returned text is "NAME=VALUE".
 * words_free releases them. */
struct words variant_assignments(char const *name);

/* The phase in front of them. The caller frees it. */
char *variant_phase(char const *name);

/* Fills in the files of a variant, which are built unless they are there, or the problem; its name
 * is there already. False if there is no such phase. */
bool variant_find(char const *name, struct allocator *allocator);

/* "ss-reuse+drain=64,256" is ss-reuse+drain=64 and ss-reuse+drain=256, the last constant varying
 * fastest. Adds one name where it is no variant. */
void variant_expand(char const *name, struct words *names);

#endif
