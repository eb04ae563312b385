/* aligned.c -- reserve whose classes serve alignments of 32 and 64 bytes.
 *
 * Over: reserve
 *
 * What it is: memalign and its relatives, asked for a block at a multiple of 32 or 64 bytes, round
 * the size up to such a multiple and take a block of its class, which lies at one.
 * Before, the C library had every alignment above 16; it still has what is aligned to more than 64
 * or is longer than 32,704 bytes.
 *
 * What to see: cheese, whose second objects are aligned to a cache line: twice as fast as reserve
 * or more, at half of its peak memory, for they lie in the slabs that the first ones left. Where
 * nothing is aligned: equal within 2 %.
 *
 * SPDX-License-Identifier: MIT */
#include "core/setting.h"

#define SET_TINY_CLASSES SET_TO(30)
#define SET_SLOT_BYTES SET_TO(0)
#define SET_MAGAZINE_BLOCKS_MIN SET_TO(8)
#define SET_MAGAZINE_REFILL_BLOCKS SET_TO(128)
#define SET_MAGAZINE_GROWN_BLOCKS_MAX SET_TO(16384)
#define SET_DECAY_MS SET_TO(500)
#define SET_MAGAZINE_TICK SET_TO(1024)
#define SET_TRANSFER_BLOCKS SET_TO(2048)
#define SET_BITMAP_COLORS SET_TO(32)
#define SET_BITMAP_MAPPED SET_TO(2)
#define SET_LARGE_KEPT_MB SET_TO(64)
#define SET_REALLOC_RESERVE SET_TO(25)
#define SET_ALIGNED_BYTES_MAX SET_TO(64)

#include "parts/bitmap_pool.h"
#include "parts/magazine.h"

static struct bitmap_pool pool = BITMAP_POOL_EMPTY;
static struct magazine_rooms rooms = MAGAZINE_ROOMS_EMPTY;
static __thread struct magazines magazines = MAGAZINES_NONE;

static void phase_begin(void)
{
    void *const room = bitmap_memory(&pool, MAGAZINE_ROOM_BYTES);

    if (room != NULL) /* else it is too small, or memory is out, and the first request says so */
        magazine_rooms_add(&rooms, room);
}

#include "parts/bitmap_alone.h"
#include "core/malloc_api.h"
