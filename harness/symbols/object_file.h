/* object_file.h -- an ELF file with its debug information, which need not be loaded.
 *
 * Debug information comes from the file or from the distribution's detached copy (/usr/lib/debug),
 * never from the network. Addresses are those that the file's own headers give it (p_vaddr).
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_OBJECT_FILE_H
#define SLABLAB_OBJECT_FILE_H

#include <elfutils/libdwfl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes begin ... end - 1 of the file are loaded at `address`. */
struct object_segment {
    uint64_t begin;
    uint64_t end;
    uint64_t address;
};

struct object_file {
    Dwfl *dwfl;
    Dwfl_Module *module; /* NULL: the file cannot be read, or is no ELF file */
    Elf *elf;            /* the file itself, not its detached debug information */
    struct object_segment *segments;
    size_t segment_count;
    uint64_t thread_local_bytes;
    char *build_id; /* "" without one */
    char *problem;  /* why there is no module; NULL */
};

/* "[vdso]" is the kernel's object as mapped into this process; it is the same in all processes. */
void object_file_open(struct object_file *file, char const *path);
void object_file_close(struct object_file *file);

/* The address of the byte at file_offset; false if it is not loaded. */
bool object_file_address(struct object_file const *file, uint64_t file_offset, uint64_t *address);

bool object_file_is_x86_64(struct object_file const *file);

#endif
