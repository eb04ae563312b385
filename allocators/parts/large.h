/* large.h -- blocks above the classes: a mapping each, kept for a while once it is free.
 *
 *   a multiple of 64 KB                                        a multiple of 64 KB
 *   | header, 64 bytes | payload .................. | never touched |
 *
 * All 64 KB pieces of a block have the code PAGEMAP_LARGE, alive or kept. A request takes the
 * shortest of the kept blocks looked at, and leaves what it does not need as a block that is kept;
 * the oldest ones go back to the system where there are too many, or where they are as old as
 * decay.h says.
 *
 * The C library has what is longer than 16 GB or outside of the pagemap's window, and all that
 * comes when there are as many as LARGE_MAPPED_MAX.
 *
 * Invariant, outside the lock: kept_bytes is the sum of the bytes of what `kept` holds.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_LARGE_H
#define SLABLAB_LARGE_H

#include <stddef.h>
#include <string.h>

#include "core/check.h"
#include "core/layer.h"
#include "core/libc_tier.h"
#include "core/list.h"
#include "core/lock.h"
#include "core/os.h"
#include "core/superslab.h"
#include "parts/decay.h"

LAYER(backend);
MEMORY_OF(large, large_map, 0, 0);

CONSTANT(LARGE_KEPT_MB, 0, kept, 0, 65536, "MB",
         "of freed blocks above the classes; 0: those are the C library's");
enum {
    LARGE_HEADER_BYTES = SETTING(LARGE_HEADER_BYTES, 64), /* a cache line, as for small blocks */
    LARGE_LOOKED_AT = SETTING(LARGE_LOOKED_AT, 32),       /* kept blocks, newest first */
    LARGE_COPIED_MAX = SETTING(LARGE_COPIED_MAX, 524288), /* bytes; what is longer is moved */
    LARGE_MAPPED_MAX = SETTING(LARGE_MAPPED_MAX, 16384)   /* blocks; a process has 65,530 maps */
};
#define LARGE_KEPT_BYTES_MAX ((size_t)LARGE_KEPT_MB << 20)
#define LARGE_BYTES_MAX ((size_t)16 << 30)
#define LARGE_LIVE UINT64_C(0x4c4152474c495645) /* "LARGLIVE" */
#define LARGE_KEPT UINT64_C(0x4c4152474b455054) /* "LARGKEPT" */

struct large {
    struct link link; /* in kept */
    uint64_t state;   /* LARGE_LIVE or LARGE_KEPT */
    size_t bytes;     /* of the mapping */
    uint64_t since_ms;
};

struct large_pool {
    pthread_mutex_t lock;
    struct link *kept; /* in the order in which they came */
    size_t kept_bytes;
    uint32_t mapped; /* blocks, alive and kept */
};

_Static_assert((int)sizeof(struct large) <= (int)LARGE_HEADER_BYTES, "the header is too small");
_Static_assert(LARGE_HEADER_BYTES % CLASS_ALIGNMENT == 0, "payloads would lose their alignment");
_Static_assert((LARGE_KEPT_MB > 0) == ((int)PAGEMAP_CODES > (int)PAGEMAP_LARGE), "no such code");

static struct large_pool large_pool = {.lock = PTHREAD_MUTEX_INITIALIZER};

/* Bytes of the mapping for a request of at most LARGE_BYTES_MAX. */
static inline size_t large_bytes(size_t size)
{
    return (size + LARGE_HEADER_BYTES + PAGEMAP_UNIT_BYTES - 1) & -(size_t)PAGEMAP_UNIT_BYTES;
}

static inline void *large_payload(struct large *large)
{
    return (char *)large + LARGE_HEADER_BYTES;
}

/* The block of a pointer whose code is PAGEMAP_LARGE; aborts if it is none that is alive. */
static inline struct large *large_of(char const *call, void const *pointer)
{
    uintptr_t const offset = (uintptr_t)pointer % PAGEMAP_UNIT_BYTES;
    struct large *const large = (struct large *)((char *)(uintptr_t)pointer - LARGE_HEADER_BYTES);

    if (offset != LARGE_HEADER_BYTES)
        tag_abort_found(call, pointer, "begins no block: offset in its 64 KB ", offset);
    if (large->state == LARGE_KEPT && strcmp(call, "free") == 0)
        tag_abort_found(call, pointer, "double free: of a large block, its bytes ", large->bytes);
    if (large->state == LARGE_KEPT)
        tag_abort_found(call, pointer, "use of a freed large block, its bytes ", large->bytes);
    if (large->state != LARGE_LIVE)
        tag_abort_found(call, pointer, "begins no block: in front of it is ", large->state);
    return large;
}

static inline void large_check(void)
{
    struct link const *const newest = large_pool.kept;
    size_t bytes = 0;

    for (struct link const *link = newest; link != NULL;
         link = link->next != newest ? link->next : NULL) {
        struct large const *const large = CONTAINER_OF(link, struct large, link);

        check(large->state == LARGE_KEPT, "kept holds kept blocks", large->state);
        bytes += large->bytes;
    }
    check(bytes == large_pool.kept_bytes, "kept_bytes is the sum", bytes);
}

