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
 * With 16 classes Tiny's strides are dense: the largest requests are multiples of 16 that programs
 * ask for, powers of two among them, and the stride is the smallest that holds one.
 *
 *   request        tagged, a slot of 8 bytes    without a tag, no slot
 *    ..16          stride   32                  stride   16
 *   257..320       stride  336                  stride  320
 *   385..512       stride  528                  stride  512
 *   769..1024      stride 1040                  stride 1024
 *  1537..2040      stride 2048                  stride 2048
 *
 * A tagged payload is 8 bytes larger than the largest request, and takes requests up to there.
 *
 * With 30 classes the dense ones go on to 32 KB, in quarters of a power of two, above 8 KB in parts
 * of a slab of 64 KB: 9,344 is a seventh of it, 21,824 a third. Blocks have no tag then.
 *
 * Small-Mid begins where Tiny's 256-byte stride ends, so that it serves 256, 512 and 1024 and
 * leaves Tiny's first five classes alone.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_SIZE_CLASS_H
#define SLABLAB_SIZE_CLASS_H

#include "core/base.h"
#include "core/setting.h"

#define CLASSES SETTING(TINY_CLASSES, 8)
enum {
    TAG_SLOT_BYTES = 8,
    SLOT_BYTES = SETTING(SLOT_BYTES, TAG_SLOT_BYTES), /* 0: blocks have no tag */
    ALIGNMENT = 16,
    CLASS_ALIGNMENT = 64, /* of strides that requests of a multiple of it have, without a tag */
    POWER_CLASSES = 8,
    DENSE_CLASSES = 16,
    MEDIUM_CLASSES = 30,
    TINY_CLASSES = CLASSES, /* 16: the dense ones; 30: medium, too */
    SMALL_SIZE_MAX = 2040,
    MEDIUM_SIZE_MAX = 32768,
    TINY_SIZE_MAX = TINY_CLASSES == MEDIUM_CLASSES ? (int)MEDIUM_SIZE_MAX : (int)SMALL_SIZE_MAX,
    SMALLMID_CLASSES = 3,
    SMALLMID_SIZE_MIN = 249,
    SMALLMID_SIZE_MAX = 1024
};

/* ROW(class, stride) */
#define TINY_TABLE(ROW) \
    ROW(0, 16) ROW(1, 32) ROW(2, 64) ROW(3, 128) ROW(4, 256) ROW(5, 512) ROW(6, 1024) ROW(7, 2048)

/* ROW(class, largest request of the class before, largest request) */
#define DENSE_TABLE(ROW)                                                                     \
    ROW(0, 0, 16) ROW(1, 16, 32) ROW(2, 32, 48) ROW(3, 48, 64) ROW(4, 64, 96) ROW(5, 96, 128) \
    ROW(6, 128, 192) ROW(7, 192, 256) ROW(8, 256, 320) ROW(9, 320, 384) ROW(10, 384, 512)     \
    ROW(11, 512, 640) ROW(12, 640, 768) ROW(13, 768, 1024) ROW(14, 1024, 1536)                \
    ROW(15, 1536, 2040) MEDIUM_TABLE(ROW)
/* The rows above are all where a page has 8 or 16 classes; where it has 30, these follow. */
#define MEDIUM_TABLE(ROW) MEDIUM_TABLE_CHOOSE(CLASSES, ROW)
#define MEDIUM_TABLE_CHOOSE(classes, ROW) MEDIUM_TABLE_OF(classes, ROW)
#define MEDIUM_TABLE_OF(classes, ROW) MEDIUM_TABLE_##classes(ROW)
#define MEDIUM_TABLE_8(ROW)
#define MEDIUM_TABLE_16(ROW)
#define MEDIUM_TABLE_30(ROW)                                                                 \
    ROW(16, 2040, 2560) ROW(17, 2560, 3072) ROW(18, 3072, 3584) ROW(19, 3584, 4096)           \
    ROW(20, 4096, 5120) ROW(21, 5120, 6144) ROW(22, 6144, 7168) ROW(23, 7168, 8192)           \
    ROW(24, 8192, 9344) ROW(25, 9344, 10880) ROW(26, 10880, 13056) ROW(27, 13056, 16384)      \
    ROW(28, 16384, 21824) ROW(29, 21824, 32768)

/* ROW(class, largest request, stride in a backend of its own). The stride is the smallest multiple
 * of 16 that holds the largest request: 272 where Tiny spends 512. */
#define SMALLMID_TABLE(ROW) ROW(0, 256, 272) ROW(1, 512, 528) ROW(2, 1024, 1040)

/* Tiny's class of a request: the binary digits of size + 7, less the four of the smallest class. */
#define TINY_CLASS(size) ((uint32_t)(60 - __builtin_clzll(((unsigned long long)(size) + 7) | 8)))
#define SMALLMID_CLASS(size) ((uint32_t)((size) > 256) + (uint32_t)((size) > 512))

#define TINY_STRIDE(class, stride) [class] = (stride),
static uint16_t const power_strides[POWER_CLASSES] = {TINY_TABLE(TINY_STRIDE)};

