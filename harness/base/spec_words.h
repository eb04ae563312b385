/* spec_words.h -- "ALLOCATOR NAME=value ..." as words, where the allocator may be a path in quotes.
 *
 *   './a folder/libmine.so' A=1
 *
 * Quotes mean nothing elsewhere: a variable's value is what stands there.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_SPEC_WORDS_H
#define SLABLAB_SPEC_WORDS_H

#include "base/text.h"

struct words spec_words(char const *text);

/* Words first ... last - 1 as spec_words reads them back: the first in quotes where it has white
 * space or begins with a quote. */
char *spec_join(struct words const *words, size_t first, size_t last);

#endif
