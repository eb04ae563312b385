/* os.h -- memory from the system, by system calls that never allocate.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_OS_H
#define SLABLAB_OS_H

#include <errno.h>
#include <linux/mman.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "core/base.h"

enum { OS_PAGE_BYTES = 4096, OS_HUGE_PAGE_BYTES = 2 << 20 };

/* Fresh zeroed pages, or NULL with errno ENOMEM. */
static inline void *os_map(size_t bytes)
{
    void *const memory =
        mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (memory != MAP_FAILED)
        return memory;
    errno = ENOMEM;
    return NULL;
}

/* False where the system has no room for the hole that it would leave. Called by free, which must
 * leave errno alone. */
static inline bool os_unmap(void *memory, size_t bytes)
{
    int const saved = errno;
    bool const done = munmap(memory, bytes) == 0;

    errno = saved;
    return done;
}

/* As os_map, at a multiple of alignment (a power of two). The kernel puts a mapping next to the one
 * before, so the second aligned one usually comes out aligned by itself: one call instead of three.
  */
static inline void *os_map_aligned(size_t bytes, size_t alignment)
{
    char *memory = os_map(bytes);

    if (memory == NULL || ((uintptr_t)memory & (alignment - 1)) == 0)
        return memory;
    os_unmap(memory, bytes);
    memory = os_map(bytes + alignment);
    if (memory == NULL)
        return NULL;
    size_t const before = -(uintptr_t)memory & (alignment - 1);
    if (before != 0)
        os_unmap(memory, before);
    os_unmap(memory + before + bytes, alignment - before); /* before < alignment */
    return memory + before;
}

/* Writes to every page, so that each has its fault now. The memory must be fresh: it stays zero. */
static inline void os_touch(void *memory, size_t bytes)
{
    for (size_t offset = 0; offset < bytes; offset += OS_PAGE_BYTES)
        ((char volatile *)memory)[offset] = 0;
}

/* Asks for huge pages: a fault of 2 MB in place of 512 of 4 KB. A kernel that gives none says so,
 * or gives small ones in silence; either way the memory is as good as before. */
static inline void os_ask_for_huge_pages(void *memory, size_t bytes)
{
    int const saved = errno;

    madvise(memory, bytes, MADV_HUGEPAGE);
    errno = saved;
}

/* The system has the pages back; the addresses stay, and are zero at the next touch. Leaves errno
 * alone. */
static inline void os_discard(void *memory, size_t bytes)
{
    int const saved = errno;

    madvise(memory, bytes, MADV_DONTNEED);
    errno = saved;
}

/* A mapping is longer from now on, where it is; false, and nothing has happened, where the system
 * refuses. Leaves errno alone. */
static inline bool os_extend(void *memory, size_t from_bytes, size_t to_bytes)
{
    int const saved = errno;
    long const there = syscall(SYS_mremap, memory, from_bytes, to_bytes, 0);

    errno = saved;
    return there != -1;
}

/* The pages of one mapping are the other's from now on, which is longer, and the rest of that is
 * fresh. Where the system refuses it is false, the one mapping is what it was, and of the other
 * nothing is known: it may be gone. Leaves errno alone. */
static inline bool os_move(void *from, size_t from_bytes, void *to, size_t to_bytes)
{
    int const saved = errno;
    long const moved =
        syscall(SYS_mremap, from, from_bytes, to_bytes, MREMAP_MAYMOVE | MREMAP_FIXED, to);

    errno = saved;
    return moved != -1;
}

/* Two clocks that cost no system call: this one takes longer to read, */
static inline uint64_t os_now_us(void)
{
    struct timespec now = {0};

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

/* and this one has a grain of some milliseconds. */
static inline uint64_t os_now_ms(void)
{
    struct timespec now = {0};

    clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

#endif
