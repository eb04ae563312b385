/* named_pointer.h -- how a child tells its parent which pointer a complaint has to name.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_TESTS_NAMED_POINTER_H
#define SLABLAB_TESTS_NAMED_POINTER_H

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/* The child's own address of the pointer, so that the parent can look for it in the message. */
static inline void say_pointer(void const *pointer)
{
    fprintf(stderr, "pointer %p\n", pointer);
}

/* The pointer is named twice: by the child before the misuse, and by the allocator's message. */
static inline bool names_pointer(char const *text)
{
    char pointer[32];
    char const *const line_end = strchr(text, '\n');

    if (line_end == NULL || sscanf(text, "pointer %31s", pointer) != 1)
        return false;
    return strstr(line_end, pointer) != NULL;
}

#endif
