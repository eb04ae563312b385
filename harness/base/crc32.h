/* crc32.h -- the checksum that ends a record's line.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_CRC32_H
#define SLABLAB_CRC32_H

#include <stddef.h>
#include <stdint.h>

/* CRC-32 of IEEE 802.3, as in gzip and PNG, and as Python's zlib.crc32 has it: a change of up to 32
 * bits in a row is always found, any other but for one in 2^32. */
uint32_t crc32_of(char const *bytes, size_t size);

#endif
