/* shared_pool.h -- Tiny's SuperSlabs, and which slab a thread gets next.
 *
 *   slot: unused -> owned (some thread's current slab) -> left by its owner -> empty -> ...
 *
 * A thread that needs a slab gets a slot of the same class, then an unused slot in any SuperSlab,
 * then a new SuperSlab (from the LRU, else from the system). Three policies, a constant at every
 * call:
 *
 *   POOL_BUMP_ONLY  blocks that came back lie on their slab's freelist until all have; then the
 *                   slab is a free slot of the same class and is carved again from the start
 *   POOL_REUSE      a slab's freelist is taken before new blocks are carved; a left slab that
 *                   regains room is found again; an empty one is an unused slot, for any class
 *   POOL_EAGER      as POOL_REUSE, but a slab without blocks is cut up whole when a thread gets it:
 *                   all of its blocks are linked into its freelist, a write to each of its pages
 *
 * Under all a SuperSlab whose slots are all unused or empty goes to the LRU.
 *
 * Invariants, outside the lock:
 *   used + |freelist| == carved <= capacity    of a slab; blocks in threads' lists are used
 *   with_room[class] holds exactly the slabs without owner that slab_has_room
 *   busy == slabs with an owner or used > 0; busy == 0 means the SuperSlab is cached, or prewarmed
 *   with_unused holds exactly the SuperSlabs out of the cache with unused != 0
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_SHARED_POOL_H
#define SLABLAB_SHARED_POOL_H

#include <pthread.h>

#include "core/layer.h"
#include "core/tag.h"
#include "parts/superslab_cache.h"

LAYER(backend);

enum pool_policy { POOL_BUMP_ONLY, POOL_REUSE, POOL_EAGER };

struct slab {
    struct slab_blocks blocks;
    struct link link;  /* in with_room */
    void const *owner; /* the front whose current slab this is, or NULL */
};

struct superslab {
    uint64_t magic;
    struct cached cached; /* its link is in the pool's with_unused, or in the cache */
    slab_set unused;      /* bit i: slab i has no class */
    uint16_t busy;
    struct slab slab[SLABS];
};

#define SUPERSLAB_MAGIC UINT64_C(0x53555045525f5459) /* "SUPER_TY" */
_Static_assert(sizeof(struct superslab) <= SUPERSLAB_HEADER_BYTES, "the header page is too small");

struct shared_pool {
    pthread_mutex_t lock;
    struct link *with_room[TINY_CLASSES]; /* of slabs */
    struct link *with_unused;             /* of SuperSlabs */
    struct superslab_cache cache;
    struct superslab_range range;
};

#define SHARED_POOL_EMPTY {.lock = PTHREAD_MUTEX_INITIALIZER}

ALWAYS_INLINE uint32_t slab_number(struct slab const *slab)
{
    struct superslab const *const superslab = superslab_of(slab);

    return (uint32_t)(slab - superslab->slab);
}

ALWAYS_INLINE uint32_t slabs_with_class(struct superslab const *superslab)
{
    return SLABS_ALL & ~(uint32_t)superslab->unused;
}

ALWAYS_INLINE bool slab_has_room(struct slab const *slab, enum pool_policy const policy)
{
    return slab->blocks.carved < slab->blocks.capacity ||
           (policy != POOL_BUMP_ONLY && slab->blocks.freelist != NULL);
}

/* Makes a SuperSlab of memory: 16 unused slots. */
static inline struct superslab *pool_adopt(struct shared_pool *pool, void *memory)
{
    struct superslab *const superslab = memory;

    superslab->magic = SUPERSLAB_MAGIC;
    superslab->unused = (slab_set)SLABS_ALL;
    superslab->busy = 0;
    list_push(&pool->with_unused, &superslab->cached.link);
    range_add(&pool->range, superslab);
    pagemap_set(superslab, SUPERSLAB_BYTES, PAGEMAP_NO_CLASS);
    return superslab;
}

/* Gives an unused slot to a class. */
static inline struct slab *pool_assign(struct shared_pool *pool, struct superslab *superslab,
                                       uint32_t index, uint32_t class)
{
    struct slab *const slab = &superslab->slab[index];

    superslab->unused &= (slab_set) ~(1u << index);
    if (superslab->unused == 0)
        list_remove(&pool->with_unused, &superslab->cached.link);
    *slab = (struct slab){
        .blocks = {.capacity = slab_capacity(index, tiny_stride(class)), .class = (uint16_t)class},
    };
    pagemap_set((char *)superslab + (size_t)index * SLAB_BYTES, SLAB_BYTES, PAGEMAP_CLASS + class);
    return slab;
}

