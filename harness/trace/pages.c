/* pages.c -- a set of pages as words of bits in a map.
 *
 * SPDX-License-Identifier: MIT */
#include "trace/pages.h"

enum { PAGES_OF_WORD = 64 };

static uint64_t bit_of(uint64_t page)
{
    return UINT64_C(1) << page % PAGES_OF_WORD;
}

bool pages_touch(struct pages *pages, uint64_t address)
{
    uint64_t const page = address / PAGE_BYTES;
    uint64_t *const word = number_map_at(&pages->words, page / PAGES_OF_WORD);
    bool const first = (*word & bit_of(page)) == 0;

    *word |= bit_of(page);
    return first;
}

/* The bits of those pages from `first` to `last` that lie in the word. */
static uint64_t bits_within(uint64_t number, uint64_t first, uint64_t last)
{
    uint64_t const low = number * PAGES_OF_WORD;
    uint64_t bits = UINT64_MAX;

    if (first > low)
        bits &= UINT64_MAX << (first - low);
    if (last < low + PAGES_OF_WORD - 1)
        bits &= UINT64_MAX >> (low + PAGES_OF_WORD - 1 - last);
    return bits;
}

/* A mapping of terabytes has fewer touched pages than pages: then the map is shorter. */
void pages_clear(struct pages *pages, uint64_t begin, uint64_t end)
{
    if (begin >= end)
        return;
    uint64_t const first = begin / PAGE_BYTES;
    uint64_t const last = end / PAGE_BYTES - 1;
    uint64_t const first_word = first / PAGES_OF_WORD;
    uint64_t const last_word = last / PAGES_OF_WORD;

    if (last_word - first_word < pages->words.capacity) {
        for (uint64_t number = first_word; number <= last_word; number++) {
            uint64_t *const word = number_map_find(&pages->words, number);
            if (word != NULL)
                *word &= ~bits_within(number, first, last);
        }
        return;
    }
    for (size_t i = 0; i < pages->words.capacity; i++) {
        struct number_map_slot *const slot = &pages->words.slot[i];
        if (slot->key >= first_word && slot->key <= last_word)
            slot->value &= ~bits_within(slot->key, first, last);
    }
}

/* From a copy, since the two ranges may overlap in a program that mremaps twice. */
void pages_move(struct pages *pages, uint64_t from, uint64_t to, uint64_t bytes)
{
    struct pages before = pages_copy(pages);

    pages_clear(pages, from, from + bytes);
    pages_clear(pages, to, to + bytes);
    for (size_t i = 0; i < before.words.capacity; i++) {
        struct number_map_slot const *const slot = &before.words.slot[i];
        if (slot->key == NUMBER_MAP_EMPTY)
            continue;
        for (uint64_t left = slot->value; left != 0; left &= left - 1) {
            uint64_t const page =
                slot->key * PAGES_OF_WORD + (uint64_t)__builtin_ctzll(left);
            if (page * PAGE_BYTES - from < bytes)
                pages_touch(pages, page * PAGE_BYTES - from + to);
        }
    }
    pages_free(&before);
}

struct pages pages_copy(struct pages const *pages)
{
    return (struct pages){number_map_copy(&pages->words)};
}

void pages_free(struct pages *pages)
{
    number_map_free(&pages->words);
}
