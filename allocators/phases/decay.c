/* decay.c -- adaptive that gives idle memory back to the system.
 *
 * Over: adaptive
 *
 * What it is: every half second, at some refill or drain, the pages of slabs that were empty the
 * whole time go back to the system, which splits their huge pages; and of the thread that is at it,
 * an array that was neither refilled nor drained gives its blocks back to their slabs. So what was
 * freed is the system's after a second of small further activity; a process that neither refills
 * nor drains gives nothing.
 *
 * What to see: nothing in speed, within 2 %, for a clock is read once in 16 blocks or more. Where
 * half of a large heap is freed, resident memory a second later: with adaptive what it was, here a
 * little more than the pages that hold a live byte.
 *
 * SPDX-License-Identifier: MIT */
#include "core/setting.h"

#define SET_TINY_CLASSES SET_TO(16)
#define SET_SLOT_BYTES SET_TO(0)
#define SET_MAGAZINE_REFILL_BLOCKS SET_TO(128)
#define SET_MAGAZINE_GROWN_BLOCKS_MAX SET_TO(16384)
#define SET_DECAY_MS SET_TO(500)
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
