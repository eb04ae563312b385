/* names.c -- a hash table of strings.
 *
 * SPDX-License-Identifier: MIT */
#include "names.h"

#include "memory.h"
#include "text.h"

#include <stdlib.h>
#include <string.h>

enum { CAPACITY_FIRST = 64 };

/* FNV-1a. */
static uint64_t hash_of(char const *text)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);

    for (; *text != '\0'; text++)
        hash = (hash ^ (unsigned char)*text) * UINT64_C(0x100000001b3);
    return hash;
}

/* Where the text's number stands, or goes. */
static uint32_t *slot_of(struct names const *names, char const *text)
{
    size_t position = (size_t)hash_of(text) & (names->capacity - 1);

    while (names->slot[position] != 0 &&
           strcmp(names->text[names->slot[position] - 1], text) != 0)
        position = (position + 1) & (names->capacity - 1);
    return &names->slot[position];
}

static void grow(struct names *names)
{
    names->capacity = names->capacity == 0 ? CAPACITY_FIRST : 2 * names->capacity;
    free(names->slot);
    names->slot = memory_zeroed(names->capacity, sizeof *names->slot);
    for (size_t i = 0; i < names->count; i++)
        *slot_of(names, names->text[i]) = (uint32_t)i + 1;
}

uint32_t names_number(struct names *names, char const *text)
{
    if (2 * (names->count + 1) > names->capacity)
        grow(names);
    uint32_t *const slot = slot_of(names, text);
    if (*slot == 0) {
        names->text = memory_room_for_one(names->text, names->count, sizeof *names->text);
        names->text[names->count] = text_copy(text);
        *slot = (uint32_t)++names->count;
    }
    return *slot - 1;
}

char const *names_text(struct names const *names, uint32_t number)
{
    return names->text[number];
}

void names_free(struct names *names)
{
    for (size_t i = 0; i < names->count; i++)
        free(names->text[i]);
    free(names->text);
    free(names->slot);
    *names = (struct names){0};
}
