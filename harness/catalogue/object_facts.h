/* object_facts.h -- what a shared object says of itself before it is loaded.
 *
 * A file that cannot be read, or is no ELF file, says nothing.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_OBJECT_FACTS_H
#define SLABLAB_OBJECT_FACTS_H

#include "base/text.h"

/* Does the loader find this name defined there? */
bool object_defines(char const *path, char const *name);

/* The SLABLAB_ variables that a phase reads (allocators/core/variable.h). *declared: it says so at
 * all, as neither foreign objects nor phases of old revisions do. words_free releases them. */
struct words object_variables(char const *path, bool *declared);

/* The constants that a user may set in it (allocators/core/setting.h), a line each. words_free
 * releases them. */
struct words object_constants(char const *path);

/* The tiers whose allocations an observing build counts (allocators/core/observe.h): "tiny". */
struct words object_tiers(char const *path);

#endif
