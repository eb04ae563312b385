/* magazine_alone.h -- what process.h and malloc_api.h require of a phase of magazines over slabs.
 *
 * The phase has defined, before it includes this:
 *   magazines   its thread's struct magazines
 *   rooms       the struct magazine_rooms
 *   uint32_t slabs_take(uint32_t class, void **block, uint32_t count)
 *               puts at most count blocks, the first to be handed out last; 0 with errno ENOMEM
 *   void slabs_return(uint32_t class, void *const *block, uint32_t count)
 *               takes them back; aborts if one is no block of the class that is alive
 *   void slabs_decay(uint64_t now_ms)   gives idle memory back; called where DECAY_MS is set
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
#include "parts/large.h"
#include "parts/magazine.h"

LAYER(front);
LAYER_OF(backend, magazine_malloc_slow);
LAYER_OF(backend, magazine_free_slow);
LAYER_OF(backend, magazine_free_tick);

static void phase_thread_begin(void)
{
    magazines_begin(&magazines, &rooms);
}

static void magazine_empty(uint32_t code)
{
    void **const first = magazines.first[code];
    struct magazine *const magazine = &magazines.of[code];

    if (magazine->top > first)
        slabs_return(code - PAGEMAP_CLASS, first, (uint32_t)(magazine->top - first));
    magazine->top = first;
}

static void phase_thread_end(void)
{
    for (uint32_t code = PAGEMAP_CLASS; code < PAGEMAP_NO_CLASS; code++)
        magazine_empty(code);
    magazines_end(&magazines, &rooms);
    slabs_leave();
}

static void phase_fork_prepare(void)
{
    pthread_mutex_lock(&rooms.lock);
    slabs_lock();
    if (LARGE_KEPT_MB > 0)
        pthread_mutex_lock(&large_pool.lock);
}

static void phase_fork_done(void)
{
    if (LARGE_KEPT_MB > 0)
        pthread_mutex_unlock(&large_pool.lock);
    slabs_unlock();
    pthread_mutex_unlock(&rooms.lock);
}

static inline void magazine_check(uint32_t code)
{
    void **const first = magazines.first[code];
    struct magazine const *const magazine = &magazines.of[code];

    check(first <= magazine->top, "first <= top", code);
    check(magazine->top <= magazine->limit, "top <= limit", code);
    check(first[-1] == NULL, "first[-1] is NULL", code);
    for (void **block = first; block < magazine->top; block++)
        check(pagemap_code(*block) == code, "a magazine holds blocks of its class", code);
}

/* What this thread did not use for DECAY_MS goes back to the slabs, and from there to the system.
 */
static inline void magazine_decay(void)
{
    uint64_t const now_ms = os_now_ms();

    if (!decay_is_due(now_ms, magazines.decayed_ms))
        return;
    magazines.decayed_ms = now_ms;
    for (uint32_t other = PAGEMAP_CLASS; other < PAGEMAP_NO_CLASS; other++) {
        if (!magazines.busy[other])
            magazine_empty(other);
        magazines.busy[other] = false;
    }
    slabs_decay(now_ms);
    large_decay(now_ms);
}

/* The array is refilled, drained or grown. */
static inline void magazine_at_work(uint32_t code)
{
    if (DECAY_MS == 0)
        return;
    magazines.busy[code] = true;
    magazine_decay();
}

/* As slabs_take. Large blocks that are kept give way. */
static uint32_t magazine_take(uint32_t code, void **block, uint32_t count)
{
    uint32_t const taken = slabs_take(code - PAGEMAP_CLASS, block, count);

    if (taken > 0 || !large_made_room())
        return taken;
    return slabs_take(code - PAGEMAP_CLASS, block, count);
}

/* The magazine is empty, or the thread has none. NULL with errno ENOMEM. */
NOINLINE void *magazine_malloc_slow(uint32_t code)
{
    struct magazine *const magazine = &magazines.of[code];
    void *one = NULL;

    thread_begin_slow();
    one = magazine_pop(magazine); /* to begin may allocate, and so refill */
    if (one != NULL)
        return one;
    magazine_at_work(code);
    void **const first = magazines.first[code];
    uint32_t const half = (magazine_limit(&magazines, code) + 1) / 2;
    uint32_t const count = half < MAGAZINE_REFILL_BLOCKS ? half : MAGAZINE_REFILL_BLOCKS;
    observe(REFILLS);
    if (half == 0)
        return magazine_take(code, &one, 1) > 0 ? one : NULL;
    uint32_t const taken = magazine_take(code, first, count);
    magazine->top = first + taken;
    magazine_was_refilled(&magazines, code);
    if (DEBUGGING)
        magazine_check(code);
    return magazine_pop(magazine);
}

