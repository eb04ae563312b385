/* pages.h -- which pages of a process have been touched.
 *
 * A set of pages of 4,096 bytes, kept as one word for every 64 of them: a process that touches 4 GB
 * costs a map of 16,384 words.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_PAGES_H
#define SLABLAB_PAGES_H

#include "base/number_map.h"

#include <stdbool.h>

enum { PAGE_BYTES = 4096 };

/* All zero: none was touched. */
struct pages {
    struct number_map words; /* number of 64 pages -> a bit for each */
};

static inline uint64_t page_round_up(uint64_t bytes)
{
    return (bytes + PAGE_BYTES - 1) / PAGE_BYTES * PAGE_BYTES;
}

/* True where the address's page was not touched before. */
bool pages_touch(struct pages *pages, uint64_t address);

/* Begins and ends are multiples of PAGE_BYTES. */
void pages_clear(struct pages *pages, uint64_t begin, uint64_t end);

/* Moves the touched state of `bytes` bytes from `from` to `to`, replacing what was there. */
void pages_move(struct pages *pages, uint64_t from, uint64_t to, uint64_t bytes);

struct pages pages_copy(struct pages const *pages);
void pages_free(struct pages *pages);

#endif
