/* smallmid_backend.h -- SuperSlabs for Small-Mid alone, never used again once full.
 *
 *   head of a class -> newest SuperSlab        the older ones are full; nothing leads back to them
 *
 * A refill takes from the slab in use: blocks that came back first, then new ones; when that is
 * full, from the next slab of the SuperSlab, then from a new SuperSlab. "Full" is used == capacity,
 * and
 *
 *   used == blocks ever handed out     it goes up and never down
 *
 * so a slab serves exactly capacity blocks in its life, and what comes back later lies on its
 * freelist for ever. THIS IS THE FLAW THAT PHASE 17-2 EXISTS TO SHOW. Do not mend it.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_SMALLMID_BACKEND_H
#define SLABLAB_SMALLMID_BACKEND_H

#include "core/check.h"
#include "core/layer.h"
#include "core/lock.h"
#include "core/observe.h"
#include "core/superslab.h"
#include "core/tag.h"

LAYER(backend);

CONSTANT(SMALLMID_REFILL_256, 16, batch, 1, 255, "blocks", "that a refill takes");
CONSTANT(SMALLMID_REFILL_512, 12, batch, 1, 255, "blocks", "that a refill takes");
CONSTANT(SMALLMID_REFILL_1024, 8, batch, 1, 255, "blocks", "that a refill takes");
static uint8_t const smallmid_refill_blocks[SMALLMID_CLASSES] = {
    SMALLMID_REFILL_256, SMALLMID_REFILL_512, SMALLMID_REFILL_1024};

struct smallmid_superslab {
    uint64_t magic;
    struct slab_blocks slab[SLABS];
};

#define SMALLMID_MAGIC UINT64_C(0x53555045525f534d) /* "SUPER_SM" */
_Static_assert(sizeof(struct smallmid_superslab) <= SUPERSLAB_HEADER_BYTES, "the header page");

struct smallmid_backend {
    pthread_mutex_t lock;
    struct smallmid_superslab *newest[SMALLMID_CLASSES]; /* the head of each class */
    struct superslab_range range;
};

#define SMALLMID_BACKEND_EMPTY {.lock = PTHREAD_MUTEX_INITIALIZER}

/* A new SuperSlab becomes the newest of its class; NULL when memory is out. */
static inline struct smallmid_superslab *smallmid_grow(struct smallmid_backend *backend,
                                                       uint32_t class)
{
    struct smallmid_superslab *const superslab = superslab_map();

    if (superslab == NULL)
        return NULL;
    observe(SUPERSLABS_MAPPED);
    superslab->magic = SMALLMID_MAGIC;
    for (uint32_t index = 0; index < SLABS; index++) {
        superslab->slab[index].class = (uint16_t)class;
        superslab->slab[index].capacity = slab_capacity(index, smallmid_strides[class]);
    }
    range_add(&backend->range, superslab);
    backend->newest[class] = superslab;
    return superslab;
}

/* The first slab that does not look full, in the newest SuperSlab: the older ones all do. */
static inline struct slab_blocks *smallmid_slab(struct smallmid_backend *backend, uint32_t class)
{
    struct smallmid_superslab *superslab = backend->newest[class];

    for (uint32_t index = 0; superslab != NULL && index < SLABS; index++)
        if (superslab->slab[index].used < superslab->slab[index].capacity)
            return &superslab->slab[index];
    superslab = smallmid_grow(backend, class);
    return superslab != NULL ? &superslab->slab[0] : NULL;
}

/* The lock is held. used never goes down, so a block on the freelist was counted when it left. */
static inline void smallmid_check(struct smallmid_superslab const *superslab, uint32_t class)
{
    check(superslab->magic == SMALLMID_MAGIC, "magic", superslab->magic);
    for (uint32_t index = 0; index < SLABS; index++) {
        struct slab_blocks const *const slab = &superslab->slab[index];
        uint32_t freed = 0;

        for (struct block const *block = slab->freelist; block != NULL; block = block->next) {
            freed++;
            check(superslab_of(block) == superslab && slab_index(block) == index,
                  "a slab's freelist holds its blocks", index);
            check(freed <= slab->carved, "|freelist| <= carved", freed);
        }
        check(slab->class == class, "a SuperSlab has one class", slab->class);
        check(slab->carved <= slab->used, "used == blocks ever handed out", slab->used);
        check(slab->used <= slab->capacity, "used <= capacity", slab->used);
    }
}

/* Puts 1 to count blocks before *list; none, with errno ENOMEM, when memory is out. */
static inline uint32_t smallmid_refill(struct smallmid_backend *backend, uint32_t class,
                                       uint32_t count, struct block **list)
{
    uint32_t taken = 0;

    lock_take(&backend->lock);
    struct slab_blocks *const slab = smallmid_slab(backend, class);
    if (slab != NULL) {
        struct smallmid_superslab *const superslab = superslab_of(slab);
        uint32_t const index = (uint32_t)(slab - superslab->slab);
        uint32_t const left = (uint32_t)slab->capacity - slab->used;

        count = count < left ? count : left;
        taken = slab_take_freed(slab, count, list);
        taken += slab_carve(slab, slab_first_payload(superslab, index), smallmid_strides[class],
                            count - taken, list);
        slab->used = (uint16_t)(slab->used + taken);
        observe_many(SMALLMID_BLOCKS_TAKEN, taken);
        if (DEBUGGING)
            smallmid_check(superslab, class);
    }
    lock_give(&backend->lock);
    return taken;
}

/* The slab that the block belongs to; aborts if the block is not of the class. */
static inline struct slab_blocks *smallmid_slab_of(struct smallmid_backend const *backend,
                                                   struct block const *block, uint32_t class)
{
    struct smallmid_superslab *const superslab = superslab_of(block);
    uint32_t const index = slab_index(block);
    struct slab_blocks *const slab = &superslab->slab[index];

    if (UNLIKELY(!range_holds(&backend->range, block)))
        tag_abort_found("free", block, "never allocated: no Small-Mid SuperSlab is near ",
                        backend->range.begin);
    if (UNLIKELY(superslab->magic != SMALLMID_MAGIC))
        tag_abort_found("free", block, "in no Small-Mid SuperSlab: found magic ", superslab->magic);
    if (UNLIKELY(slab->class != class))
        tag_abort_found("free", block, "tag and slab disagree: the slab has class ", slab->class);
    uint32_t const offset = (uint32_t)((char const *)block - slab_first_payload(superslab, index));
    if (UNLIKELY(offset % smallmid_strides[class] != 0))
        tag_abort_found("free", block, "begins no block: offset in its slab ", offset);
    return slab;
}

/* One block goes to its slab's freelist; the slab looks as full as before. */
static inline void smallmid_return(struct smallmid_backend *backend, struct block *block,
                                   uint32_t class)
{
    lock_take(&backend->lock);
    slab_put_freed(smallmid_slab_of(backend, block, class), block);
    observe(SMALLMID_BLOCKS_RETURNED);
    if (DEBUGGING)
        smallmid_check(superslab_of(block), class);
    lock_give(&backend->lock);
}

#endif
