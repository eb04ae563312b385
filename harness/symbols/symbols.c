/* symbols.c -- caches the functions at each location of each object.
 *
 * SPDX-License-Identifier: MIT */
#include "symbols/symbols.h"

#include "base/arena.h"
#include "base/intern.h"
#include "base/memory.h"
#include "base/number_map.h"
#include "base/text.h"
#include "symbols/entry_name.h"
#include "symbols/function_name.h"
#include "symbols/inline_chain.h"
#include "symbols/kernel_symbols.h"
#include "symbols/layer_declarations.h"
#include "symbols/object_file.h"
#include "symbols/symbol_table.h"
#include "symbols/unwind_rules.h"

#include <stdlib.h>
#include <string.h>

/* The functions at one location. */
struct lookup {
    size_t count;
    struct frame frame[];
};

struct object {
    char const *path;
    struct object_file file;
    struct symbol_table table;
    struct code_units units;
    struct layer_declarations layers;
    char *problem;
    struct arena arena;  /* of the locations and rules that were looked up */
    struct number_map lookups; /* file_offset * 2 + of_call -> address of its struct lookup */
    struct number_map rules;  /* file_offset -> address of its struct unwind_rule */
    struct intern names;      /* of functions, as they are shown */
    struct number_map shown;  /* address of a linker's name or an entry -> index in names, plus 1 */
};

struct symbols {
    struct intern paths;
    struct object **object; /* of each path */
    struct kernel_symbols kernel;
};

struct symbols *symbols_open(void)
{
    struct symbols *const symbols = memory_zeroed(1, sizeof *symbols);

    kernel_symbols_read(&symbols->kernel, "/proc/kallsyms");
    return symbols;
}

static char *problem_of(struct object const *object)
{
    if (object->file.problem != NULL)
        return text_copy(object->file.problem);
    if (object->table.count == 0 && object->units.ranges.count == 0)
        return text_copy("no symbols: stripped");
    if (object->layers.problem != NULL)
        return text_copy(object->layers.problem);
    return object->units.split_missing == 0
               ? NULL
               : text_format("functions inlined in %zu of its units are not told apart: '%s' and "
                             "its like are not where the compiler left them",
                             object->units.split_missing,
                             object->units.split_missing_name != NULL
                                 ? object->units.split_missing_name
                                 : "?");
}

/* The path must outlive it. */
static struct object *object_open(char const *path)
{
    struct object *const object = memory_zeroed(1, sizeof *object);

    object->path = path;
    object_file_open(&object->file, path);
    symbol_table_read(&object->table, &object->file);
    code_units_read(&object->units, &object->file);
    layer_declarations_read(&object->layers, &object->file);
    object->problem = problem_of(object);
    return object;
}

static void object_close(struct object *object)
{
    number_map_free(&object->lookups);
    number_map_free(&object->rules);
    number_map_free(&object->shown);
    intern_free(&object->names);
    arena_free(&object->arena);
    layer_declarations_free(&object->layers);
    code_units_free(&object->units);
    symbol_table_free(&object->table);
    object_file_close(&object->file);
    free(object->problem);
    free(object);
}

void symbols_close(struct symbols *symbols)
{
    if (symbols == NULL)
        return;
    for (size_t i = 0; i < symbols->paths.count; i++)
        object_close(symbols->object[i]);
    free(symbols->object);
    intern_free(&symbols->paths);
    kernel_symbols_free(&symbols->kernel);
    free(symbols);
}

struct object *symbols_object(struct symbols *symbols, char const *path)
{
    size_t const known = symbols->paths.count;
    size_t const number = intern_text(&symbols->paths, path);

    if (number == known) {
        symbols->object = memory_room(symbols->object, known, sizeof(struct object *));
        symbols->object[known] = object_open(intern_bytes(&symbols->paths, known));
    }
    return symbols->object[number];
}

char const *object_path(struct object const *object)
{
    return object->path;
}

char const *object_build_id(struct object const *object)
{
    return object->file.build_id;
}

char const *object_problem(struct object const *object)
{
    return object->problem;
}

uint64_t object_thread_local_bytes(struct object const *object)
{
    return object->file.thread_local_bytes;
}

/* Keeps and frees a name; NULL of NULL. */
static char const *keep(struct object *object, uint64_t *number, char *name)
{
    if (name == NULL)
        return NULL;
    *number = intern_text(&object->names, name) + 1;
    free(name);
    return intern_bytes(&object->names, *number - 1);
}