/* A SuperSlab of fresh memory whose slots are all free slots of one class. */
static inline struct superslab *pool_adopt_for(struct shared_pool *pool, void *memory,
                                               uint32_t class)
{
    struct superslab *const superslab = pool_adopt(pool, memory);

    for (uint32_t index = SLABS; index-- > 0;)
        list_push(&pool->with_room[class], &pool_assign(pool, superslab, index, class)->link);
    return superslab;
}

/* Cuts up a slab without blocks: all are on its freelist, the lowest address first. */
static inline void slab_link_all(struct slab *slab)
{
    struct slab_blocks *const blocks = &slab->blocks;

    slab_carve(blocks, slab_first_payload(superslab_of(slab), slab_number(slab)),
               tiny_stride(blocks->class), blocks->capacity, &blocks->freelist);
}

/* An unused slot of this SuperSlab, or of any when it is NULL; NULL when memory is out. */
static inline struct slab *pool_take_unused(struct shared_pool *pool, struct superslab *superslab,
                                            uint32_t class)
{
    if (superslab == NULL && pool->with_unused != NULL)
        superslab = CONTAINER_OF(pool->with_unused, struct superslab, cached.link);
    if (superslab == NULL) {
        void *memory = cache_take(&pool->cache);

        if (memory == NULL) {
            memory = superslab_map();
            if (memory == NULL)
                return NULL;
            observe(SUPERSLABS_MAPPED);
        }
        superslab = pool_adopt(pool, memory);
    }
    return pool_assign(pool, superslab, (uint32_t)__builtin_ctz(superslab->unused), class);
}

/* Not POOL_BUMP_ONLY: a thread stays on its SuperSlab. At most 16 slabs are looked at. */
static inline struct slab *pool_stay(struct shared_pool *pool, struct superslab *superslab,
                                     uint32_t class)
{
    for (uint32_t taken = slabs_with_class(superslab); taken != 0; taken &= taken - 1) {
        struct slab *const slab = &superslab->slab[__builtin_ctz(taken)];

        if (slab->blocks.class == class && slab->owner == NULL && slab_has_room(slab, POOL_REUSE)) {
            list_remove(&pool->with_room[class], &slab->link);
            return slab;
        }
    }
    return superslab->unused != 0 ? pool_take_unused(pool, superslab, class) : NULL;
}

static inline struct slab *pool_take_with_room(struct shared_pool *pool, uint32_t class)
{
    struct link *const link = pool->with_room[class];

    if (link == NULL)
        return NULL;
    list_remove(&pool->with_room[class], link);
    return CONTAINER_OF(link, struct slab, link);
}

/* All slots of the SuperSlab are unused or empty. */
static inline void pool_retire(struct shared_pool *pool, struct superslab *superslab)
{
    for (uint32_t taken = slabs_with_class(superslab); taken != 0; taken &= taken - 1) {
        struct slab *const slab = &superslab->slab[__builtin_ctz(taken)];

        list_remove(&pool->with_room[slab->blocks.class], &slab->link);
    }
    if (superslab->unused != 0)
        list_remove(&pool->with_unused, &superslab->cached.link);
    cache_put(&pool->cache, &superslab->cached);
}

/* A slab without owner, in no list, whose last block came back. */
static inline void pool_empty(struct shared_pool *pool, struct slab *slab,
                              enum pool_policy const policy)
{
    struct superslab *const superslab = superslab_of(slab);

    observe(SLABS_EMPTIED);
    slab->blocks.freelist = NULL;
    slab->blocks.carved = 0;
    if (policy == POOL_BUMP_ONLY) {
        list_push(&pool->with_room[slab->blocks.class], &slab->link);
    } else {
        if (superslab->unused == 0)
            list_push(&pool->with_unused, &superslab->cached.link);
        superslab->unused |= (slab_set)(1u << slab_number(slab));
        pagemap_set((char *)superslab + (size_t)slab_number(slab) * SLAB_BYTES, SLAB_BYTES,
                    PAGEMAP_NO_CLASS);
    }
    if (--superslab->busy == 0)
        pool_retire(pool, superslab);
}

/* The owner leaves its slab. */
static inline void pool_leave(struct shared_pool *pool, struct slab *slab,
                              enum pool_policy const policy)
{
    slab->owner = NULL;
    if (slab->blocks.used == 0)
        pool_empty(pool, slab, policy);
    else if (slab_has_room(slab, policy))
        list_push(&pool->with_room[slab->blocks.class], &slab->link);
}

