/* intern.c -- a hash table with open addressing whose keys are copies in an arena.
 *
 * SPDX-License-Identifier: MIT */
#include "base/intern.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

enum { SLOTS_FIRST = 64 };

struct intern_entry {
    void const *bytes; /* NULL: free */
    size_t size;
    uint64_t hash;
    size_t number;
};

/* FNV-1a (Fowler, Noll and Vo), eight bytes at a time, with a final mix so that the low bits depend
 * on all bytes. */
static uint64_t hash_of(void const *bytes, size_t size)
{
    unsigned char const *at = bytes;
    uint64_t hash = UINT64_C(0xcbf29ce484222325) ^ size;

    while (size > 0) {
        uint64_t word = 0;
        size_t const taken = size < sizeof word ? size : sizeof word;
        memcpy(&word, at, taken);
        hash = (hash ^ word) * UINT64_C(0x100000001b3);
        hash ^= hash >> 29;
        at += taken;
        size -= taken;
    }
    hash *= UINT64_C(0x9e3779b97f4a7c15);
    return hash ^ (hash >> 32);
}

/* The entry of these bytes, or the free one where they would go. */
static struct intern_entry *entry_of(struct intern const *intern, void const *bytes, size_t size,
                                     uint64_t hash)
{
    for (size_t slot = hash & (intern->slots - 1);; slot = (slot + 1) & (intern->slots - 1)) {
        struct intern_entry *const entry = &intern->entries[slot];
        if (entry->bytes == NULL || (entry->hash == hash && entry->size == size &&
                                     memcmp(entry->bytes, bytes, size) == 0))
            return entry;
    }
}

static void grow(struct intern *intern)
{
    struct intern_entry *const old = intern->entries;
    size_t const slots = intern->slots;

    intern->slots = slots == 0 ? SLOTS_FIRST : 2 * slots;
    intern->entries = memory_zeroed(intern->slots, sizeof *intern->entries);
    for (size_t i = 0; i < slots; i++)
        if (old[i].bytes != NULL)
            *entry_of(intern, old[i].bytes, old[i].size, old[i].hash) = old[i];
    free(old);
}

size_t intern_number(struct intern *intern, void const *bytes, size_t size)
{
    uint64_t const hash = hash_of(bytes, size);

    if (2 * (intern->count + 1) > intern->slots)
        grow(intern);
    struct intern_entry *const entry = entry_of(intern, bytes, size, hash);
    if (entry->bytes == NULL) {
        *entry = (struct intern_entry){arena_copy(&intern->arena, bytes, size), size, hash,
                                       intern->count};
        intern->bytes = memory_room(intern->bytes, intern->count, sizeof *intern->bytes);
        intern->bytes[intern->count++] = entry->bytes;
    }
    return entry->number;
}

size_t intern_text(struct intern *intern, char const *text)
{
    return intern_number(intern, text, strlen(text) + 1);
}

void const *intern_bytes(struct intern const *intern, size_t number)
{
    return intern->bytes[number];
}

void intern_free(struct intern *intern)
{
    free(intern->entries);
    free(intern->bytes);
    arena_free(&intern->arena);
    *intern = (struct intern){.entries = NULL};
}
