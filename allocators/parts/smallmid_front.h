/* smallmid_front.h -- a thread's own lists of Small-Mid blocks, 32, 24 and 16 at most.
 *
 * It does not know where blocks come from or go: the phase supplies a function for a miss and one
 * for blocks that a full list does not take.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_SMALLMID_FRONT_H
#define SLABLAB_SMALLMID_FRONT_H

#include "core/check.h"
#include "core/layer.h"
#include "core/observe.h"
#include "core/process.h"
#include "core/superslab.h"
#include "core/tag.h"
#include "core/variable.h"

LAYER(front);
LAYER_OF(backend, smallmid_from_environment);
LAYER_OF(backend, smallmid_thread_begin);
LAYER_OF(backend, smallmid_thread_end);

CONSTANT(SMALLMID_HELD_256, 32, held, 1, 255, "blocks", "that a thread's list holds");
CONSTANT(SMALLMID_HELD_512, 24, held, 1, 255, "blocks", "that a thread's list holds");
CONSTANT(SMALLMID_HELD_1024, 16, held, 1, 255, "blocks", "that a thread's list holds");
static uint8_t const smallmid_held_max[SMALLMID_CLASSES] = {SMALLMID_HELD_256, SMALLMID_HELD_512,
                                                            SMALLMID_HELD_1024};

/* room + |list at head| == smallmid_held_max, in a thread that may cache. */
struct smallmid_front {
    struct block *head[SMALLMID_CLASSES];
    uint32_t room[SMALLMID_CLASSES]; /* blocks that the list still takes */
};

typedef void *smallmid_miss_function(uint32_t class);
typedef void smallmid_spill_function(void *payload, uint32_t class);

VARIABLE(SLABLAB_SMALLMID);

/* SLABLAB_SMALLMID: 1 is on, 0 or unset is off. */
static inline bool smallmid_from_environment(void)
{
    char const *const value = getenv("SLABLAB_SMALLMID");

    if (value == NULL || strcmp(value, "0") == 0)
        return false;
    if (strcmp(value, "1") == 0)
        return true;
    message_abort_environment("SLABLAB_SMALLMID", value, "neither 0 nor 1",
                              "SLABLAB_SMALLMID=1 to turn Small-Mid on, or unset it");
}

static inline void smallmid_thread_begin(struct smallmid_front *front)
{
    for (uint32_t class = 0; class < SMALLMID_CLASSES; class++)
        front->room[class] = smallmid_held_max[class];
}

/* The invariant above, of a thread that may cache, and that every listed block is tagged free. */
static inline void smallmid_front_check(struct smallmid_front const *front, uint32_t class)
{
    uint32_t held = 0;

    for (struct block const *block = front->head[class]; block != NULL; block = block->next)
        held++;
    check(front->room[class] + held == smallmid_held_max[class] || thread_life != THREAD_LIVE,
          "room + |list at head| == smallmid_held_max", held);
}

ALWAYS_INLINE bool tag_is_smallmid(uint8_t tag)
{
    return (uint32_t)tag - TAG_SMALLMID < SMALLMID_CLASSES;
}

/* A block of the class, its tag not yet set; NULL when the list is empty. */
ALWAYS_INLINE void *smallmid_take(struct smallmid_front *front, uint32_t class)
{
    struct block *const block = front->head[class];

    if (UNLIKELY(block == NULL))
        return NULL;
    front->head[class] = block->next;
    front->room[class]++;
    return block;
}

/* Keeps a freed block; false when the list is full. */
ALWAYS_INLINE bool smallmid_put(struct smallmid_front *front, void *payload, uint32_t class)
{
    struct block *const block = payload;

    tag_set(block, TAG_SMALLMID_FREE | class);
    if (UNLIKELY(front->room[class] == 0))
        return false;
    front->room[class]--;
    block->next = front->head[class];
    front->head[class] = block;
    return true;
}

/* miss is a constant at every call, so the fast path holds no pointer to call. It returns a tagged
 * block, or NULL with errno ENOMEM. smallmid_holds(size). */
ALWAYS_INLINE void *smallmid_malloc(struct smallmid_front *front, size_t size,
                                    smallmid_miss_function *miss)
{
    uint32_t const class = smallmid_class_of(size);
    void *const payload = smallmid_take(front, class);

    observe(SMALLMID_ALLOCATIONS);
    if (UNLIKELY(payload == NULL))
        return miss(class);
    tag_set(payload, TAG_SMALLMID | class);
    return payload;
}

/* spill, a constant too, is for a list that is full, or a thread that has none yet. */
ALWAYS_INLINE void smallmid_free(struct smallmid_front *front, void *payload, uint8_t tag,
                                 smallmid_spill_function *spill)
{
    observe(SMALLMID_FREES);
    if (UNLIKELY(!smallmid_put(front, payload, tag & TAG_CLASS)))
        spill(payload, tag & TAG_CLASS);
}

/* Ends the thread's lists: nothing is kept from now on. Call until it returns NULL. */
static inline void *smallmid_thread_end(struct smallmid_front *front, uint32_t class)
{
    void *const payload = smallmid_take(front, class);

    front->room[class] = 0;
    return payload;
}

#endif
