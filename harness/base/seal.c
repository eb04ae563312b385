/* seal.c -- a CRC as the last key of a line of JSON.
 *
 * SPDX-License-Identifier: MIT */
#include "base/seal.h"

#include "base/text.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

static char const key[] = ",\"crc32\":\"";
static char const ending[] = "\"}\n";

enum { KEY = sizeof key - 1, DIGITS = 8, ENDING = sizeof ending - 1, SEAL = KEY + DIGITS + ENDING };

/* As in gzip: a change of up to 32 bits in a row is always found, any other but for one in 2^32. */
static uint32_t crc_of(char const *bytes, size_t size)
{
    return (uint32_t)crc32_z(0, (Bytef const *)bytes, size);
}

char *sealed_line(json_t const *record)
{
    char *const text = json_dumps(record, JSON_COMPACT | JSON_REAL_PRECISION(17));

    if (text == NULL)
        return NULL;
    size_t const length = strlen(text) - 1; /* without its last brace */
    char *const line = text_format("%.*s%s%08" PRIx32 "%s", (int)length, text, key,
                                   crc_of(text, length), ending);
    free(text);
    return line;
}

enum seal seal_of(char const *line, size_t length)
{
    char digits[DIGITS + 1];

    if (length < SEAL)
        return SEAL_MISSING;
    char const *const at = line + length - SEAL;
    if (memcmp(at, key, KEY) != 0 || memcmp(at + KEY + DIGITS, ending, ENDING) != 0)
        return SEAL_MISSING;
    snprintf(digits, sizeof digits, "%08" PRIx32, crc_of(line, length - SEAL));
    return memcmp(at + KEY, digits, DIGITS) == 0 ? SEAL_WHOLE : SEAL_BROKEN;
}
