/* reserve.c -- large whose realloc, when it moves a block, makes it a quarter longer at the least.
 *
 * Over: large
 *
 * What it is: a request that is longer than the block by less than a quarter of it is answered by a
 * block that is a quarter longer. What grows little by little is then moved once in a while, in
 * place of at each class; what grows by half or twice is not changed. tcmalloc's realloc does the
 * same.
 *
 * What to see: strings with growth=0, whose texts are as long as their blocks: faster than large by
 * a tenth or more, with as many page faults. With growth=50, and wherever realloc is not called:
 * equal within 2 %. Peak memory: up to a quarter more of what was grown so.
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
