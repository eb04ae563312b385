/* symbols.h -- from locations in files, and addresses in the kernel, to functions and layers.
 *
 * Each location of a file is looked up once, whichever process mapped it where, so that a million
 * samples cost about as much as their distinct locations. Names come from the file's symbol table,
 * and those of inlined functions from DWARF; function_name.h says how they are spelled. All strings
 * returned are valid as long as the symbols.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_SYMBOLS_H
#define SLABLAB_SYMBOLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct symbols;
struct object;

/* The section .slablab.layers of an object holds declarations, each a string with its final 0, its
 * words separated by tabs (allocators/core/layer.h writes them):
 *
 *   file     allocators/parts/tiny.h  front                 every function defined in that file
 *   function tiny_refill              backend               that one, whatever its file says
 *   function pool::Bin::take          backend               every instance of it (function_name.h)
 *   memory   superslab_map            superslab  1048576  4096 */

/* One function at a location. The innermost inlined function comes first, and the function that
 * contains them last. */
struct frame {
    char const *function;    /* NULL if its name is unknown */
    char const *linker_name; /* of which `function` is made; NULL if it has none */
    char const *layer;       /* declared for it in its object's .slablab.layers; NULL: nothing */
    bool inlined;
};

struct frames {
    struct frame const *frame;
    size_t count; /* at least 1 */
};

enum kernel_names {
    KERNEL_NAMES_ALL,
    KERNEL_NAMES_HIDDEN /* /proc/kallsyms cannot be read, or shows zeros (kptr_restrict) */
};

struct symbols *symbols_open(void);
void symbols_close(struct symbols *symbols);

/* The object of that path ("[vdso]" is one): never NULL. One that cannot be read, or is not an ELF
 * file, has no names. */
struct object *symbols_object(struct symbols *symbols, char const *path);
char const *object_path(struct object const *object);
char const *object_build_id(struct object const *object); /* "" without one */

/* Why it has no names, ignores declarations, or does not know what was inlined though its compiler
 * wrote it down; NULL if all is well. */
char const *object_problem(struct object const *object);

/* The functions at a location of the file. of_call: the location is a return address, so the call
 * before it is meant. */
struct frames object_frames(struct object *object, uint64_t file_offset, bool of_call);

/* How memory mapped by the frame's function is divided, as declared by MEMORY_OF in the object's
 * .slablab.layers; NULL if nothing is declared. */
struct memory_declaration {
    char const *function;
    char const *memory;    /* "superslab", "span" ... */
    uint64_t unit_bytes;   /* pieces begin at multiples of it; 0: one piece */
    uint64_t header_bytes; /* at the front of every piece */
};
struct memory_declaration const *object_memory(struct object *object, struct frame const *frame);

/* Bytes of thread-local data that the object adds to every thread (PT_TLS). */
uint64_t object_thread_local_bytes(struct object const *object);

/* Where the caller's registers are at a location of the file, by its CFI (DWARF 5, 6.4). The return
 * address is at cfa - 8. For a return address, pass the byte before it: the address itself may
 * belong to another function. Known on x86-64 only. */
struct unwind_rule {
    bool known;
    bool cfa_from_bp;         /* else from sp */
    int32_t cfa_offset;       /* cfa == that register + this */
    bool bp_saved;            /* else the caller has the same bp */
    int32_t bp_offset;        /* the caller's bp is at cfa + this */
};
struct unwind_rule object_unwind_rule(struct object *object, uint64_t file_offset);

/* "asm_exc_page_fault"; NULL if no name is known. For a return address, pass the byte before it. */
char const *symbols_kernel(struct symbols const *symbols, uint64_t address);
enum kernel_names symbols_kernel_names(struct symbols const *symbols);

#endif
