/* size_class.h -- the one table of sizes.
 *
 * A block is | slot, 8 bytes, its last one the tag | payload, stride - 8 bytes |. Strides are
 * multiples of 16 and payloads begin at multiples of 16.
 *
 *   request     Tiny                       Small-Mid (where a phase has it, and only if on)
 *      0..8     class 0, stride   16
 *       ...     ...
 *   121..248    class 4, stride  256
 *   249..504    class 5, stride  512        249..256   class 0
 *   505..1016   class 6, stride 1024        257..512   class 1
 *  1017..2040   class 7, stride 2048        513..1024  class 2
 *  2041..       the C library
 *
 * Small-Mid begins where Tiny's 256-byte stride ends, so that it serves 256, 512 and 1024 and
 * leaves Tiny's first five classes alone.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_SIZE_CLASS_H
#define SLABLAB_SIZE_CLASS_H

#include "core/base.h"
#include "core/setting.h"

enum {
    SLOT_BYTES = 8,
    ALIGNMENT = 16,
    TINY_CLASSES = 8,
    TINY_SIZE_MAX = 2040,
    SMALLMID_CLASSES = 3,
    SMALLMID_SIZE_MIN = 249,
    SMALLMID_SIZE_MAX = 1024
};

/* ROW(class, stride) */
#define TINY_TABLE(ROW) \
    ROW(0, 16) ROW(1, 32) ROW(2, 64) ROW(3, 128) ROW(4, 256) ROW(5, 512) ROW(6, 1024) ROW(7, 2048)

/* ROW(class, largest request, stride in a backend of its own, blocks held by a front, by a refill).
 * The stride is the smallest multiple of 16 that holds the largest request: 272 where Tiny spends
 * 512. */
#define SMALLMID_TABLE(ROW)                                                               \
    ROW(0, 256, 272, SETTING(SMALLMID_HELD_256, 32), SETTING(SMALLMID_REFILL_256, 16))    \
    ROW(1, 512, 528, SETTING(SMALLMID_HELD_512, 24), SETTING(SMALLMID_REFILL_512, 12))    \
    ROW(2, 1024, 1040, SETTING(SMALLMID_HELD_1024, 16), SETTING(SMALLMID_REFILL_1024, 8))

/* Tiny's class of a request: the binary digits of size + 7, less the four of the smallest class. */
#define TINY_CLASS(size) ((uint32_t)(60 - __builtin_clzll(((unsigned long long)(size) + 7) | 8)))
#define SMALLMID_CLASS(size) ((uint32_t)((size) > 256) + (uint32_t)((size) > 512))

#define TINY_STRIDE(class, stride) [class] = (stride),
static uint16_t const tiny_strides[TINY_CLASSES] = {TINY_TABLE(TINY_STRIDE)};

#define SMALLMID_STRIDE(class, size_max, stride, held, refill) [class] = (stride),
#define SMALLMID_HELD(class, size_max, stride, held, refill) [class] = (held),
#define SMALLMID_REFILL(class, size_max, stride, held, refill) [class] = (refill),
#define SMALLMID_TINY(class, size_max, stride, held, refill) [class] = TINY_CLASS(size_max),
static uint16_t const smallmid_strides[SMALLMID_CLASSES] = {SMALLMID_TABLE(SMALLMID_STRIDE)};
static uint8_t const smallmid_held_max[SMALLMID_CLASSES] = {SMALLMID_TABLE(SMALLMID_HELD)};
static uint8_t const smallmid_refill_blocks[SMALLMID_CLASSES] = {SMALLMID_TABLE(SMALLMID_REFILL)};
/* Tiny's class that holds any request of a Small-Mid class. */
static uint8_t const smallmid_tiny_class[SMALLMID_CLASSES] = {SMALLMID_TABLE(SMALLMID_TINY)};

#define TINY_CHECK(class, stride)                                                                 \
    _Static_assert((stride) % ALIGNMENT == 0, "payloads would lose their alignment");             \
    _Static_assert(TINY_CLASS((stride)-SLOT_BYTES) == (class), "the payload's end is another's"); \
    _Static_assert(TINY_CLASS((stride)-SLOT_BYTES + 1) == (class) + 1, "a class is missing");
#define SMALLMID_CHECK(class, size_max, stride, held, refill)                              \
    _Static_assert((stride) % ALIGNMENT == 0, "payloads would lose their alignment");      \
    _Static_assert((stride)-SLOT_BYTES >= (size_max), "the largest request does not fit"); \
    _Static_assert((stride)-ALIGNMENT - SLOT_BYTES < (size_max), "a smaller one would do"); \
    _Static_assert(SMALLMID_CLASS(size_max) == (class), "the last size is another's");     \
    _Static_assert((refill) <= (held), "a refill would not fit into the front");
TINY_TABLE(TINY_CHECK)
SMALLMID_TABLE(SMALLMID_CHECK)
_Static_assert(TINY_CLASS(0) == 0, "nothing is asked for often");
_Static_assert(TINY_CLASS(TINY_SIZE_MAX) == TINY_CLASSES - 1, "the last class is not the last");
_Static_assert(TINY_CLASS(TINY_SIZE_MAX + 1) == TINY_CLASSES, "the last class holds more");
_Static_assert(TINY_CLASS(SMALLMID_SIZE_MIN - 1) == TINY_CLASS(256 - SLOT_BYTES) &&
                   TINY_CLASS(SMALLMID_SIZE_MIN) == TINY_CLASS(256), "Small-Mid begins elsewhere");

/* size is at most TINY_SIZE_MAX. */
ALWAYS_INLINE uint32_t tiny_class_of(size_t size)
{
    return TINY_CLASS(size);
}

ALWAYS_INLINE uint32_t tiny_payload(uint32_t class)
{
    return tiny_strides[class] - SLOT_BYTES;
}

ALWAYS_INLINE bool smallmid_holds(size_t size)
{
    return size - SMALLMID_SIZE_MIN <= SMALLMID_SIZE_MAX - SMALLMID_SIZE_MIN;
}

/* smallmid_holds(size). */
ALWAYS_INLINE uint32_t smallmid_class_of(size_t size)
{
    return SMALLMID_CLASS(size);
}

#endif
