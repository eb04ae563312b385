/* magazine_alone.h -- what process.h and malloc_api.h require of a phase of magazines over slabs.
 *
 * The phase has defined, before it includes this:
 *   magazines   its thread's struct magazines
 *   rooms       the struct magazine_rooms
 *   uint32_t slabs_take(uint32_t class, void **block, uint32_t count)
 *               puts at most count blocks, the first to be handed out last; 0 with errno ENOMEM
 *   void slabs_return(uint32_t class, void *const *block, uint32_t count)
 *               takes them back; aborts if one is no block of the class that is alive
 *   void slabs_leave(void)          this thread ends, and its magazines are empty
 *   void slabs_lock(void), void slabs_unlock(void)   for a fork
 * and defines phase_begin itself.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_MAGAZINE_ALONE_H
#define SLABLAB_MAGAZINE_ALONE_H

#include <string.h>

#include "core/check.h"
#include "core/layer.h"
#include "core/libc_tier.h"
#include "core/pagemap.h"
#include "core/process.h"
#include "parts/magazine.h"

LAYER(front);
LAYER_OF(backend, magazine_malloc_slow);
LAYER_OF(backend, magazine_free_slow);
LAYER_OF(backend, magazine_check);

static void phase_thread_begin(void)
{
    magazines_begin(&magazines, &rooms);
}

static void phase_thread_end(void)
{
    for (uint32_t class = 0; class < TINY_CLASSES; class++) {
        struct magazine *const magazine = magazine_of(&magazines, class);

        if (magazine->count > 0)
            slabs_return(class, magazine->block, magazine->count);
        magazine->count = 0;
    }
    magazines_end(&magazines, &rooms);
    slabs_leave();
}

static void phase_fork_prepare(void)
{
    pthread_mutex_lock(&rooms.lock);
    slabs_lock();
}

static void phase_fork_done(void)
{
    slabs_unlock();
    pthread_mutex_unlock(&rooms.lock);
}

static inline void magazine_check(uint32_t class)
{
    struct magazine const *const magazine = magazine_of(&magazines, class);

    check(magazine->count <= magazine->capacity, "count <= capacity", magazine->count);
    for (uint32_t i = 0; i < magazine->count; i++)
        check(pagemap_class(magazine->block[i]) == class, "a magazine holds its class's blocks", i);
}

/* The magazine is empty, or the thread has none. NULL with errno ENOMEM. */
NOINLINE void *magazine_malloc_slow(uint32_t class)
{
    struct magazine *const magazine = magazine_of(&magazines, class);
    void *one = NULL;

    thread_begin_slow();
    if (magazine_pop(magazine, &one)) /* to begin may allocate, and so refill */
        return one;
    bool const caches = magazine->capacity > 0;
    void **const block = caches ? magazine->block : &one;
    uint32_t const half = (magazine->capacity + 1) / 2;
    uint32_t const count = half < MAGAZINE_REFILL_BLOCKS ? half : MAGAZINE_REFILL_BLOCKS;
    observe(REFILLS);
    uint32_t const taken = slabs_take(class, block, caches ? count : 1);
    if (taken == 0)
        return NULL;
    if (caches)
        magazine->count = taken - 1;
    if (DEBUGGING)
        magazine_check(class);
    return block[taken - 1];
}

/* The magazine is full, or the thread has none, or the pointer is into no slab that has a class. Of
 * a full one the older half goes back. */
NOINLINE void magazine_free_slow(void *pointer)
{
    uint32_t const class = pagemap_class(pointer);

    if (pagemap_code(pointer) == PAGEMAP_NO_CLASS)
        tag_abort_found("free", pointer, "in a slab without live blocks: code ", PAGEMAP_NO_CLASS);
    if (class >= TINY_CLASSES) {
        libc_free_slow(pointer);
        return;
    }
    struct magazine *const magazine = magazine_of(&magazines, class);
    observe(TINY_FREES);
    thread_begin_slow();
    if (magazine_push(magazine, pointer))
        return;
    if (magazine->capacity == 0) {
        slabs_return(class, &pointer, 1);
        return;
    }
    uint32_t const half = (magazine->capacity + 1) / 2;
    observe(DRAINS);
    if (DEBUGGING)
        magazine_check(class);
    slabs_return(class, magazine->block, half);
    magazine->count -= half;
    memmove(magazine->block, magazine->block + half, magazine->count * sizeof *magazine->block);
    magazine_push(magazine, pointer);
}

ALWAYS_INLINE void *phase_malloc(size_t size)
{
    void *block = NULL;

    if (UNLIKELY(size > TINY_SIZE_MAX))
        return libc_malloc_slow(size);
    uint32_t const class = tiny_class_of(size);
    observe(TINY_ALLOCATIONS);
    if (UNLIKELY(!magazine_pop(magazine_of(&magazines, class), &block)))
        return magazine_malloc_slow(class);
    return block;
}

ALWAYS_INLINE void phase_free(void *pointer)
{
    size_t const code = pagemap_code(pointer);

    if (UNLIKELY(!magazine_push(&magazines.of[code], pointer)))
        magazine_free_slow(pointer);
    else
        observe(TINY_FREES);
}

static size_t phase_usable_size(char const *call, void const *pointer)
{
    uint32_t const class = pagemap_class(pointer);

    if (class < TINY_CLASSES)
        return tiny_payload(class);
    if (pagemap_code(pointer) == PAGEMAP_NO_CLASS)
        tag_abort_found(call, pointer, "in a slab without live blocks: code ", PAGEMAP_NO_CLASS);
    return libc_usable_size(call, pointer);
}

ALWAYS_INLINE bool phase_left_to_libc(void const *pointer)
{
    return pagemap_code(pointer) == PAGEMAP_FOREIGN;
}

#endif