/* Demangling is costly, and a function has many lookups. */
static char const *shown_name(struct object *object, char const *linker_name)
{
    uint64_t *const number = number_map_at(&object->shown, (uintptr_t)linker_name);

    if (*number != 0)
        return intern_bytes(&object->names, *number - 1);
    return keep(object, number, function_name_of(linker_name));
}

/* Of a function without a linker's name; all its inlined copies have one origin. */
static char const *scoped_name(struct object *object, Dwarf_Die const *entry)
{
    Dwarf_Die const origin = inline_chain_origin(entry);
    uint64_t *const number = number_map_at(&object->shown, (uintptr_t)origin.addr);

    if (*number != 0)
        return intern_bytes(&object->names, *number - 1);
    char *const scoped = entry_scoped_name(entry);
    char *const printable = scoped != NULL ? function_name_printable(scoped) : NULL;
    free(scoped);
    return keep(object, number, printable);
}

/* The linker's table names code, with and without DWARF; an inlined function has the name of its
 * own code, if there is any. */
static char const *linker_name(struct object const *object, uint64_t address, Dwarf_Die *entry,
                               bool inlined)
{
    uint64_t const own = inlined ? inline_chain_copy(&object->units, entry) : address;
    char const *const name = own != 0 ? symbol_table_name(&object->table, own) : NULL;

    return name == NULL && entry != NULL ? entry_linker_name(entry) : name;
}

/* entry is NULL if DWARF does not know the function. */
static struct frame frame_of(struct object *object, uint64_t address, Dwarf_Die *entry,
                             bool inlined)
{
    struct frame frame = {.inlined = inlined,
                          .linker_name = linker_name(object, address, entry, inlined)};
    char const *path = NULL;

    if (frame.linker_name != NULL)
        frame.function = shown_name(object, frame.linker_name);
    else if (entry != NULL)
        frame.function = scoped_name(object, entry);
    /* Reading the path needs a line table, so it is done only if a declaration could need it. */
    if (entry != NULL && object->layers.file_count > 0)
        path = inline_chain_file(entry);
    frame.layer = layer_declarations_find(&object->layers, &frame, path);
    return frame;
}

static struct lookup *look_up(struct object *object, uint64_t file_offset)
{
    Dwarf_Die entry[INLINE_CHAIN_MAX];
    uint64_t address = 0;
    bool const loaded = object_file_address(&object->file, file_offset, &address);
    size_t const depth = loaded ? inline_chain(&object->units, address, entry) : 0;
    size_t const count = depth > 0 ? depth : 1;
    struct lookup *const lookup =
        arena_room(&object->arena, sizeof *lookup + count * sizeof *lookup->frame);

    *lookup = (struct lookup){.count = count};
    lookup->frame[0] = (struct frame){.function = NULL};
    for (size_t i = 0; i < depth; i++)
        lookup->frame[depth - 1 - i] = frame_of(object, address, &entry[i], i > 0);
    if (loaded && depth == 0)
        lookup->frame[0] = frame_of(object, address, NULL, false);
    return lookup;
}

struct frames object_frames(struct object *object, uint64_t file_offset, bool of_call)
{
    uint64_t const key = file_offset * 2 + of_call;
    uint64_t *const known = number_map_at(&object->lookups, key);

    if (*known == 0)
        *known = (uintptr_t)look_up(object, file_offset - of_call);
    struct lookup const *const lookup = (struct lookup const *)(uintptr_t)*known;
    return (struct frames){lookup->frame, lookup->count};
}

struct unwind_rule object_unwind_rule(struct object *object, uint64_t file_offset)
{
    uint64_t *const known = number_map_at(&object->rules, file_offset);

    if (*known == 0) {
        struct unwind_rule rule = {.known = false};
        uint64_t address = 0;
        if (object_file_address(&object->file, file_offset, &address))
            rule = unwind_rule_at(&object->file, address);
        *known = (uintptr_t)arena_copy(&object->arena, &rule, sizeof rule);
    }
    return *(struct unwind_rule const *)(uintptr_t)*known;
}

struct memory_declaration const *object_memory(struct object *object, struct frame const *frame)
{
    for (size_t i = 0; i < object->layers.memory_count && frame->function != NULL; i++)
        if (function_name_is(object->layers.memory[i].function, frame->function,
                             frame->linker_name))
            return &object->layers.memory[i];
    return NULL;
}

char const *symbols_kernel(struct symbols const *symbols, uint64_t address)
{
    return kernel_symbols_name(&symbols->kernel, address);
}

enum kernel_names symbols_kernel_names(struct symbols const *symbols)
{
    return symbols->kernel.hidden ? KERNEL_NAMES_HIDDEN : KERNEL_NAMES_ALL;
}
