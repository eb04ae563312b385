/* strings.c -- texts that grow by realloc, a piece at a time, until each has its length.
 *
 *   | a text |   realloc   | a text, longer |   ...   free, and begin anew
 *
 * An operation appends a piece of 1 to `piece` bytes to one of some texts. With growth=0 the block
 * is always as long as the text, with growth=50 it grows by half when it is full, as builders of
 * strings and vectors do. Lengths have a long tail (P(length >= x) = 16 / x) up to `longest`: one
 * byte at the least, 4 MB at the most.
 *
 * The idea is common to interpreters' and parsers' buffers; no benchmark is its model. It does not
 * show texts that are copied or compared: of each text the first byte and those at the seams are
 * looked at.
 *
 * SPDX-License-Identifier: MIT */
#include "workload.h"

#include <stdlib.h>

enum { SHORTEST = 16 };

struct text {
    unsigned char *block; /* NULL: not begun */
    size_t length;
    size_t room;
    size_t end; /* the length at which it is done */
};

static struct {
    struct text *text;
    uint32_t texts;
    uint32_t longest;
    uint32_t piece;
    uint64_t growth;
    uint32_t random;
    uint64_t checksum;
} state;

static void setup(void)
{
    state.texts = (uint32_t)workload_parameter("texts");
    state.longest = (uint32_t)workload_parameter("longest");
    state.piece = (uint32_t)workload_parameter("piece");
    state.growth = workload_parameter("growth");
    state.random = (uint32_t)workload_parameter("seed");
    state.checksum = CHECKSUM_START;
    state.text = workload_map(state.texts * sizeof *state.text);
}

static size_t draw_length(void)
{
    uint64_t const drawn =
        ((uint64_t)SHORTEST << 32) / ((uint64_t)random_draw(&state.random) + 1);

    return drawn < state.longest ? drawn : state.longest;
}

static void make_room(struct text *text, size_t length)
{
    size_t const grown = text->room + text->room * state.growth / 100;
    size_t const room = grown > length ? grown : length;

    if (length <= text->room)
        return;
    unsigned char *const block = realloc(text->block, room);
    if (block == NULL)
        workload_out_of_memory(room);
    text->block = block;
    text->room = room;
    state.checksum = checksum_add(state.checksum, room);
}

/* The piece's first and last byte; what was there before must have been kept. */
static void append(struct text *text, size_t length, unsigned char tag)
{
    size_t const before = text->length;

    make_room(text, before + length);
    if (before > 0 && (text->block[0] != tag || text->block[before - 1] != tag))
        workload_corrupted(text->block, before, content_expected(tag),
                           content_read(text->block, before));
    text->block[before] = tag;
    text->block[before + length - 1] = tag;
    text->length = before + length;
}

static uint64_t run(uint64_t operations)
{
    for (; operations > 0; operations--) {
        uint32_t const number = random_draw(&state.random) % state.texts;
        size_t const piece = 1 + random_draw(&state.random) % state.piece;
        struct text *const text = &state.text[number];
        if (text->block == NULL)
            text->end = draw_length();
        size_t const left = text->end - text->length;
        append(text, piece < left ? piece : left, content_tag(number));
        if (text->length == text->end) {
            state.checksum = checksum_add(state.checksum, text->length);
            free(text->block);
            *text = (struct text){.block = NULL};
        }
    }
    return state.checksum;
}

static struct parameter const params[] = {
    {"texts", 100, 1, UINT64_C(1) << 24, "texts", "that grow at the same time"},
    {"longest", 1 << 22, 1, UINT64_C(1) << 30, "bytes", "of a text"},
    {"piece", 64, 1, UINT64_C(1) << 24, "bytes", "of the longest piece"},
    {"growth", 50, 0, 1000, "%", "by which a full block grows; 0: as much as is needed"},
    {"seed", 42, 1, UINT32_MAX, "", "of the generator"},
    {.name = NULL},
};

struct workload const workload = {
    .name = "strings",
    .models = "parsers and templates: buffers and vectors that grow piece by piece",
    .params = params,
    .setup = setup,
    .run = run,
};
