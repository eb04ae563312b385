/* intern.h -- byte strings, each kept once and numbered in order of arrival.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_INTERN_H
#define SLABLAB_INTERN_H

#include "base/arena.h"

#include <stdint.h>

/* All zero is an empty one. Invariant: slots is 0 or a power of two, and at least 2 * count. */
struct intern {
    struct intern_entry *entries;
    size_t slots;
    void const **bytes; /* of each number, in the arena */
    size_t count;
    struct arena arena; /* of the copies */
};

/* The number of this byte string: 0, 1 ... A new one gets the count before it was added. */
size_t intern_number(struct intern *intern, void const *bytes, size_t size);

/* The number of a text. */
size_t intern_text(struct intern *intern, char const *text);

/* The bytes with this number, aligned to 8; a text keeps its final 0. Valid until intern_free. */
void const *intern_bytes(struct intern const *intern, size_t number);

void intern_free(struct intern *intern);

#endif
