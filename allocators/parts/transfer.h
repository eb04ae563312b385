/* transfer.h -- free blocks on their way from one thread's arrays to another's.
 *
 *   thread B: free ... drain -->  | oldest ... newest |  --> refill ... malloc: thread A
 *
 * What a thread drains of a class that another thread refilled last is put here, in the order in
 * which it came, and the next refill takes the newest: no slab is visited on the way, which would
 * have two threads write its bits in turns. A thread that is alone with a class finds nothing here
 * and puts nothing here. A class has room for TRANSFER_BLOCKS, and at most TRANSFER_BYTES of them;
 * what finds none goes to the slabs.
 *
 * A lock of its own for each class, held for the copying of pointers and together with no other.
 * What is looked at of every class now and then, as for a fork, lies together: one page, no more.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_TRANSFER_H
#define SLABLAB_TRANSFER_H

#include <string.h>

#include "core/check.h"
#include "core/layer.h"
#include "core/lock.h"
#include "core/observe.h"
#include "core/setting.h"
#include "core/size_class.h"

LAYER(backend);

CONSTANT(TRANSFER_BLOCKS, 0, transfer, 0, 65536, "blocks",
         "of a class on their way between threads; 0: none");
enum { TRANSFER_BYTES = SETTING(TRANSFER_BYTES, 1 << 20) };

struct transfer_class {
    pthread_mutex_t lock;
    void const *taker; /* the thread that refilled last */
    uint32_t count;
    bool busy; /* since transfer_leave looked */
} __attribute__((aligned(64)));

struct transfer {
    struct transfer_class of[TINY_CLASSES];
    void *block[TINY_CLASSES][TRANSFER_BLOCKS > 0 ? TRANSFER_BLOCKS : 1];
};

#define TRANSFER_EMPTY \
    {.of = {[0 ... TINY_CLASSES - 1] = {.lock = PTHREAD_MUTEX_INITIALIZER}}}

static inline uint32_t transfer_room(uint32_t class)
{
    uint32_t const most = TRANSFER_BLOCKS;
    uint32_t const blocks = TRANSFER_BYTES / tiny_stride(class);

    return blocks < most ? blocks : most;
}

/* Takes the newest at most count blocks, as they lie; says how many. The lock is held. */
static inline uint32_t transfer_pop(struct transfer *transfer, uint32_t class, void **block,
                                    uint32_t count)
{
    struct transfer_class *const list = &transfer->of[class];
    uint32_t const taken = count < list->count ? count : list->count;

    list->count -= taken;
    memcpy(block, transfer->block[class] + list->count, taken * sizeof *block);
    return taken;
}

/* Of at most count blocks of the class that other threads freed, how many there were. The thread is
 * the one that refills. */
static inline uint32_t transfer_take(struct transfer *transfer, uint32_t class, void const *thread,
                                     void **block, uint32_t count)
{
    struct transfer_class *const list = &transfer->of[class];

    if (TRANSFER_BLOCKS == 0)
        return 0;
    lock_take(&list->lock);
    list->taker = thread;
    uint32_t const taken = transfer_pop(transfer, class, block, count);
    list->busy |= taken > 0;
    lock_give(&list->lock);
    observe_many(TINY_BLOCKS_TAKEN, taken);
    observe_many(TINY_BLOCKS_TRANSFERRED, taken);
    return taken;
}

/* How many of the first of these blocks of the class are kept here; none if the thread, which
 * drains them, is the one that refilled last. */
static inline uint32_t transfer_put(struct transfer *transfer, uint32_t class, void const *thread,
                                    void *const *block, uint32_t count)
{
    struct transfer_class *const list = &transfer->of[class];

    if (TRANSFER_BLOCKS == 0)
        return 0;
    lock_take(&list->lock);
    uint32_t const room = transfer_room(class) - list->count;
    uint32_t const fit = count < room ? count : room;
    uint32_t const kept = list->taker == thread || list->taker == NULL ? 0 : fit;
    memcpy(transfer->block[class] + list->count, block, kept * sizeof *block);
    list->count += kept;
    list->busy |= kept > 0;
    check(list->count <= transfer_room(class), "a class has its room", list->count);
    lock_give(&list->lock);
    observe_many(TINY_BLOCKS_RETURNED, kept);
    return kept;
}

/* Begins to look whether a class is idle; says whether it was since the last look. */
static inline bool transfer_is_idle(struct transfer *transfer, uint32_t class)
{
    struct transfer_class *const list = &transfer->of[class];

    lock_take(&list->lock);
    bool const idle = !list->busy;
    list->busy = false;
    lock_give(&list->lock);
    return idle;
}

/* Takes at most count blocks, for the slabs; says how many. */
static inline uint32_t transfer_leave(struct transfer *transfer, uint32_t class, void **block,
                                      uint32_t count)
{
    struct transfer_class *const list = &transfer->of[class];

    lock_take(&list->lock);
    uint32_t const taken = transfer_pop(transfer, class, block, count);
    lock_give(&list->lock);
    observe_many(TINY_BLOCKS_TAKEN, taken);
    return taken;
}

/* For a fork. */
static inline void transfer_lock_all(struct transfer *transfer)
{
    for (uint32_t class = 0; TRANSFER_BLOCKS > 0 && class < TINY_CLASSES; class++)
        pthread_mutex_lock(&transfer->of[class].lock);
}

static inline void transfer_unlock_all(struct transfer *transfer)
{
    for (uint32_t class = TINY_CLASSES; TRANSFER_BLOCKS > 0 && class-- > 0;)
        pthread_mutex_unlock(&transfer->of[class].lock);
}

#endif
