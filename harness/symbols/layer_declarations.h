/* layer_declarations.h -- an object's declarations of its layers, in its section .slablab.layers.
 *
 * symbols.h gives the syntax.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_LAYER_DECLARATIONS_H
#define SLABLAB_LAYER_DECLARATIONS_H

#include "symbols/object_file.h"
#include "symbols/symbols.h"

struct layer_declaration {
    char const *name; /* a function, or the end of a file's path */
    char const *layer;
};

struct layer_declarations {
    char *text; /* the section; all words are in it */
    struct layer_declaration *functions;
    size_t function_count;
    struct layer_declaration *files;
    size_t file_count;
    struct memory_declaration *memory;
    size_t memory_count;
    char *problem; /* the first invalid declaration; NULL */
};

/* Without the section nothing is declared. */
void layer_declarations_read(struct layer_declarations *declarations,
                             struct object_file const *file);
void layer_declarations_free(struct layer_declarations *declarations);

/* Of the frame's function, defined in the file of that path; NULL for what is unknown. */
char const *layer_declarations_find(struct layer_declarations const *declarations,
                                    struct frame const *frame, char const *path);

#endif
