/* names.h -- strings that are known by a number, so that equal ones compare as such.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_NAMES_H
#define SLABLAB_NAMES_H

#include <stddef.h>
#include <stdint.h>

/* All zero holds none. */
struct names {
    char **text;
    size_t count;
    uint32_t *slot; /* by hash: a number plus one; 0 where nothing is */
    size_t capacity;
};

/* The text's number: 0, 1 ... in the order in which texts were first seen. */
uint32_t names_number(struct names *names, char const *text);

/* Good until names_free. */
char const *names_text(struct names const *names, uint32_t number);

void names_free(struct names *names);

#endif