/* The magazine is full, or the thread has none, or the pointer is into no slab that has a class. Of
 * a full one the older half goes back, if it does not grow. */
NOINLINE void magazine_free_slow(void *pointer)
{
    uint32_t const code = pagemap_code(pointer);

    if (code == PAGEMAP_NO_CLASS)
        tag_abort_found("free", pointer, "in a slab without live blocks: code ", code);
    if (LARGE_KEPT_MB > 0 && code == PAGEMAP_LARGE) {
        large_free_slow(pointer);
        return;
    }
    if (code == PAGEMAP_FOREIGN) {
        libc_free_slow(pointer);
        return;
    }
    struct magazine *const magazine = &magazines.of[code];
    observe(TINY_FREES);
    thread_begin_slow();
    if (magazine_push(magazine, pointer))
        return;
    magazine_at_work(code);
    void **const first = magazines.first[code];
    uint32_t const half = (magazine_limit(&magazines, code) + 1) / 2;
    if (half == 0) {
        slabs_return(code - PAGEMAP_CLASS, &pointer, 1);
        return;
    }
    if (magazine_grow(&magazines, code)) {
        magazine_push(magazine, pointer);
        return;
    }
    observe(DRAINS);
    if (DEBUGGING)
        magazine_check(code);
    slabs_return(code - PAGEMAP_CLASS, first, half);
    magazine->top -= half;
    memmove(first, first + half, (size_t)((char *)magazine->top - (char *)first));
    magazine_push(magazine, pointer);
}

ALWAYS_INLINE void *phase_malloc(size_t size)
{
    if (UNLIKELY(size > TINY_SIZE_MAX))
        return LARGE_KEPT_MB > 0 ? large_malloc_slow(size) : libc_malloc_slow(size);
    size_t const code = magazine_code_of_step[DENSE_STEP(size)];
    void *const block = magazine_pop(&magazines.of[code]);
    observe(TINY_ALLOCATIONS);
    return LIKELY(block != NULL) ? block : magazine_malloc_slow((uint32_t)code);
}

/* The straight path of free has counted MAGAZINE_TICK of them: a program whose arrays hold all that
 * comes and goes would never look. */
NOINLINE void magazine_free_tick(void *pointer)
{
    uint32_t const code = pagemap_code(pointer);

    magazines.ticks = MAGAZINE_TICK;
    if (magazines.room != NULL)
        magazine_decay();
    if (!magazine_push(&magazines.of[code], pointer))
        magazine_free_slow(pointer);
    else
        observe(TINY_FREES);
}

ALWAYS_INLINE void phase_free(void *pointer)
{
    size_t const code = pagemap_code(pointer);

    if (MAGAZINE_TICK > 0 && UNLIKELY(--magazines.ticks == 0))
        magazine_free_tick(pointer);
    else if (UNLIKELY(!magazine_push(&magazines.of[code], pointer)))
        magazine_free_slow(pointer);
    else
        observe(TINY_FREES);
}

static size_t phase_usable_size(char const *call, void const *pointer)
{
    uint32_t const class = pagemap_class(pointer);

    if (class < TINY_CLASSES)
        return tiny_payload(class);
    if (LARGE_KEPT_MB > 0 && pagemap_code(pointer) == PAGEMAP_LARGE)
        return large_usable_size(call, pointer);
    if (pagemap_code(pointer) == PAGEMAP_NO_CLASS)
        tag_abort_found(call, pointer, "in a slab without live blocks: code ", PAGEMAP_NO_CLASS);
    return libc_usable_size(call, pointer);
}

ALWAYS_INLINE bool phase_left_to_libc(void const *pointer)
{
    return pagemap_code(pointer) == PAGEMAP_FOREIGN;
}

#define SET_CALLOC_LARGE SET_TO(phase_calloc_large)
#define SET_REALLOC_LARGE SET_TO(phase_realloc_large)
static inline void *phase_calloc_large(size_t count, size_t size)
{
    return LARGE_KEPT_MB > 0 ? large_calloc_slow(count, size) : libc_calloc_slow(count, size);
}

static inline void *phase_realloc_large(void *pointer, size_t usable, size_t size)
{
    if (LARGE_KEPT_MB == 0 || usable <= TINY_SIZE_MAX || size <= TINY_SIZE_MAX ||
        size > LARGE_BYTES_MAX)
        return NULL;
    return large_realloc_slow(pointer, size);
}

#endif
