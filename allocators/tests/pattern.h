/* pattern.h -- patterns that identify their block, to detect overlaps and lost contents.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_TESTS_PATTERN_H
#define SLABLAB_TESTS_PATTERN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

/* Contents that moved by any distance show: the bytes count up, one more at every 256th. */
static inline uint8_t pattern_byte(uint32_t owner, size_t i)
{
    return (uint8_t)(owner * 37 + i + (i >> 8));
}

static inline void pattern_write(void *block, size_t size, uint32_t owner)
{
    uint8_t *const bytes = block;

    for (size_t i = 0; i < size; i++)
        bytes[i] = pattern_byte(owner, i);
}

/* A new block that holds it; never NULL. */
static inline uint8_t *pattern_block(size_t size, uint32_t owner)
{
    uint8_t *const block = malloc(size);

    if (block == NULL)
        abort();
    pattern_write(block, size, owner);
    return block;
}

static inline bool pattern_holds(void const *block, size_t size, uint32_t owner)
{
    uint8_t const *const bytes = block;
    uint8_t wrong = 0;

    for (size_t i = 0; i < size; i++)
        wrong |= bytes[i] ^ pattern_byte(owner, i);
    return wrong == 0;
}

static inline bool all_zero(void const *block, size_t size)
{
    uint8_t const *const bytes = block;
    uint8_t wrong = 0;

    for (size_t i = 0; i < size; i++)
        wrong |= bytes[i];
    return wrong == 0;
}

/* xorshift64: a sequence that is the same on every machine. */
static inline uint64_t random_next(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

#endif
