/* code_location.c -- looks addresses up in ranges, and unwinding rules in objects.
 *
 * SPDX-License-Identifier: MIT */
#include "symbols/code_location.h"

#include "base/memory.h"
#include "base/number_map.h"
#include "base/text.h"
#include "symbols/function_name.h"

#include <stdlib.h>
#include <string.h>

struct locations {
    struct spaces const *spaces;
    struct symbols *symbols;
    struct number_map objects; /* address of a path -> address of its object */
};

/* The process whose rules unwind.h looks up. */
struct asked {
    struct locations *locations;
    uint32_t pid;
};

struct locations *locations_new(struct spaces const *spaces, struct symbols *symbols)
{
    struct locations *const locations = memory_zeroed(1, sizeof *locations);

    locations->spaces = spaces;
    locations->symbols = symbols;
    return locations;
}

void locations_free(struct locations *locations)
{
    number_map_free(&locations->objects);
    free(locations);
}

struct object *location_object(struct locations *locations, struct range const *range)
{
    uint64_t *const object = number_map_at(&locations->objects, (uintptr_t)range->path);

    if (*object == 0)
        *object = (uintptr_t)symbols_object(locations->symbols, range->path);
    return (struct object *)(uintptr_t)*object;
}

/* The call before a return address may be the last instruction of its range. */
struct location location_find(struct locations *locations, uint32_t pid, uint64_t address,
                              bool of_call)
{
    struct range const *const range = space_find(locations->spaces, pid, address - of_call);

    if (range == NULL || !range_is_file(range))
        return (struct location){NULL, 0, of_call};
    return (struct location){location_object(locations, range),
                          address - range->begin + range->file_offset, of_call};
}

static struct unwind_rule look_up(void *context, uint64_t address, bool of_call)
{
    struct asked const *const asked = context;
    struct location const location = location_find(asked->locations, asked->pid, address, of_call);

    if (location.object == NULL)
        return (struct unwind_rule){.known = false};
    return object_unwind_rule(location.object, location.file_offset - of_call);
}

size_t locations_of_stack(struct locations *locations, uint32_t pid,
                          struct trace_stack const *stack,
                          struct location location[UNWIND_FRAMES_MAX])
{
    struct asked asked = {locations, pid};
    uint64_t ip[UNWIND_FRAMES_MAX];
    size_t const count = unwind_repair(stack, look_up, &asked, ip);

    for (size_t i = 0; i < count; i++)
        location[i] = location_find(locations, pid, ip[i], i > 0);
    return count;
}

struct frames location_frames(struct location const *location)
{
    static struct frame const nameless = {.function = NULL};

    if (location->object == NULL)
        return (struct frames){&nameless, 1};
    return object_frames(location->object, location->file_offset, location->of_call);
}

char *location_nameless(struct object const *object)
{
    char const *const path = object != NULL ? object_path(object) : "[unknown]";
    char const *const slash = strrchr(path, '/');
    char *const name =
        *path == '[' ? text_copy(path) : text_format("[%s]", slash != NULL ? slash + 1 : path);
    char *const printable = function_name_printable(name);

    free(name);
    return printable;
}