/* The smallest multiple of 16 that holds the slot and the request. */
#define DENSE_STRIDE(size) (((size) + SLOT_BYTES + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT)
/* Requests in steps of 16 bytes; the last step that a class's payload holds. */
#define DENSE_STEP(size) (((size) + ALIGNMENT - 1 - SLOT_BYTES) / ALIGNMENT)
#define DENSE_LAST_STEP(size_max) DENSE_STEP(DENSE_STRIDE(size_max) - SLOT_BYTES)
#define DENSE_STRIDE_ROW(class, before, size_max) [class] = DENSE_STRIDE(size_max),
#define DENSE_STEPS_ROW(class, before, size_max)                                         \
    [(class) == 0 ? 0 : DENSE_LAST_STEP(before) + 1 ... DENSE_LAST_STEP(size_max)] = (class),
static uint16_t const dense_strides[] = {DENSE_TABLE(DENSE_STRIDE_ROW)};
static uint8_t const dense_class_of_step[] = {DENSE_TABLE(DENSE_STEPS_ROW)};

#define SMALLMID_STRIDE(class, size_max, stride) [class] = (stride),
#define SMALLMID_TINY(class, size_max, stride) [class] = TINY_CLASS(size_max),
static uint16_t const smallmid_strides[SMALLMID_CLASSES] = {SMALLMID_TABLE(SMALLMID_STRIDE)};
/* Tiny's class that holds any request of a Small-Mid class. */
static uint8_t const smallmid_tiny_class[SMALLMID_CLASSES] = {SMALLMID_TABLE(SMALLMID_TINY)};

#define TINY_CHECK(class, stride)                                                     \
    _Static_assert((stride) % ALIGNMENT == 0, "payloads would lose their alignment"); \
    _Static_assert(TINY_CLASS((stride)-TAG_SLOT_BYTES) == (class),                    \
                   "the payload's end is another's");                                 \
    _Static_assert(TINY_CLASS((stride)-TAG_SLOT_BYTES + 1) == (class) + 1, "a class is missing");
#define DENSE_CHECK(class, before, size_max)                                               \
    _Static_assert(DENSE_STRIDE(before) < DENSE_STRIDE(size_max), "a class without requests"); \
    _Static_assert(SLOT_BYTES != 0 || DENSE_STRIDE(size_max) % CLASS_ALIGNMENT == 0 ||     \
                       DENSE_STRIDE(size_max) < 2 * CLASS_ALIGNMENT,                       \
                   "requests of a multiple of the alignment have another stride");         \
    _Static_assert((class) < (SLOT_BYTES == 0 ? MEDIUM_CLASSES : DENSE_CLASSES),           \
                   "a class is not in the tag");
#define SMALLMID_CHECK(class, size_max, stride)                                            \
    _Static_assert((stride) % ALIGNMENT == 0, "payloads would lose their alignment");      \
    _Static_assert((stride)-TAG_SLOT_BYTES >= (size_max), "the largest request does not fit"); \
    _Static_assert((stride)-ALIGNMENT - TAG_SLOT_BYTES < (size_max), "a smaller one would do"); \
    _Static_assert(SMALLMID_CLASS(size_max) == (class), "the last size is another's");
TINY_TABLE(TINY_CHECK)
DENSE_TABLE(DENSE_CHECK)
SMALLMID_TABLE(SMALLMID_CHECK)
_Static_assert(TINY_CLASS(0) == 0, "nothing is asked for often");
_Static_assert(TINY_CLASS(SMALL_SIZE_MAX) == POWER_CLASSES - 1, "the last class is not the last");
_Static_assert(TINY_CLASS(SMALL_SIZE_MAX + 1) == POWER_CLASSES, "the last class holds more");
_Static_assert(TINY_CLASSES == POWER_CLASSES || TINY_CLASSES == DENSE_CLASSES ||
                   TINY_CLASSES == MEDIUM_CLASSES, "no such table");
_Static_assert(SLOT_BYTES == TAG_SLOT_BYTES || (SLOT_BYTES == 0 && TINY_CLASSES != POWER_CLASSES),
               "the powers of two are those of tagged blocks");
_Static_assert(sizeof dense_class_of_step == DENSE_STEP(TINY_SIZE_MAX) + 1, "a request is missing");
_Static_assert(TINY_CLASS(SMALLMID_SIZE_MIN - 1) == TINY_CLASS(256 - TAG_SLOT_BYTES) &&
                   TINY_CLASS(SMALLMID_SIZE_MIN) == TINY_CLASS(256), "Small-Mid begins elsewhere");

/* size is at most TINY_SIZE_MAX. */
ALWAYS_INLINE uint32_t tiny_class_of(size_t size)
{
    return TINY_CLASSES != POWER_CLASSES ? dense_class_of_step[DENSE_STEP(size)] : TINY_CLASS(size);
}

ALWAYS_INLINE uint32_t tiny_stride(uint32_t class)
{
    return TINY_CLASSES != POWER_CLASSES ? dense_strides[class] : power_strides[class];
}

ALWAYS_INLINE uint32_t tiny_payload(uint32_t class)
{
    return tiny_stride(class) - SLOT_BYTES;
}

/* Without a tag, a request of which class has blocks at multiples of the alignment, a power of two
 * up to CLASS_ALIGNMENT: a multiple of it, not 0. */
ALWAYS_INLINE size_t class_aligned(size_t size, size_t alignment)
{
    return size == 0 ? alignment : (size + alignment - 1) & ~(alignment - 1);
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
