/* memory.c -- allocation that ends the program with a message when it fails.
 *
 * SPDX-License-Identifier: MIT */
#include "base/memory.h"

#include "base/complain.h"

#include <stdlib.h>
#include <string.h>

static void *or_end(void *memory)
{
    if (memory != NULL)
        return memory;
    complain("free some memory; the plan itself is small", "out of memory");
    exit(EXIT_STATUS_USAGE);
}

void *memory_zeroed(size_t count, size_t size)
{
    return or_end(calloc(count > 0 ? count : 1, size));
}

void *memory_room_for_one(void *elements, size_t count, size_t size)
{
    char *const grown = or_end(reallocarray(elements, count + 1, size));

    memset(grown + count * size, 0, size);
    return grown;
}

/* Full exactly where count is 0 or a power of two from ROOM_FIRST on. */
void *memory_room(void *elements, size_t count, size_t size)
{
    enum { ROOM_FIRST = 16 };

    if (count == 0)
        return or_end(reallocarray(elements, ROOM_FIRST, size));
    if (count < ROOM_FIRST || (count & (count - 1)) != 0)
        return elements;
    return or_end(reallocarray(elements, 2 * count, size));
}
