/* variant_build.h -- the files of a variant (variant.h has where they lie).
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_VARIANT_BUILD_H
#define SLABLAB_VARIANT_BUILD_H

#include "base/text.h"

/* The texts are the caller's to free. */
struct variant_files {
    char *object; /* absolute paths; NULL where there is a problem */
    char *observer;
    char *problem; /* why it cannot be built; NULL if it can */
    char *remedy;
};

/* Compiles a phase with `overrides`, each "MACRO=VALUE", unless that was done. A problem is also
 * that its sources changed since the phase itself was built. */
struct variant_files variant_build(char const *name, char const *phase,
                                   struct words const *overrides);

#endif
