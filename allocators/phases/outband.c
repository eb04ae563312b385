/* outband.c -- dense without tags and without links: what is known of a block lies outside of it.
 *
 * Over: dense
 *
 * What it is: the class of a block is found by its address, a byte for each slab in a table, and a
 * thread's free blocks are an array of pointers for each class, of 32 to 256. A full array gives
 * its older half to the slabs, where dense gives all every 1,024 frees. With no tag a payload is
 * its stride: 256, 512 and 1,024 where dense spends 272, 528 and 1,040. A slab still links what it
 * got back through the blocks. Since free reads nothing of the block, what a tag shows at once (a
 * second free, the middle of a block) shows when the pointer leaves the array for its slab.
 *
 * What to see: a malloc that hits runs no more instructions than dense's, and touches no memory of
 * the block. On fixed_random warm with 65,536 slots, where dense waits for the block's line at each
 * of both calls, faster by a tenth or more; with 256 slots, where all lies in the cache, as fast
 * within 5 %. Page faults .9 to 1 of dense's. Where all is freed and taken again (sawtooth) it is
 * slower: an array is full sooner than after 1,024 frees, and what it gives back is linked, a block
 * after the other, long after the program has left it.
 *
 * SPDX-License-Identifier: MIT */
#include "core/setting.h"

#define SET_TINY_CLASSES SET_TO(16)
#define SET_SLOT_BYTES SET_TO(0)

#include "core/layer.h"
#include "core/process.h"
#include "parts/magazine.h"
#include "parts/shared_pool.h"
#include "parts/shared_pool_check.h"

LAYER_OF(backend, slabs_take);
LAYER_OF(backend, slabs_return);
LAYER_OF(backend, slabs_decay);
LAYER_OF(backend, slabs_leave);
LAYER_OF(backend, slabs_lock);
LAYER_OF(backend, slabs_unlock);

static enum pool_policy const policy = POOL_REUSE;
static struct shared_pool pool = SHARED_POOL_EMPTY;
static struct magazine_rooms rooms = MAGAZINE_ROOMS_EMPTY;
static __thread struct magazines magazines = MAGAZINES_NONE;
static __thread struct slab *current[TINY_CLASSES];

static void phase_begin(void)
{
}

static uint32_t slabs_take(uint32_t class, void **block, uint32_t count)
{
    struct block *list = NULL;
    uint32_t taken = 0;

    lock_take(&pool.lock);
    struct slab *slab = current[class];
    if (slab != NULL)
        taken = pool_fill(slab, count, &list, policy);
    if (taken == 0) {
        slab = pool_take(&pool, class, slab, &magazines, policy);
        taken = slab != NULL ? pool_fill(slab, count, &list, policy) : 0;
    }
    if (slab != NULL && thread_life != THREAD_LIVE) { /* it never comes to slabs_leave */
        pool_leave(&pool, slab, policy);
        slab = NULL;
    }
    current[class] = slab;
    if (DEBUGGING)
        pool_check(&pool, slab, policy);
    lock_give(&pool.lock);
    for (uint32_t i = taken; i > 0 && list != NULL; list = list->next)
        block[--i] = list;
    return taken;
}

static void slabs_return(uint32_t class, void *const *block, uint32_t count)
{
    lock_take(&pool.lock);
    for (uint32_t i = 0; i < count; i++)
        pool_return(&pool, block[i], class, policy);
    if (DEBUGGING)
        pool_check(&pool, current[class], policy);
    lock_give(&pool.lock);
}

static void slabs_decay(uint64_t now_ms) /* they keep their pages */
{
    (void)now_ms;
}

static void slabs_leave(void)
{
    lock_take(&pool.lock);
    for (uint32_t class = 0; class < TINY_CLASSES; class++) {
        if (current[class] != NULL)
            pool_leave(&pool, current[class], policy);
        current[class] = NULL;
    }
    lock_give(&pool.lock);
}

static void slabs_lock(void)
{
    pthread_mutex_lock(&pool.lock);
}

static void slabs_unlock(void)
{
    pthread_mutex_unlock(&pool.lock);
}

#include "parts/magazine_alone.h"
#include "core/malloc_api.h"
