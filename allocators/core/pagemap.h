/* pagemap.h -- the class of a block from its address, where blocks have no tag.
 *
 *   begin                                                      begin + 256 GB
 *   | 64 KB | 64 KB | ... | slab 0 | slab 1 | ... | slab 15 | ... |
 *     code 0  0             3        3        17        9
 *
 * A byte for each 64 KB of a window of addresses, whose middle is the first SuperSlab: the kernel
 * chose that, and lays the next ones near it. The table is never written but where slabs are, so
 * that it takes a page of memory for each 256 MB. A SuperSlab outside of the window is not used: a
 * process may have 128 GB of them.
 *
 * A byte changes while no block of its slab is alive, so that free may read it without a lock.
 *
 * Where blocks have tags (SLOT_BYTES != 0) all of this is nothing.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_PAGEMAP_H
#define SLABLAB_PAGEMAP_H

#include "core/size_class.h"

enum {
    PAGEMAP_UNIT_BYTES = 1 << 16,
    PAGEMAP_UNITS = SLOT_BYTES == 0 ? 1 << 22 : 1,
    PAGEMAP_FOREIGN = 0,                             /* no SuperSlab */
    PAGEMAP_CLASS = 1,                               /* and more: the class, and 1 */
    PAGEMAP_NO_CLASS = PAGEMAP_CLASS + TINY_CLASSES, /* a slab without blocks */
    PAGEMAP_LARGE,                                   /* where there is large.h: a block of it */
    PAGEMAP_CODES = PAGEMAP_LARGE + (SETTING(LARGE_KEPT_MB, 0) > 0)
};

struct pagemap {
    uintptr_t begin; /* 0 until there is a SuperSlab */
    uint8_t code[PAGEMAP_UNITS];
};

static struct pagemap pagemap;

/* The number of the address's unit; PAGEMAP_UNITS or more outside of the window. */
ALWAYS_INLINE uintptr_t pagemap_unit(void const *address)
{
    uintptr_t const begin = __atomic_load_n(&pagemap.begin, __ATOMIC_RELAXED);

    return ((uintptr_t)address - begin) / PAGEMAP_UNIT_BYTES;
}

ALWAYS_INLINE uint8_t pagemap_code(void const *address)
{
    uintptr_t const unit = pagemap_unit(address);

    if (UNLIKELY(unit >= PAGEMAP_UNITS))
        return PAGEMAP_FOREIGN;
    return __atomic_load_n(&pagemap.code[unit], __ATOMIC_RELAXED);
}

/* The class of a block of ours; TINY_CLASSES or more of anything else. */
ALWAYS_INLINE uint32_t pagemap_class(void const *address)
{
    return (uint32_t)pagemap_code(address) - PAGEMAP_CLASS;
}

/* Sets the code of memory in the window. */
static inline void pagemap_set(void const *memory, size_t bytes, uint32_t code)
{
    if (SLOT_BYTES != 0) /* before anything is read: a page of the table would be touched */
        return;
    uintptr_t const unit = pagemap_unit(memory);
    for (size_t i = 0; i < bytes / PAGEMAP_UNIT_BYTES; i++)
        __atomic_store_n(&pagemap.code[unit + i], (uint8_t)code, __ATOMIC_RELAXED);
}

/* Does the window hold this memory? The first that is asked for decides where the window is. */
static inline bool pagemap_reaches(void const *memory, size_t bytes)
{
    uintptr_t const half = (uintptr_t)PAGEMAP_UNITS / 2 * PAGEMAP_UNIT_BYTES;
    uintptr_t const middle = (uintptr_t)memory / PAGEMAP_UNIT_BYTES * PAGEMAP_UNIT_BYTES;

    if (SLOT_BYTES != 0)
        return true;
    if (__atomic_load_n(&pagemap.begin, __ATOMIC_RELAXED) == 0)
        __atomic_store_n(&pagemap.begin, middle > half ? middle - half : PAGEMAP_UNIT_BYTES,
                         __ATOMIC_RELAXED);
    return pagemap_unit(memory) < PAGEMAP_UNITS - bytes / PAGEMAP_UNIT_BYTES;
}

#endif
