/* constants.h -- what of a phase a user may set: PHASE+batch=16 (allocators/core/setting.h).
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_CONSTANTS_H
#define SLABLAB_CONSTANTS_H

#include "base/arena.h"

#include <stddef.h>
#include <stdint.h>

/* The parts of a phase may have several of one name, which are set together. */
struct constant {
    char *name;       /* "batch" */
    char **settings;  /* what is set: "SMALLMID_REFILL_256" */
    char **standards; /* the phase's value of each */
    size_t setting_count;
    uint64_t lowest;  /* of all of them */
    uint64_t highest;
    char *unit;
    char *phrase;
};

struct constants {
    struct arena arena; /* holds all of it */
    struct constant *constant;
    size_t count;
};

/* Of a phase's object, in the order of their names; none of another object. */
struct constants constants_of(char const *object);
void constants_free(struct constants *constants);

/* NULL: there is none of that name. */
struct constant const *constants_find(struct constants const *constants, char const *name);

/* "16, 12, 8": the values of the phase, each once. The caller frees it. */
char *constant_standard(struct constant const *constant);

/* "blocks that a refill takes (1 to 255)". The caller frees it. */
char *constant_meaning(struct constant const *constant);

#endif
