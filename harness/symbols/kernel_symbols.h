/* kernel_symbols.h -- the kernel's function names.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_KERNEL_SYMBOLS_H
#define SLABLAB_KERNEL_SYMBOLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct kernel_symbol {
    uint64_t address;
    char const *name;
    bool global;
};

/* By address; all are different. */
struct kernel_symbols {
    char *text; /* all names are in it */
    struct kernel_symbol *symbol;
    size_t count;
    bool hidden; /* no list, or one of zeros: this user may not read it */
};

/* path: /proc/kallsyms, or a file like it. */
void kernel_symbols_read(struct kernel_symbols *symbols, char const *path);
void kernel_symbols_free(struct kernel_symbols *symbols);

/* NULL if no name is known. */
char const *kernel_symbols_name(struct kernel_symbols const *symbols, uint64_t address);

#endif
