/* transfer.c -- decay whose blocks pass from thread to thread without a visit to their slabs.
 *
 * Over: decay
 *
 * What it is: what a thread drains of a class that another thread refilled last is kept in an array
 * of the class, 2,048 blocks or 1 MB of them at most, and the other's next refill takes the newest
 * from it (a transfer cache). Two threads of which one allocates what the other frees then copy
 * pointers, where decay's write the bits of the same slabs in turns, under one lock.
 *
 * What to see: two threads, hand_over and producer_consumer: faster than decay by a tenth or more.
 * One thread: equal within 2 %, for a refill or drain takes a second lock that is free. Threads
 * that allocate and free apart, but the same class: blocks move between them, out of their order of
 * address, so with many slots slower.
 *
 * SPDX-License-Identifier: MIT */
#include "core/setting.h"

#define SET_TINY_CLASSES SET_TO(16)
#define SET_SLOT_BYTES SET_TO(0)
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
