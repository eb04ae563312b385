/* entry_name.h -- the names that DWARF has for a function.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_ENTRY_NAME_H
#define SLABLAB_ENTRY_NAME_H

#include <elfutils/libdw.h>

/* The linker's; NULL for a function that no other unit can name, and in C. */
char const *entry_linker_name(Dwarf_Die const *entry);

/* Its name behind those of the namespaces, types and functions that it is declared in, joined by
 * "::". The caller frees it; NULL if it has no name. */
char *entry_scoped_name(Dwarf_Die const *entry);

#endif
