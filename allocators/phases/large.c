/* large.c -- medium that serves requests above 32 KB from mappings of its own.
 *
 * Over: medium
 *
 * What it is: a mapping for each block, with its length in 64 bytes in front. Freed ones are kept,
 * 64 MB of them at most, and go back once they are half a second old and the phase is at work; the
 * next request takes what it needs of one. realloc copies up to 512 KB into one, or moves pages.
 * What is aligned to more than 16 bytes stays the C library's, and what parts/large.h names.
 *
 * What to see: programs that take and free large blocks again and again. medium leaves those to the
 * C library, whose heap holds nothing else now, gives itself back to the system at each turn, and
 * takes the same pages again: z3, which takes two tables of 8 MB for each of its problems, has nine
 * times glibc's page faults under medium, and half of them here. Where no request is above 32 KB:
 * equal within 2 %.
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