/* A slab with room for this owner, who leaves previous (or NULL); NULL when memory is out. */
static inline struct slab *pool_take(struct shared_pool *pool, uint32_t class,
                                     struct slab *previous, void const *owner,
                                     enum pool_policy const policy)
{
    struct slab *slab = NULL;

    if (policy != POOL_BUMP_ONLY && previous != NULL)
        slab = pool_stay(pool, superslab_of(previous), class);
    if (previous != NULL)
        pool_leave(pool, previous, policy);
    if (slab == NULL)
        slab = pool_take_with_room(pool, class);
    if (slab == NULL)
        slab = pool_take_unused(pool, NULL, class);
    if (slab == NULL)
        return NULL;
    observe(SLABS_TAKEN);
    if (slab->blocks.used > 0)
        observe(SLABS_REUSED);
    if (slab->blocks.used == 0) {
        struct superslab *const superslab = superslab_of(slab);

        superslab->busy++;
    }
    if (policy == POOL_EAGER && slab->blocks.carved == 0)
        slab_link_all(slab);
    slab->owner = owner;
    return slab;
}

/* Puts at most count of the slab's blocks before *list and returns how many. */
ALWAYS_INLINE uint32_t pool_fill(struct slab *slab, uint32_t count, struct block **list,
                                 enum pool_policy const policy)
{
    struct slab_blocks *const blocks = &slab->blocks;
    uint32_t taken = 0;

    if (policy != POOL_BUMP_ONLY) {
        taken = slab_take_freed(blocks, count, list);
    } else if (blocks->used == 0) { /* a free slot of the same class, taken straight back */
        blocks->freelist = NULL;
        blocks->carved = 0;
    }
    taken += slab_carve(blocks, slab_first_payload(superslab_of(slab), slab_number(slab)),
                        tiny_stride(blocks->class), count - taken, list);
    blocks->used = (uint16_t)(blocks->used + taken);
    observe_many(TINY_BLOCKS_TAKEN, taken);
    return taken;
}

/* A block without a tag came back a second time if it is on its slab's freelist. */
NOINLINE void pool_refuse_listed(struct slab const *slab, struct block const *block)
{
    for (struct block const *free = slab->blocks.freelist; free != NULL; free = free->next)
        if (free == block)
            tag_abort_found("free", block, "double free: its slab has it already, of class ",
                            slab->blocks.class);
}

/* The slab that the block belongs to; aborts if the block is not of the class. */
static inline struct slab *pool_slab_of(struct shared_pool const *pool, struct block *block,
                                        uint32_t class)
{
    struct superslab *const superslab = superslab_of(block);
    uint32_t const index = slab_index(block);
    struct slab *const slab = &superslab->slab[index];

    if (UNLIKELY(!range_holds(&pool->range, block)))
        tag_abort_found("free", block, "never allocated: no SuperSlab is near ", pool->range.begin);
    if (UNLIKELY(superslab->magic != SUPERSLAB_MAGIC))
        tag_abort_found("free", block, "in no SuperSlab: found magic ", superslab->magic);
    if (UNLIKELY((superslab->unused >> index & 1) != 0 || slab->blocks.used == 0))
        tag_abort_found("free", block, "in a slab without live blocks: used ", slab->blocks.used);
    if (UNLIKELY(slab->blocks.class != class))
        tag_abort_found("free", block, "tag and slab disagree: the slab has class ",
                        slab->blocks.class);
    uint32_t const offset = (uint32_t)((char *)block - slab_first_payload(superslab, index));
    if (UNLIKELY(offset % tiny_stride(class) != 0))
        tag_abort_found("free", block, "begins no block: offset in its slab ", offset);
    if (SLOT_BYTES == 0 && UNLIKELY(offset / tiny_stride(class) >= slab->blocks.carved))
        tag_abort_found("free", block, "was not handed out: number in its slab ",
                        offset / tiny_stride(class));
    if (UNLIKELY(block_has_mark(block)))
        pool_refuse_listed(slab, block);
    return slab;
}

/* One block comes back. */
static inline void pool_return(struct shared_pool *pool, struct block *block, uint32_t class,
                               enum pool_policy const policy)
{
    struct slab *const slab = pool_slab_of(pool, block, class);
    bool const had_room = slab_has_room(slab, policy);

    slab_put_freed(&slab->blocks, block);
    slab->blocks.used--;
    observe(TINY_BLOCKS_RETURNED);
    if (slab->owner != NULL)
        return;
    if (slab->blocks.used == 0) {
        if (had_room)
            list_remove(&pool->with_room[class], &slab->link);
        pool_empty(pool, slab, policy);
    } else if (!had_room && slab_has_room(slab, policy)) {
        list_push(&pool->with_room[class], &slab->link);
    }
}

#endif
