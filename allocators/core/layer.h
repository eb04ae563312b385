/* layer.h -- declarations of an allocator's functions and memory, for profiles and ledgers of
 * faults.
 *
 *   LAYER(front);                     every function defined in this file
 *   LAYER_OF(backend, tiny_refill);   that one, whatever its file says
 *   MEMORY_OF(superslab, superslab_map, 1048576, 4096);
 *                                     what is mapped below it is cut at multiples of 1 MB, each
 *                                     piece with a header of 4 KB; with 0, 0 it is one piece
 *
 * There are two layers:
 *   front    what a hit runs: the malloc API, the threads' own lists, the way to the C library
 *   backend  what runs where a list is empty or full (refills, drains, slabs, SuperSlabs), and what
 *            begins and ends a thread or the process
 *
 * A file of core/ that declares nothing serves both layers: its code belongs to its caller.
 *
 * The declarations are strings in .slablab.layers, words separated by tabs, each with a final 0.
 * That section is not loaded: the code is the same to the byte without them. Their operands must be
 * literals, since assembler outside a function takes no constants.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_LAYER_H
#define SLABLAB_LAYER_H

#define LAYER(layer) LAYER_DECLARE("file\\t" __FILE__ "\\t" #layer)
#define LAYER_OF(layer, function) LAYER_DECLARE("function\\t" #function "\\t" #layer)
#define MEMORY_OF(memory, function, unit_bytes, header_bytes) \
    LAYER_DECLARE("memory\\t" #function "\\t" #memory "\\t" #unit_bytes "\\t" #header_bytes)

#define LAYER_DECLARE(words)                                \
    __asm__(".pushsection .slablab.layers,\"\",@progbits\n" \
            ".string \"" words "\"\n"                       \
            ".popsection")

#endif
