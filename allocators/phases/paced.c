/* paced.c -- aligned with huge pages only where memory is taken fast.
 *
 * Over: aligned
 *
 * What it is: a pair of SuperSlabs that is mapped less than half a millisecond after the last one
 * was begun, so where 2 GB a second are taken, is asked for in a huge page; else it gets pages of 4
 * KB, each when it is used. The first pair, resident before main, has a huge page always.
 *
 * What to see: programs that grow slowly hold 1 to 4 MB less, for huge pages held memory that was
 * never used (sqlite3, python3_threads, git_gc, jq), and take up to 5 % more CPU time, as they have
 * more page faults. Waves of fresh memory: equal to aligned within 2 %, for they come faster.
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
#define SET_BITMAP_PACE_US SET_TO(500)
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
