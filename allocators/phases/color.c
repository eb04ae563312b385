/* color.c -- bitmap whose slabs begin their blocks at different lines of the cache.
 *
 * Over: bitmap
 *
 * What it is: slab coloring (Bonwick 1994). At a stride of 512 the first bytes of all blocks lie in
 * an eighth of each cache's sets, for slabs begin at multiples of 64 KB; at 1,024 in a sixteenth.
 * Here a slab's blocks are moved by 0 to 31 lines, as many as its stride has factors of two, by its
 * address. That costs at most one block of a slab: 1 of 128 at 512 bytes, 1 of 32 at 2,048.
 *
 * What to see: where a program touches the beginning of more blocks than the sets in use hold. On
 * fixed_random warm with 65,536 slots of 512 bytes faster than bitmap by a fifth or more, since
 * what is touched is 4 MB that now fit into more of the caches; at 256 bytes less, at 1,024 bytes
 * more. With 256 slots, and on random_mixed, whose strides are of many kinds, equal within 3 %. At
 * most 2 % more page faults. (The strides of dense are 16 mod 64 and do the same, at 3 % more
 * memory.)
 *
 * SPDX-License-Identifier: MIT */
#include "core/setting.h"

#define SET_TINY_CLASSES SET_TO(16)
#define SET_SLOT_BYTES SET_TO(0)
#define SET_MAGAZINE_REFILL_BLOCKS SET_TO(128)
#define SET_BITMAP_COLORS SET_TO(32)

#include "parts/bitmap_pool.h"
#include "parts/magazine.h"

static struct bitmap_pool pool = BITMAP_POOL_EMPTY;
static struct magazine_rooms rooms = MAGAZINE_ROOMS_EMPTY;
static __thread struct magazines magazines = MAGAZINES_NONE;

static void phase_begin(void)
{
}

#include "parts/bitmap_alone.h"
#include "core/malloc_api.h"
