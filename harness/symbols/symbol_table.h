/* symbol_table.h -- an object's function symbols, by address.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_SYMBOL_TABLE_H
#define SLABLAB_SYMBOL_TABLE_H

#include "base/text.h"
#include "symbols/object_file.h"

/* begin ... end - 1 is the function's code. */
struct named_code {
    uint64_t begin;
    uint64_t end;
    uint64_t end_max; /* of this one and all before it */
    char const *name;
    unsigned rank; /* of aliases the lowest is shown */
};

/* By begin; all are different. */
struct symbol_table {
    struct named_code *code;
    size_t count;
    struct words shortened; /* names less a version or a clone's ending */
};

/* .symtab, of the file or of its detached debug information, else .dynsym. */
void symbol_table_read(struct symbol_table *table, struct object_file const *file);
void symbol_table_free(struct symbol_table *table);

/* The linker's name; NULL if no function is known there. Valid as long as the table. */
char const *symbol_table_name(struct symbol_table const *table, uint64_t address);

#endif
