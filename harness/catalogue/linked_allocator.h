/* linked_allocator.h -- programs that are linked with an allocator of their own.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_LINKED_ALLOCATOR_H
#define SLABLAB_LINKED_ALLOCATOR_H

/* The path of the first shared object beside the C library that the loader would give an executable
 * and that defines malloc, as Debian's redis-server gets libjemalloc.so.2; NULL without one. The
 * loader is asked, and the program does not run. The caller frees it. */
char *linked_allocator(char const *executable);

#endif
