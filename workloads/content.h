/* content.h -- what a workload writes into a block, and how it checks that it is still there.
 *
 *   block ->  | tag |  ...  | tag |      first and last byte; the same byte when size == 1
 *
 * The tag follows from the object's number alone, so it needs no bookkeeping, and consecutive
 * numbers have different tags: two objects that share memory are detected when one of them is
 * freed. The check costs two loads from lines that the program wrote, under any allocator.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_CONTENT_H
#define SLABLAB_CONTENT_H

#include <stddef.h>
#include <stdint.h>

enum { CONTENT_TAG_SHIFT = 24 };

/* Knuth's multiplicative hash, its top byte: 2^32 divided by the golden ratio. */
static inline unsigned char content_tag(uint32_t number)
{
    return (unsigned char)(number * UINT32_C(2654435769) >> CONTENT_TAG_SHIFT);
}

static inline void content_write(unsigned char *block, size_t size, unsigned char tag)
{
    block[0] = tag;
    block[size - 1] = tag;
}

/* The two bytes as one number: first * 256 + last. */
static inline uint32_t content_read(unsigned char const *block, size_t size)
{
    return (uint32_t)block[0] << 8 | block[size - 1];
}

/* The result of content_read if the contents are intact. */
static inline uint32_t content_expected(unsigned char tag)
{
    return (uint32_t)tag << 8 | tag;
}

/* One step of FNV-1a with 64 bits: the order counts, and it costs one multiplication. */
static inline uint64_t checksum_add(uint64_t checksum, uint64_t value)
{
    return (checksum ^ value) * UINT64_C(0x100000001b3);
}

/* Where FNV-1a starts. */
#define CHECKSUM_START UINT64_C(0xcbf29ce484222325)

#endif
