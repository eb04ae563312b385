/* layers.h -- which layer a stack of user code belongs to.
 *
 * Parts and phases of an allocator declare theirs ("front", "backend"); whatever says nothing has
 * the layer of the file that it lies in. Every stack has one layer, so that the layers add up.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_LAYERS_H
#define SLABLAB_LAYERS_H

#include "symbols/place.h"

extern char const layer_system_call[];
extern char const layer_kernel[]; /* nothing is known but that it is the kernel */
extern char const layer_workload[];
extern char const layer_c_library[];
extern char const layer_allocator[]; /* one that declares nothing */
extern char const layer_other[];

/* Paths as trace_mapping has them: absolute, symbolic links followed. */
struct layer_objects {
    char const *program;   /* the program's executable */
    char const *allocator; /* the object that served malloc; "" where nobody knows */
};

/* Of a file whose code declares nothing; NULL is no file at all. */
char const *layer_of_object(struct layer_objects const *objects, struct object const *object);

/* What is declared of the functions at a place, innermost first; NULL: nothing. */
char const *layer_declared(struct place const *place);

/* Of a stack, innermost place first: the first layer that is declared on the way outwards, inlined
 * functions included, before the stack leaves the innermost object; else that object's. */
char const *layer_of_user_stack(struct layer_objects const *objects, struct place const *place,
                                size_t count);

/* Of code of the kernel, by the names on its chain, innermost first; a NULL is a hidden one. A
 * fault inside a system call is a fault. */
char const *layer_of_kernel(char const *const *names, size_t count);

#endif
