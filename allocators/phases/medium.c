/* medium.c -- transfer that serves requests up to 32 KB from slabs of its own.
 *
 * Over: transfer
 *
 * What it is: 30 classes in place of 16, the last of 32,768 bytes, of the same slabs, arrays and
 * locks; arrays of at least 8 blocks in place of 32. What is longer is the C library's, where that
 * began at 2,041 bytes. The table of sizes and the arrays' length are the whole difference.
 *
 * What to see: programs whose blocks are longer than 2,040 bytes. strings with growth=0, whose
 * texts grow through these sizes: twice as fast or more. z3, which also takes blocks of 8 MB: no
 * gain, for those stay the C library's, and its heap holds nothing else now. Where no request is
 * above 2,040 bytes: equal within 2 %.
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
