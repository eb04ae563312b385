/* yaml_file.h -- a YAML file read into the caller's structs, with the line of everything in it.
 *
 * A shape says which keys a mapping has and where in a struct their values go. A path names a node
 * of the file: "workloads/2/run" is key `run` of the third entry of `workloads`. Values stay texts
 * as they are written, for YAML would make 1 of "1%".
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_YAML_FILE_H
#define SLABLAB_YAML_FILE_H

#include <stdbool.h>
#include <stddef.h>

enum yaml_kind {
    FIELD_TEXT,    /* char * */
    FIELD_CHOICE,  /* unsigned: the value of one of its choices */
    FIELD_TEXTS,   /* char **, and unsigned */
    FIELD_MAPPING, /* a pointer to a struct */
    FIELD_MAPPINGS /* a pointer to structs, and unsigned */
};

/* A list of them ends in {NULL}. */
struct yaml_choice {
    char const *word;
    unsigned value;
};

/* A key and where its value goes. What the file leaves out is NULL or 0. */
struct yaml_field {
    char const *key;
    enum yaml_kind kind;
    bool needed;
    size_t offset;       /* in the struct of the mapping */
    size_t count_offset; /* likewise, of a list's length */
    struct yaml_shape const *shape;    /* of FIELD_MAPPING, FIELD_MAPPINGS */
    struct yaml_choice const *choices; /* of FIELD_CHOICE */
};

/* The fields end in {NULL}. */
struct yaml_shape {
    size_t size; /* of the struct */
    struct yaml_field const *fields;
};

struct yaml_file;

/* Reads a file that is a mapping of that shape, or a list of them. Complains with the line and
 * returns NULL on any fault. */
struct yaml_file *yaml_file_open(char const *path, struct yaml_shape const *shape, bool is_list);

/* No file, but a name for complaints about what is made without one. */
struct yaml_file *yaml_file_of_nothing(char const *name);

void yaml_file_close(struct yaml_file *file); /* NULL does nothing */

/* The struct, or structs, of the shape; they belong to the file. */
void const *yaml_file_data(struct yaml_file const *file);
size_t yaml_file_count(struct yaml_file const *file); /* of its entries, where it is a list */
char const *yaml_file_text(struct yaml_file const *file);
char const *yaml_file_path(struct yaml_file const *file);

/* "slablab: <path>:<line>: <message>", where the line is that of the key or list entry that `place`
 * names, or of what holds it where it is not written. */
__attribute__((format(printf, 4, 5))) void yaml_file_complain(struct yaml_file const *file,
                                                              char const *place, char const *hint,
                                                              char const *format, ...);

#endif
