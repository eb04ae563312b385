/* decay.c -- adaptive that gives idle memory back to the system.
 *
 * Over: adaptive
 *
 * What it is: every half second, at some refill or drain or a thread's 1,024th free, the pages of
 * slabs that were empty the whole time go back to the system, which splits their huge pages, and
 * those that hold free blocks alone, of slabs of which as many blocks were in use as half a second
 * before. Of the thread that is at it, an array that was neither refilled nor drained gives its
 * blocks back to their slabs. So what was freed is the system's after a second of small further
 * activity; a thread that frees nothing gives nothing.
 *
 * What to see: after_peak, where half of a heap is freed: a second later adaptive has all of it
 * resident, here it is at most 1.2 times the pages that hold a live byte. In speed up to 3 % less
 * where a malloc and a free take 8 ns (sawtooth warm), for frees are counted; elsewhere nothing.
 *
 * SPDX-License-Identifier: MIT */
#include "core/setting.h"

#define SET_TINY_CLASSES SET_TO(16)
#define SET_SLOT_BYTES SET_TO(0)
#define SET_MAGAZINE_REFILL_BLOCKS SET_TO(128)
#define SET_MAGAZINE_GROWN_BLOCKS_MAX SET_TO(16384)
#define SET_DECAY_MS SET_TO(500)
#define SET_MAGAZINE_TICK SET_TO(1024)
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
