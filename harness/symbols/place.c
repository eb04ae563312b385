/* place.c -- looks addresses up in ranges, and unwinding rules in objects.
 *
 * SPDX-License-Identifier: MIT */
#include "symbols/place.h"

#include "base/memory.h"
#include "base/number_map.h"
#include "base/text.h"
#include "symbols/function_name.h"

#include <stdlib.h>
#include <string.h>

struct places {
    struct spaces const *spaces;
    struct symbols *symbols;
    struct number_map objects; /* address of a path -> address of its object */
};

/* The process whose rules unwind.h looks up. */
struct asked {
    struct places *places;
    uint32_t pid;
};

struct places *places_new(struct spaces const *spaces, struct symbols *symbols)
{
    struct places *const places = memory_zeroed(1, sizeof *places);

    places->spaces = spaces;
    places->symbols = symbols;
    return places;
}

void places_free(struct places *places)
{
    number_map_free(&places->objects);
    free(places);
}

struct object *place_object(struct places *places, struct range const *range)
{
    uint64_t *const object = number_map_at(&places->objects, (uintptr_t)range->path);

    if (*object == 0)
        *object = (uintptr_t)symbols_object(places->symbols, range->path);
    return (struct object *)(uintptr_t)*object;
}

/* The call before a return address may be the last instruction of its range. */
struct place place_find(struct places *places, uint32_t pid, uint64_t address, bool of_call)
{
    struct range const *const range = space_find(places->spaces, pid, address - of_call);

    if (range == NULL || !range_is_file(range))
        return (struct place){NULL, 0, of_call};
    return (struct place){place_object(places, range),
                          address - range->begin + range->file_offset, of_call};
}

static struct unwind_rule look_up(void *context, uint64_t address, bool of_call)
{
    struct asked const *const asked = context;
    struct place const place = place_find(asked->places, asked->pid, address, of_call);

    if (place.object == NULL)
        return (struct unwind_rule){.known = false};
    return object_unwind_rule(place.object, place.file_offset - of_call);
}

size_t places_of_stack(struct places *places, uint32_t pid, struct trace_stack const *stack,
                       struct place place[UNWIND_FRAMES_MAX])
{
    struct asked asked = {places, pid};
    uint64_t ip[UNWIND_FRAMES_MAX];
    size_t const count = unwind_repair(stack, look_up, &asked, ip);

    for (size_t i = 0; i < count; i++)
        place[i] = place_find(places, pid, ip[i], i > 0);
    return count;
}

struct frames place_frames(struct place const *place)
{
    static struct frame const nameless = {.function = NULL};

    if (place->object == NULL)
        return (struct frames){&nameless, 1};
    return object_frames(place->object, place->file_offset, place->of_call);
}

char *place_nameless(struct object const *object)
{
    char const *const path = object != NULL ? object_path(object) : "[unknown]";
    char const *const slash = strrchr(path, '/');
    char *const name =
        *path == '[' ? text_copy(path) : text_format("[%s]", slash != NULL ? slash + 1 : path);
    char *const printable = function_name_printable(name);

    free(name);
    return printable;
}
