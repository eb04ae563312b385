/* layers.h -- which layer a stack of user code belongs to.
 *
 * Parts and phases of an allocator declare theirs ("front", "backend"); other code has the layer of
 * its file. Every stack has one layer, so that the layers add up.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_LAYERS_H
#define SLABLAB_LAYERS_H

#include "symbols/code_location.h"

extern char const layer_system_call[];
extern char const layer_kernel[]; /* the kernel, and no more is known */
extern char const layer_workload[];
extern char const layer_c_library[];
extern char const layer_allocator[]; /* one that declares nothing */
extern char const layer_other[];

/* Paths as trace_mapping has them: absolute, symbolic links followed. */
struct layer_objects {
    char const *program;   /* the program's executable */
    char const *allocator; /* the object that served malloc; "" if unknown */
};

/* Of a file whose code declares nothing; NULL: no file. */
char const *layer_of_object(struct layer_objects const *objects, struct object const *object);

/* What is declared of the functions at a location, innermost first; NULL: nothing. */
char const *layer_declared(struct location const *location);

/* Of a stack, innermost location first: the first layer declared on the way outwards, inlined
 * functions included, before the stack leaves the innermost object; else that object's. */
char const *layer_of_user_stack(struct layer_objects const *objects,
                                struct location const *location, size_t count);

/* Of kernel code, by the names on its chain, innermost first; NULL is a hidden name. A fault inside
 * a system call counts as a fault. */
char const *layer_of_kernel(char const *const *names, size_t count);

#endif
