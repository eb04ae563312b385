/* seal.h -- the end of a record's line, by which any change of the line is found.
 *
 *   {"schema":"slablab-block/2", ... ,"crc32":"1a2b3c4d"}\n
 *   |<------------- in the CRC ----->|<---- the seal --->|
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_SEAL_H
#define SLABLAB_SEAL_H

#include <jansson.h>

enum seal { SEAL_MISSING, SEAL_BROKEN, SEAL_WHOLE };

/* The record as its line, with its end; NULL where it cannot be written as JSON. The caller frees
 * it. */
char *sealed_line(json_t const *record);

/* Of a line with its end. */
enum seal seal_of(char const *line, size_t length);

#endif
