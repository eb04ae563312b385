/* contract.c -- does an allocator keep what C promises of it? Alignment, blocks that do not
 * overlap, zeroed memory of calloc, contents that realloc keeps.
 *
 * Attestation runs this once under every arm: a block at 8 mod 16, or one block given out twice,
 * makes an allocator fast and a program wrong. The first violation is said as a sentence on stderr,
 * and ends the program with status BROKEN. A promise broken in one size class is a promise broken,
 * so small sizes are all tried.
 *
 * aligned_alloc and posix_memalign are tried last, and only where the object that serves malloc has
 * them: otherwise they are the C library's. What they break ends the program with BROKEN_ALIGNED,
 * as no workload asks for more than 64 bytes: mimalloc 2.0.9 gives 128 mod 256 for
 * aligned_alloc(256, 256).
 *
 * NULL is no violation: an allocator may have no memory of that size.
 *
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "workload.h"

#include <dlfcn.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { BROKEN = 3, BROKEN_ALIGNED = 4, EVERY_SIZE_TO = 1100, COPIES = 2, LARGE = 24, ALIGNED = 64 };
enum { BLOCKS_MAX = COPIES * (EVERY_SIZE_TO + LARGE) + ALIGNED };
enum { FUNDAMENTAL = 16 }; /* alignof(max_align_t) */

/* Invariant: a live block holds content(its place, offset) at every offset. */
struct block {
    unsigned char *start; /* NULL: not live */
    size_t size;
    char const *source;
};

static struct block *blocks;
static size_t count;
static int status = BROKEN;
static uint64_t checksum = CHECKSUM_START;

__attribute__((noreturn, format(printf, 1, 2))) static void broken(char const *format, ...)
{
    char line[512];
    va_list list;

    va_start(list, format);
    int const length = vsnprintf(line, sizeof line - 1, format, list);
    va_end(list);
    size_t const bytes = length < (int)sizeof line - 1 ? (size_t)length : sizeof line - 2;
    line[bytes] = '\n';
    if (write(STDERR_FILENO, line, bytes + 1) < 0)
        _exit(EXIT_FAILURE);
    _exit(status);
}

static unsigned char content(size_t place, size_t offset)
{
    return (unsigned char)((place * 2654435761u >> (8 * (offset & 3))) ^ (offset >> 2) ^ 0x5a);
}

/* C lets an object smaller than the fundamental alignment be aligned as its size allows. */
static size_t promised_alignment(size_t size)
{
    size_t alignment = FUNDAMENTAL;

    while (alignment > size && alignment > 1)
        alignment /= 2;
    return alignment;
}

/* Says which two live blocks overlap, or that one has changed by itself. */
__attribute__((noreturn)) static void changed(struct block const *block, size_t offset)
{
    for (size_t i = 0; i < count; i++)
        if (&blocks[i] != block && blocks[i].start != NULL &&
            block->start < blocks[i].start + blocks[i].size &&
            blocks[i].start < block->start + block->size)
            broken("two live blocks overlap: %s gave %zu bytes at %p, %s gave %zu bytes at %p",
                   block->source, block->size, (void *)block->start, blocks[i].source,
                   blocks[i].size, (void *)blocks[i].start);
    broken("the allocator wrote into a live block: byte %zu of %zu that %s gave at %p has changed",
           offset, block->size, block->source, (void *)block->start);
}

static void check_content(size_t place, size_t bytes)
{
    struct block const *const block = &blocks[place];

    for (size_t i = 0; block->start != NULL && i < bytes; i++)
        if (block->start[i] != content(place, i))
            changed(block, i);
}

static void fill(size_t place)
{
    for (size_t i = 0; blocks[place].start != NULL && i < blocks[place].size; i++)
        blocks[place].start[i] = content(place, i);
}

static void check_alignment(struct block const *block, size_t alignment)
{
    if ((uintptr_t)block->start % alignment != 0)
        broken("%s of %zu bytes gave %p, which is %zu bytes off a multiple of %zu", block->source,
               block->size, (void *)block->start, (size_t)((uintptr_t)block->start % alignment),
               alignment);
}

static void check_zeroed(struct block const *block)
{
    for (size_t i = 0; block->start != NULL && i < block->size; i++)
        if (block->start[i] != 0)
            broken("calloc of %zu bytes gave memory that is not zeroed: byte %zu is %u",
                   block->size, i, block->start[i]);
}

