/* huge.c -- color in huge pages.
 *
 * Over: color
 *
 * What it is: SuperSlabs are mapped in pairs that the kernel is asked to give as one huge page, the
 * first of them before main: then it is resident, with the arrays of the first thread in it. A
 * fault of 2 MB takes the place of 512, and an entry of the TLB likewise. A SuperSlab that is given
 * back splits its huge page. Where the kernel gives no huge pages it is color, with pairs.
 *
 * What to see: page faults, a hundredth of color's or fewer wherever memory is fresh. On
 * fixed_random cold with 65,536 slots and on sawtooth cold faster by half or more; warm with 65,536
 * slots faster by a tenth or more, for what it touches lies on 16 to 32 pages; with 256 slots the
 * region is faster cold, by the 30 faults that it has not, and equal warm within 3 %. The start of
 * the process takes .1 to .3 ms more, and 2 MB: a process that does little is slower as a whole.
 *
 * SPDX-License-Identifier: MIT */
#include "core/setting.h"

#define SET_TINY_CLASSES SET_TO(16)
#define SET_SLOT_BYTES SET_TO(0)
#define SET_MAGAZINE_REFILL_BLOCKS SET_TO(128)
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
