/* bitmap_alone.h -- a phase of magazines over slabs of bits: magazine_alone.h's slabs.
 *
 * The phase has defined, before it includes this, what magazine_alone.h requires but the slabs_
 * functions, and
 *   pool        its struct bitmap_pool
 * Where its page sets TRANSFER_BLOCKS, blocks that other threads freed pass the slabs by
 * (transfer.h).
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_BITMAP_ALONE_H
#define SLABLAB_BITMAP_ALONE_H

#include "core/layer.h"
#include "core/process.h"
#include "parts/bitmap_pool.h"
#include "parts/magazine.h"
#include "parts/transfer.h"

LAYER(backend);

static struct transfer transfer = TRANSFER_EMPTY;

static uint32_t slabs_take(uint32_t class, void **block, uint32_t count)
{
    uint32_t const taken = transfer_take(&transfer, class, &thread_life, block, count);

    return taken > 0 ? taken : bitmap_take(&pool, class, block, count);
}

static void slabs_return(uint32_t class, void *const *block, uint32_t count)
{
    /* What a thread leaves at its end may be all that is left of a slab. */
    uint32_t const kept = thread_life == THREAD_LIVE
                              ? transfer_put(&transfer, class, &thread_life, block, count)
                              : 0;

    if (kept < count)
        bitmap_return_all(&pool, class, block + kept, count - kept);
}

static void slabs_decay(uint64_t now_ms)
{
    void *block[MAGAZINE_REFILL_BLOCKS];
    uint32_t count = 0;

    if (!bitmap_decay(&pool, now_ms))
        return;
    for (uint32_t class = 0; TRANSFER_BLOCKS > 0 && class < TINY_CLASSES; class++)
        if (transfer_is_idle(&transfer, class))
            while ((count = transfer_leave(&transfer, class, block, MAGAZINE_REFILL_BLOCKS)) > 0)
                bitmap_return_all(&pool, class, block, count);
}

/* A slab has no owner. */
static void slabs_leave(void)
{
}

static void slabs_lock(void)
{
    transfer_lock_all(&transfer);
    bitmap_lock_all(&pool);
}

static void slabs_unlock(void)
{
    bitmap_unlock_all(&pool);
    transfer_unlock_all(&transfer);
}

#include "parts/magazine_alone.h"

#endif
