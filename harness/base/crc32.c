/* crc32.c -- a byte at a time by a table of 256 entries.
 *
 * SPDX-License-Identifier: MIT */
#include "base/crc32.h"

#define POLYNOMIAL UINT32_C(0xedb88320) /* of the lowest bit first */

static uint32_t table[256];

static void fill_table(void)
{
    for (uint32_t byte = 0; byte < 256; byte++) {
        uint32_t remainder = byte;
        for (int bit = 0; bit < 8; bit++)
            remainder = remainder >> 1 ^ ((remainder & 1) != 0 ? POLYNOMIAL : 0);
        table[byte] = remainder;
    }
}

uint32_t crc32_of(char const *bytes, size_t size)
{
    uint32_t remainder = UINT32_MAX;

    if (table[1] == 0)
        fill_table();
    for (size_t i = 0; i < size; i++)
        remainder = remainder >> 8 ^ table[(remainder ^ (unsigned char)bytes[i]) & 0xff];
    return ~remainder;
}
