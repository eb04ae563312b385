/* memory.h -- memory for the harness's own data: allocation succeeds, or the program ends.
 *
 * It needs kilobytes; a harness that cannot get them cannot measure either.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_MEMORY_H
#define SLABLAB_MEMORY_H

#include <stddef.h>

/* count elements of size bytes, all zero; never NULL. */
void *memory_zeroed(size_t count, size_t size);

/* Makes room for one element behind count elements of size bytes, and zeroes it; never NULL. */
void *memory_room_for_one(void *elements, size_t count, size_t size);

/* The same for arrays that grow to millions: room is doubled, and not zeroed. */
void *memory_room(void *elements, size_t count, size_t size);

#endif