/* Fresh zeroed memory that the pagemap can speak of, and does not yet; NULL with errno ENOMEM. */
static inline struct large *large_map(size_t bytes)
{
    return superslab_in_reach(os_map_aligned(bytes, PAGEMAP_UNIT_BYTES), bytes);
}

static inline void large_count_one_less(void)
{
    lock_take(&large_pool.lock);
    large_pool.mapped--;
    lock_give(&large_pool.lock);
}

/* A block that is in no list. Where the system does not take the addresses back (it may have no
 * room for the hole), it at least has the pages. */
static inline void large_unmap(struct large *large)
{
    size_t const bytes = large->bytes;

    pagemap_set(large, bytes, PAGEMAP_FOREIGN); /* before it may be another thread's */
    if (!os_unmap(large, bytes))
        os_discard(large, bytes);
    large_count_one_less();
}

/* The lock is held. */
static inline void large_unkeep(struct large *large)
{
    list_remove(&large_pool.kept, &large->link);
    large_pool.kept_bytes -= large->bytes;
}

/* The lock is held. */
static inline void large_keep(struct large *large, size_t bytes, uint64_t since_ms)
{
    *large = (struct large){.state = LARGE_KEPT, .bytes = bytes, .since_ms = since_ms};
    list_push(&large_pool.kept, &large->link);
    large_pool.kept_bytes += bytes;
}

/* The shortest of the kept blocks looked at that is long enough; NULL where none is. The lock is
 * held. */
static inline struct large *large_fitting(size_t bytes)
{
    struct large *best = NULL;
    struct link *link = large_pool.kept;

    for (uint32_t looked = 0; link != NULL && looked < LARGE_LOOKED_AT; looked++) {
        struct large *const large = CONTAINER_OF(link, struct large, link);

        if (bytes <= large->bytes && (best == NULL || large->bytes < best->bytes))
            best = large;
        link = link->next != large_pool.kept ? link->next : NULL;
    }
    return best;
}

/* A kept block, alive again and so long, its payload not zeroed; NULL where none fits. What is left
 * of it is kept. */
static inline struct large *large_reuse(size_t bytes)
{
    lock_take(&large_pool.lock);
    struct large *const large = large_fitting(bytes);
    if (large != NULL) {
        large_unkeep(large);
        if (large->bytes > bytes) {
            large_keep((struct large *)((char *)large + bytes), large->bytes - bytes,
                       large->since_ms);
            large_pool.mapped++;
        }
        large->bytes = bytes;
        large->state = LARGE_LIVE;
    }
    if (DEBUGGING)
        large_check();
    lock_give(&large_pool.lock);
    return large;
}

/* May one more be mapped? Then it counts as if it were. */
static inline bool large_count_one_more(void)
{
    lock_take(&large_pool.lock);
    bool const more = large_pool.mapped < LARGE_MAPPED_MAX;
    large_pool.mapped += more;
    lock_give(&large_pool.lock);
    return more;
}

/* The oldest kept block, kept no longer, if it is too old or they are too many; else NULL. */
static inline struct large *large_excess(uint64_t now_ms, size_t bytes_max)
{
    struct large *oldest = NULL;

    lock_take(&large_pool.lock);
    if (large_pool.kept != NULL)
        oldest = CONTAINER_OF(large_pool.kept->previous, struct large, link);
    if (oldest != NULL &&
        (large_pool.kept_bytes > bytes_max || decay_is_due(now_ms, oldest->since_ms)))
        large_unkeep(oldest);
    else
        oldest = NULL;
    if (DEBUGGING)
        large_check();
    lock_give(&large_pool.lock);
    return oldest;
}

/* The system gets what is too old, and of the rest what is more than bytes_max; says whether it got
 * anything. Leaves errno alone. */
static inline bool large_give_back(uint64_t now_ms, size_t bytes_max)
{
    bool any = false;

    for (struct large *large = NULL; (large = large_excess(now_ms, bytes_max)) != NULL; any = true)
        large_unmap(large);
    return any;
}

static inline void large_decay(uint64_t now_ms)
{
    if (LARGE_KEPT_MB > 0)
        large_give_back(now_ms, LARGE_KEPT_BYTES_MAX);
}

/* Where memory is out: what is kept goes back; says whether it is worth while to ask again. */
static inline bool large_made_room(void)
{
    return LARGE_KEPT_MB > 0 && large_give_back(0, 0);
}

/* NULL where memory is out, or they are too many. */
static inline struct large *large_map_new(size_t bytes)
{
    if (!large_count_one_more())
        return NULL;
    struct large *large = large_map(bytes);

    if (large == NULL && large_made_room())
        large = large_map(bytes);
    if (large == NULL) {
        large_count_one_less();
        return NULL;
    }
    pagemap_set(large, bytes, PAGEMAP_LARGE);
    *large = (struct large){.state = LARGE_LIVE, .bytes = bytes};
    return large;
}

