/* adaptive.c -- huge with arrays that grow where drains and refills alternate.
 *
 * Over: huge
 *
 * What it is: a thread's array of a class that is full, and was refilled since it was full the last
 * time, is doubled in place of a drain, up to 16,384 blocks or 8 MB of them. The sign for it is
 * what a program does that takes more blocks than the array holds, frees more than that, and takes
 * them again. An array does not become shorter until its thread ends.
 *
 * What to see: sawtooth warm, whose cycles come to need neither refill nor drain: faster by a
 * quarter or more, at 256 bytes by half. Cold over 12 cycles far less, for an array doubles once a
 * cycle, and its new pages fault. On fixed_random with 65,536 slots two effects: fewer visits to
 * slabs, and blocks that come in no order of address; within a fifth either way. Equal within 3 %
 * where the array was long enough: random_mixed with 256 slots.
 *
 * SPDX-License-Identifier: MIT */
#include "core/setting.h"

#define SET_TINY_CLASSES SET_TO(16)
#define SET_SLOT_BYTES SET_TO(0)
#define SET_MAGAZINE_REFILL_BLOCKS SET_TO(128)
#define SET_MAGAZINE_GROWN_BLOCKS_MAX SET_TO(16384)
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
