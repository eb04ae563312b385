/* compiled_by.h -- which compilers made a file, as it says itself.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_COMPILED_BY_H
#define SLABLAB_COMPILED_BY_H

#include "base/text.h"

/* The texts of an ELF file's .comment: "GCC: (Debian 12.2.0-14) 12.2.0"; each once, sorted. None
 * where it was stripped, or is no ELF file. words_free releases them. */
struct words compiled_by(char const *path);

/* What its debug information calls the producer of each unit, with the flags that gcc writes there:
 * "GNU C17 12.2.0 -mtune=generic -O2"; each once, sorted. */
struct words compiled_with(char const *path);

#endif