/* A block of at least so many bytes; *zeroed says whether all of them are 0. NULL: the C library
 * has to. */
static inline void *large_take(size_t size, bool *zeroed)
{
    if (LARGE_KEPT_MB == 0 || size > LARGE_BYTES_MAX)
        return NULL;
    process_begin_slow();
    int const saved = errno;
    size_t const bytes = large_bytes(size);
    struct large *large = large_reuse(bytes);
    *zeroed = large == NULL;
    if (large != NULL)
        observe(LARGE_REUSED);
    else
        large = large_map_new(bytes);
    errno = saved;
    if (large == NULL)
        return NULL;
    observe(LARGE_ALLOCATIONS);
    return large_payload(large);
}

/* Leaves errno alone. */
NOINLINE void large_free_slow(void *pointer)
{
    struct large *const large = large_of("free", pointer);
    uint64_t const now_ms = os_now_ms();

    observe(LARGE_FREES);
    if (large->bytes > LARGE_KEPT_BYTES_MAX) {
        large->state = LARGE_KEPT;
        large_unmap(large);
        return;
    }
    lock_take(&large_pool.lock);
    large_of("free", pointer); /* no other thread frees it, too */
    large_keep(large, large->bytes, now_ms);
    lock_give(&large_pool.lock);
    large_decay(now_ms);
}

NOINLINE void *large_malloc_slow(size_t size)
{
    bool zeroed = false;
    void *const pointer = large_take(size, &zeroed);

    return pointer != NULL ? pointer : libc_malloc_slow(size);
}

NOINLINE void *large_calloc_slow(size_t count, size_t size)
{
    bool zeroed = false;
    void *const pointer = large_take(count * size, &zeroed);

    if (pointer == NULL)
        return libc_calloc_slow(count, size);
    return zeroed ? pointer : memset(pointer, 0, count * size);
}

static inline size_t large_usable_size(char const *call, void const *pointer)
{
    return large_of(call, pointer)->bytes - LARGE_HEADER_BYTES;
}

/* Longer where it is, if the addresses behind it are free; else false. */
static inline bool large_extend(struct large *large, size_t bytes)
{
    size_t const before = large->bytes;

    if (!os_extend(large, before, bytes))
        return false;
    if (!pagemap_reaches(large, bytes)) {
        os_unmap((char *)large + before, bytes - before);
        return false;
    }
    pagemap_set((char *)large + before, bytes - before, PAGEMAP_LARGE);
    return true;
}

/* Its pages become those of a longer mapping; NULL, and it is as before, where that cannot be: what
 * was to hold them is then left alone, for the system may have taken it already. */
static inline struct large *large_move(struct large *large, size_t bytes)
{
    struct large *const moved = large_map(bytes);
    size_t const before = large->bytes;

    if (moved == NULL)
        return NULL;
    pagemap_set(large, before, PAGEMAP_FOREIGN); /* before it may be another thread's */
    if (!os_move(large, before, moved, bytes)) {
        pagemap_set(large, before, PAGEMAP_LARGE);
        return NULL;
    }
    pagemap_set(moved, bytes, PAGEMAP_LARGE);
    return moved;
}

/* Into a kept block, which costs no page fault; NULL where none fits, or it is too long. */
static inline struct large *large_copy(struct large *large, size_t bytes)
{
    struct large *const other = bytes <= LARGE_COPIED_MAX ? large_reuse(bytes) : NULL;

    if (other == NULL)
        return NULL;
    observe(LARGE_REUSED);
    memcpy(large_payload(other), large_payload(large), large->bytes - LARGE_HEADER_BYTES);
    lock_take(&large_pool.lock);
    large_keep(large, large->bytes, os_now_ms());
    lock_give(&large_pool.lock);
    return other;
}

/* A longer block is extended where it is, copied into a kept one, or its pages are moved; of a
 * shorter one the end goes back. NULL, and it is as before, where that cannot be. Leaves errno
 * alone. */
NOINLINE void *large_realloc_slow(void *pointer, size_t size)
{
    struct large *large = large_of("realloc", pointer);
    size_t const before = large->bytes;
    size_t const bytes = large_bytes(size);
    int const saved = errno;

    if (bytes < before) {
        pagemap_set((char *)large + bytes, before - bytes, PAGEMAP_FOREIGN);
        os_unmap((char *)large + bytes, before - bytes);
    } else if (bytes > before && !large_extend(large, bytes)) {
        struct large *const other = large_copy(large, bytes);
        large = other != NULL ? other : large_move(large, bytes);
    }
    errno = saved;
    if (large == NULL)
        return NULL;
    large->bytes = bytes;
    observe(LARGE_FREES);
    observe(LARGE_ALLOCATIONS);
    return large_payload(large);
}

#endif
