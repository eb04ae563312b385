/* superslab.h -- the layout of a SuperSlab, and which slab a block belongs to.
 *
 *   0        4 KB                64 KB               128 KB              960 KB             1 MB
 *   | header | slab 0 ...        | slab 1 ...        | ...               | slab 15 ...      |
 *   ^ superslab_of(any payload)  ^ slab_index(payload) == 1
 *
 *   a slab:  | 8 | slot payload.......... | slot payload.......... | ...
 *                ^ tag at payload - 1
 *
 * The header (magic, the metadata of 16 slabs) has the first page to itself, so that neither it nor
 * a payload moves the other's cache lines; slab 0 is that page shorter. Blocks begin 8 bytes into
 * their slab. Where they fill it (Tiny's strides; not 272, 528 and 1,040) the last one ends 8 bytes
 * into the next slab, where nothing begins; the last slab has no next and so one block less. A
 * block belongs to the slab in which its slot begins: the payload of the last 16-byte block begins
 * where the next slab does.
 *
 * The tag shares the payload's cache line, but for every fourth block of strides that are 16 mod 64
 * (16, 272, 528, 1,040): its payload begins a line, and its tag ends the line before.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_SUPERSLAB_H
#define SLABLAB_SUPERSLAB_H

#include "core/layer.h"
#include "core/os.h"
#include "core/pagemap.h"
#include "core/size_class.h"

LAYER(backend);

CONSTANT(SLAB_KB, 64, slab, 32, 512, "KB", "of a slab, a power of two");
enum {
    SUPERSLAB_BYTES = 1 << 20,
    SUPERSLAB_HEADER_BYTES = OS_PAGE_BYTES,
    SLAB_BYTES = SLAB_KB * 1024,
    SLABS = SUPERSLAB_BYTES / SLAB_BYTES,
    SLABS_ALL = (int)(UINT32_MAX >> (32 - SLABS)) /* as a set of bits */
};

_Static_assert((SLAB_KB & (SLAB_KB - 1)) == 0, "slabs do not divide a SuperSlab");
_Static_assert(SLOT_BYTES != 0 || (int)SLAB_BYTES >= (int)PAGEMAP_UNIT_BYTES,
               "the pagemap has a code for 64 KB, and a slab is smaller");

/* Bit i: slab i. */
typedef __typeof__(__builtin_choose_expr(SLABS <= 16, (uint16_t)0, (uint32_t)0)) slab_set;

/* Below that function whole SuperSlabs are mapped. */
#define SUPERSLABS_OF(function) MEMORY_OF(superslab, function, 1048576, 4096)
_Static_assert(SUPERSLAB_BYTES == 1048576 && SUPERSLAB_HEADER_BYTES == 4096, "or say so above");

SUPERSLABS_OF(superslab_map);

/* A free block's payload. */
struct block {
    struct block *next;
};

/* Without a tag, a block on its slab's freelist also has this mark behind the link, which says that
 * a block may be free; whether it is, the list says. */
ALWAYS_INLINE uintptr_t *block_mark(struct block *block)
{
    return (uintptr_t *)(block + 1);
}

ALWAYS_INLINE void block_set_mark(struct block *block, bool free)
{
    if (SLOT_BYTES == 0)
        *block_mark(block) = free ? ~(uintptr_t)block : 0;
}

ALWAYS_INLINE bool block_has_mark(struct block *block)
{
    return SLOT_BYTES == 0 && *block_mark(block) == ~(uintptr_t)block;
}

/* What every backend keeps of a slab. carved <= capacity. */
struct slab_blocks {
    struct block *freelist; /* blocks that came back */
    uint16_t used;          /* handed out; the backend decides when it is lowered */
    uint16_t capacity;      /* blocks that fit; below this, never carved again */
    uint16_t carved;        /* cut off the front so far: the next new block's number */
    uint16_t class;
};

ALWAYS_INLINE void *superslab_of(void const *payload)
{
    return (void *)((uintptr_t)payload & ~(uintptr_t)(SUPERSLAB_BYTES - 1));
}