static void put(size_t place, char const *source, void *start, size_t size, size_t alignment)
{
    blocks[place] = (struct block){.start = start, .size = size, .source = source};
    check_alignment(&blocks[place], alignment);
}

static size_t size_at(size_t step)
{
    static size_t const large[LARGE] = {
        1280,  1536,  1800,  2048,  2049,  3000,  4080,  4096,   4097,   5000,   6144,   8192,
        10000, 16384, 20000, 32768, 32769, 50000, 65536, 100000, 131072, 131073, 200000, 300001};

    return step < EVERY_SIZE_TO ? step + 1 : large[step - EVERY_SIZE_TO];
}

static void allocate_all(void)
{
    for (size_t step = 0; step < EVERY_SIZE_TO + LARGE; step++)
        for (size_t copy = 0; copy < COPIES; copy++, count++) {
            size_t const size = size_at(step);
            put(count, "malloc", malloc(size), size, promised_alignment(size));
            fill(count);
        }
}

/* Every second block dies dirty, and calloc may give the same memory again. */
static void replace_by_calloc(void)
{
    for (size_t i = 0; i < count; i += 2) {
        check_content(i, blocks[i].size);
        if (blocks[i].start != NULL)
            memset(blocks[i].start, 0xa5, blocks[i].size);
        free(blocks[i].start);
        blocks[i].start = NULL;
    }
    for (size_t i = 0; i < count; i += 2) {
        size_t const size = blocks[i].size;
        put(i, "calloc", calloc(1, size), size, promised_alignment(size));
        check_zeroed(&blocks[i]);
        fill(i);
    }
}

/* Some grow, some shrink; what both sizes have in common must be kept. */
static void reallocate(void)
{
    for (size_t i = 0; i < count; i += 3) {
        size_t const old = blocks[i].size;
        size_t const size = i % 2 == 0 ? old + old / 2 + 1 : old / 2 + 1;
        void *const moved = blocks[i].start != NULL ? realloc(blocks[i].start, size) : NULL;
        if (moved == NULL)
            continue;
        put(i, "realloc", moved, size, promised_alignment(size));
        check_content(i, size < old ? size : old);
        fill(i);
    }
}

static void *object_of(void *function)
{
    Dl_info found;

    return dladdr(function, &found) != 0 ? found.dli_fbase : NULL;
}

static bool served_with_malloc(void *function)
{
    return object_of(function) == object_of((void *)(uintptr_t)malloc);
}

static void allocate_aligned(void)
{
    bool const has_aligned = served_with_malloc((void *)(uintptr_t)aligned_alloc);
    bool const has_posix = served_with_malloc((void *)(uintptr_t)posix_memalign);

    for (size_t alignment = 16; alignment <= 65536; alignment *= 4)
        for (size_t pages = 1; pages <= 3; pages++) {
            void *start = NULL;
            if (has_aligned) {
                put(count, "aligned_alloc", aligned_alloc(alignment, pages * alignment),
                    pages * alignment, alignment);
                fill(count++);
            }
            if (has_posix && posix_memalign(&start, alignment, 40 * pages) == 0) {
                put(count, "posix_memalign", start, 40 * pages, alignment);
                fill(count++);
            }
        }
}

static void end_round(void)
{
    for (size_t i = 0; i < count; i++)
        check_content(i, blocks[i].size);
    for (size_t i = 0; i < count; i++)
        free(blocks[i].start);
    count = 0;
}

static uint64_t run(uint64_t operations)
{
    status = BROKEN;
    for (uint64_t round = 0; round < operations; round++) {
        allocate_all();
        replace_by_calloc();
        reallocate();
        end_round();
    }
    status = BROKEN_ALIGNED;
    for (uint64_t round = 0; round < operations; round++) {
        allocate_aligned();
        end_round();
    }
    checksum += operations;
    return checksum;
}

static void setup(void)
{
    blocks = workload_map(BLOCKS_MAX * sizeof *blocks);
}

static struct parameter const params[] = {{.name = NULL}};

struct workload const workload = {
    .name = "contract",
    .models = "nothing: checks alignment, overlap and zeroing; attestation runs it",
    .params = params,
    .setup = setup,
    .run = run,
};
