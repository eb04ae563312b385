/* bitmap_alone.h -- a phase of magazines over slabs of bits: magazine_alone.h's slabs.
 *
 * The phase has defined, before it includes this, what magazine_alone.h requires but the slabs_
 * functions, and
 *   pool        its struct bitmap_pool
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_BITMAP_ALONE_H
#define SLABLAB_BITMAP_ALONE_H

#include "core/layer.h"
#include "parts/bitmap_pool.h"

LAYER(backend);

static uint32_t slabs_take(uint32_t class, void **block, uint32_t count)
{
    return bitmap_take(&pool, class, block, count);
}

static void slabs_return(uint32_t class, void *const *block, uint32_t count)
{
    bitmap_return_all(&pool, class, block, count);
}

/* A slab has no owner. */
static void slabs_leave(void)
{
}

static void slabs_lock(void)
{
    bitmap_lock_all(&pool);
}

static void slabs_unlock(void)
{
    bitmap_unlock_all(&pool);
}

#include "parts/magazine_alone.h"

#endif