ALWAYS_INLINE uint32_t slab_index(void const *payload)
{
    return (uint32_t)(((uintptr_t)payload - SLOT_BYTES) / SLAB_BYTES % SLABS);
}

/* The payload of a slab's first block. */
ALWAYS_INLINE char *slab_first_payload(void const *superslab, uint32_t index)
{
    uint32_t const header_bytes = index == 0 ? SUPERSLAB_HEADER_BYTES : 0;

    return (char *)superslab + (size_t)index * SLAB_BYTES + header_bytes + 2 * SLOT_BYTES;
}

ALWAYS_INLINE uint16_t slab_capacity(uint32_t index, uint32_t stride)
{
    uint32_t const header_bytes = index == 0 ? SUPERSLAB_HEADER_BYTES : 0;
    uint32_t const tail_bytes = index == SLABS - 1 ? SLOT_BYTES : 0;

    return (uint16_t)((SLAB_BYTES - header_bytes - tail_bytes) / stride);
}

/* Cuts at most count new blocks off the slab and puts them before *list, lowest address first. */
ALWAYS_INLINE uint32_t slab_carve(struct slab_blocks *blocks, char *first, uint32_t stride,
                                  uint32_t count, struct block **list)
{
    uint32_t const left = (uint32_t)blocks->capacity - blocks->carved;
    uint32_t const taken = count < left ? count : left;

    for (uint32_t number = blocks->carved + taken; number > blocks->carved; number--) {
        struct block *const block = (struct block *)(first + (size_t)(number - 1) * stride);

        block->next = *list;
        block_set_mark(block, false);
        *list = block;
    }
    blocks->carved = (uint16_t)(blocks->carved + taken);
    return taken;
}

/* Moves at most count blocks from the slab's freelist to *list. */
ALWAYS_INLINE uint32_t slab_take_freed(struct slab_blocks *blocks, uint32_t count,
                                       struct block **list)
{
    uint32_t taken = 0;

    while (taken < count && blocks->freelist != NULL) {
        struct block *const block = blocks->freelist;

        blocks->freelist = block->next;
        block->next = *list;
        block_set_mark(block, false);
        *list = block;
        taken++;
    }
    return taken;
}

ALWAYS_INLINE void slab_put_freed(struct slab_blocks *blocks, struct block *block)
{
    block->next = blocks->freelist;
    block_set_mark(block, true);
    blocks->freelist = block;
}

/* Every SuperSlab that a backend ever had lies between begin and end. A pointer outside is not a
 * block of it, and its memory must not be read. */
struct superslab_range {
    uintptr_t begin;
    uintptr_t end;
};

static inline void range_add(struct superslab_range *range, void const *superslab)
{
    uintptr_t const begin = (uintptr_t)superslab;

    if (range->begin == 0 || begin < range->begin)
        range->begin = begin;
    if (begin + SUPERSLAB_BYTES > range->end)
        range->end = begin + SUPERSLAB_BYTES;
}

ALWAYS_INLINE bool range_holds(struct superslab_range const *range, void const *payload)
{
    return (uintptr_t)payload - range->begin < range->end - range->begin;
}

/* Mapped memory (or NULL) that the pagemap can speak of; else NULL with errno ENOMEM. */
static inline void *superslab_in_reach(void *memory, size_t bytes)
{
    if (memory == NULL || pagemap_reaches(memory, bytes))
        return memory;
    os_unmap(memory, bytes);
    errno = ENOMEM;
    return NULL;
}

/* Fresh zeroed memory for one, or NULL with errno ENOMEM. */
static inline void *superslab_map(void)
{
    return superslab_in_reach(os_map_aligned(SUPERSLAB_BYTES, SUPERSLAB_BYTES), SUPERSLAB_BYTES);
}

static inline void superslab_unmap(void *superslab)
{
    pagemap_set(superslab, SUPERSLAB_BYTES, PAGEMAP_FOREIGN);
    os_unmap(superslab, SUPERSLAB_BYTES);
}

#endif
