/* constants.c -- the lines of .slablab.constants, those of one name put together.
 *
 *   name \t setting \t value \t lowest \t highest \t unit \t phrase
 *
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "catalogue/constants.h"

#include "base/text.h"
#include "catalogue/object_facts.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum field { NAME, SETTING, STANDARD, LOWEST, HIGHEST, UNIT, PHRASE, FIELDS };

/* Cuts the line up; false if it is none of ours. */
static bool split(char *line, char *field[FIELDS])
{
    size_t count = 0;

    for (char *word = strsep(&line, "\t"); word != NULL; word = strsep(&line, "\t"))
        if (count++ < FIELDS)
            field[count - 1] = word;
    return count == FIELDS;
}

static struct constant *find(struct constants const *constants, char const *name)
{
    for (size_t i = 0; i < constants->count; i++)
        if (text_equal(constants->constant[i].name, name))
            return &constants->constant[i];
    return NULL;
}

static struct constant *add(struct constants *constants, char *const field[FIELDS])
{
    struct arena *const arena = &constants->arena;

    constants->constant = arena_room_for_one(arena, constants->constant, constants->count,
                                             sizeof *constants->constant);
    struct constant *const constant = &constants->constant[constants->count++];
    constant->name = arena_text(arena, field[NAME]);
    constant->unit = arena_text(arena, field[UNIT]);
    constant->phrase = arena_text(arena, field[PHRASE]);
    constant->highest = UINT64_MAX;
    return constant;
}

static void add_setting(struct constants *constants, char *const field[FIELDS])
{
    struct arena *const arena = &constants->arena;
    struct constant *const known = find(constants, field[NAME]);
    struct constant *const constant = known != NULL ? known : add(constants, field);
    size_t const count = constant->setting_count++;
    uint64_t lowest = 0;
    uint64_t highest = UINT64_MAX;

    constant->settings =
        arena_room_for_one(arena, constant->settings, count, sizeof *constant->settings);
    constant->standards =
        arena_room_for_one(arena, constant->standards, count, sizeof *constant->standards);
    constant->settings[count] = arena_text(arena, field[SETTING]);
    constant->standards[count] = arena_text(arena, field[STANDARD]);
    text_to_number(field[LOWEST], &lowest);
    text_to_number(field[HIGHEST], &highest);
    constant->lowest = lowest > constant->lowest ? lowest : constant->lowest;
    constant->highest = highest < constant->highest ? highest : constant->highest;
}

static int compare(void const *one, void const *other)
{
    return strcmp(((struct constant const *)one)->name, ((struct constant const *)other)->name);
}

struct constants constants_of(char const *object)
{
    struct constants constants = {.constant = NULL};
    struct words lines = object_constants(object);
    char *field[FIELDS];

    for (size_t i = 0; i < lines.count; i++)
        if (split(lines.word[i], field))
            add_setting(&constants, field);
    if (constants.count > 0)
        qsort(constants.constant, constants.count, sizeof *constants.constant, compare);
    words_free(&lines);
    return constants;
}

void constants_free(struct constants *constants)
{
    arena_free(&constants->arena);
    *constants = (struct constants){.constant = NULL};
}

struct constant const *constants_find(struct constants const *constants, char const *name)
{
    return find(constants, name);
}

char *constant_standard(struct constant const *constant)
{
    char *text = text_copy("");

    for (size_t i = 0; i < constant->setting_count; i++) {
        bool is_new = true;
        for (size_t before = 0; before < i; before++)
            is_new = is_new && !text_equal(constant->standards[before], constant->standards[i]);
        if (is_new)
            text_append(&text, "%s%s", *text != '\0' ? ", " : "", constant->standards[i]);
    }
    return text;
}

char *constant_meaning(struct constant const *constant)
{
    return text_format("%s %s (%" PRIu64 " to %" PRIu64 ")", constant->unit, constant->phrase,
                       constant->lowest, constant->highest);
}
