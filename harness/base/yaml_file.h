/* yaml_file.h -- a YAML file read through a libcyaml schema, with the line of everything in it.
 *
 * libcyaml checks and fills the caller's structs but keeps no lines, so the same text is also kept
 * as a libyaml document. A path names a node of it: "workloads/2/run" is key `run` of the third
 * entry of `workloads`.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_YAML_FILE_H
#define SLABLAB_YAML_FILE_H

#include <cyaml/cyaml.h>
#include <stddef.h>

struct yaml_file;

/* Reads and checks path against schema, a mapping or a list. Complains with the line and returns
 * NULL on any fault. */
struct yaml_file *yaml_file_open(char const *path, cyaml_schema_value_t const *schema);
/* The same of a text at hand, under the name that complaints shall give it. */
struct yaml_file *yaml_file_of_text(char const *name, char const *text,
                                    cyaml_schema_value_t const *schema);
void yaml_file_close(struct yaml_file *file);

/* What the schema filled in; it belongs to the file. */
void const *yaml_file_data(struct yaml_file const *file);
size_t yaml_file_count(struct yaml_file const *file); /* of its entries, where it is a list */
char const *yaml_file_text(struct yaml_file const *file);

/* The line, from 1, of the key or list entry that the path names, or of what holds it where it is
 * not written. */
size_t yaml_file_line(struct yaml_file const *file, char const *place);

/* "slablab: <path>:<line of place>: <message>". */
__attribute__((format(printf, 4, 5))) void yaml_file_complain(struct yaml_file const *file,
                                                              char const *place, char const *hint,
                                                              char const *format, ...);

#endif
