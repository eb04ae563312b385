/* inline_chain.c -- two sorted tables, units and their functions, then down the blocks of one.
 *
 * libdw finds a unit by .debug_aranges, which clang does not write, and a function by
 * dwarf_getscopes, which walks the whole unit for every address.
 *
 * SPDX-License-Identifier: MIT */
#include "symbols/inline_chain.h"

#include "base/memory.h"

#include <dwarf.h>
#include <stdlib.h>

static void add_range(struct code_ranges *ranges, struct code_range range)
{
    if (ranges->count == ranges->room) {
        struct code_ranges grown = {.count = ranges->count, .room = 2 * ranges->room + 16};
        grown.range = memory_zeroed(grown.room, sizeof *grown.range);
        for (size_t i = 0; i < ranges->count; i++)
            grown.range[i] = ranges->range[i];
        free(ranges->range);
        *ranges = grown;
    }
    ranges->range[ranges->count++] = range;
}

/* Code that the linker discarded remains in DWARF at address 0. */
static void add_ranges_of(struct code_ranges *ranges, Dwarf_Die *die, uint64_t owner)
{
    Dwarf_Addr base = 0;
    Dwarf_Addr begin = 0;
    Dwarf_Addr end = 0;
    ptrdiff_t next = 0;

    while ((next = dwarf_ranges(die, next, &base, &begin, &end)) > 0)
        if (begin > 0 && begin < end)
            add_range(ranges, (struct code_range){begin, end, owner});
}

static int by_begin(void const *one, void const *other)
{
    struct code_range const *const a = one;
    struct code_range const *const b = other;

    if (a->begin != b->begin)
        return a->begin < b->begin ? -1 : 1;
    return a->owner < b->owner ? -1 : a->owner > b->owner;
}

static void sort_ranges(struct code_ranges *ranges)
{
    if (ranges->count > 0)
        qsort(ranges->range, ranges->count, sizeof *ranges->range, by_begin);
}

static struct code_range const *find_range(struct code_ranges const *ranges, uint64_t address)
{
    size_t first = 0;
    size_t last = ranges->count;

    while (first < last) {
        size_t const middle = first + (last - first) / 2;
        if (ranges->range[middle].begin <= address)
            first = middle + 1;
        else
            last = middle;
    }
    return first > 0 && address < ranges->range[first - 1].end ? &ranges->range[first - 1] : NULL;
}

/* DW_AT_GNU_dwo_name is that of DWARF 4. */
static char const *name_of_split(Dwarf_Die *skeleton)
{
    Dwarf_Attribute attribute;

    if (dwarf_attr(skeleton, DW_AT_dwo_name, &attribute) == NULL &&
        dwarf_attr(skeleton, DW_AT_GNU_dwo_name, &attribute) == NULL)
        return NULL;
    return dwarf_formstring(&attribute);
}

/* The entry that holds the unit's functions; false if that is not here. */
static bool settle_unit(struct code_units *units, struct code_unit *unit, uint8_t type,
                        Dwarf_Die *split)
{
    if (type == DW_UT_compile)
        return true;
    if (type != DW_UT_skeleton)
        return false;
    if (split->cu != NULL && dwarf_tag(split) == DW_TAG_compile_unit) {
        unit->die = *split;
        return true;
    }
    if (units->split_missing++ == 0)
        units->split_missing_name = name_of_split(&unit->die);
    return false;
}

void code_units_read(struct code_units *units, struct object_file const *file)
{
    Dwarf_CU *cu = NULL;
    uint8_t type = 0;
    size_t room = 0;

    *units = (struct code_units){0};
    if (file->module != NULL)
        units->dwarf = dwfl_module_getdwarf(file->module, &units->bias);
    if (units->dwarf == NULL)
        return;
    while (dwarf_get_units(units->dwarf, cu, &cu, NULL, &type, NULL, NULL) == 0)
        room++;
    units->unit = memory_zeroed(room, sizeof *units->unit);
    cu = NULL;
    for (size_t i = 0; i < room; i++) {
        struct code_unit *const unit = &units->unit[units->count];
        Dwarf_Die split = {0};
        if (dwarf_get_units(units->dwarf, cu, &cu, NULL, &type, &unit->die, &split) != 0)
            break;
        Dwarf_Die own = unit->die;
        if (settle_unit(units, unit, type, &split))
            add_ranges_of(&units->ranges, &own, units->count++);
    }
    sort_ranges(&units->ranges);
}

void code_units_free(struct code_units *units)
{
    for (size_t i = 0; i < units->count; i++) {
        free(units->unit[i].functions.range);
        number_map_free(&units->unit[i].copies);
    }
    free(units->unit);
    free(units->ranges.range);
}

/* In C++ and Rust functions may be inside namespaces and types. */
static bool holds_functions(int tag)
{
    return tag == DW_TAG_namespace || tag == DW_TAG_class_type ||
           tag == DW_TAG_structure_type || tag == DW_TAG_union_type ||
           tag == DW_TAG_enumeration_type || tag == DW_TAG_module;
}

Dwarf_Die inline_chain_origin(Dwarf_Die const *entry)
{
    enum { ORIGINS_MAX = 4 };
    Dwarf_Die origin = *entry;
    Dwarf_Attribute attribute;

    for (int i = 0; i < ORIGINS_MAX; i++)
        if (dwarf_attr(&origin, DW_AT_abstract_origin, &attribute) == NULL ||
            dwarf_formref_die(&attribute, &origin) == NULL)
            break;
    return origin;
}

static void add_function(struct code_unit *unit, Dwarf_Die *function)
{
    struct code_ranges *const functions = &unit->functions;
    size_t const known = functions->count;

    add_ranges_of(functions, function, dwarf_dieoffset(function));
    if (functions->count == known)
        return;
    uint64_t *const copy =
        number_map_at(&unit->copies, (uintptr_t)inline_chain_origin(function).addr);
    if (*copy == 0)
        *copy = functions->range[known].begin;
}

/* NOLINTNEXTLINE(misc-no-recursion): as deep as namespaces stand in one another */
static void read_functions(struct code_unit *unit, Dwarf_Die *parent)
{
    Dwarf_Die child;

    for (int end = dwarf_child(parent, &child); end == 0; end = dwarf_siblingof(&child, &child)) {
        int const tag = dwarf_tag(&child);
        if (tag == DW_TAG_subprogram)
            add_function(unit, &child);
        else if (holds_functions(tag))
            read_functions(unit, &child);
    }
}

uint64_t inline_chain_copy(struct code_units const *units, Dwarf_Die const *entry)
{
    uintptr_t const origin = (uintptr_t)inline_chain_origin(entry).addr;

    for (size_t i = 0; i < units->count; i++) {
        uint64_t const *const copy = units->unit[i].die.cu == entry->cu
                                         ? number_map_find(&units->unit[i].copies, origin)
                                         : NULL;
        if (copy != NULL)
            return *copy + units->bias;
    }
    return 0;
}

/* Replaces *scope by the block or inlined function in it that holds the address. */
static bool enter(Dwarf_Die *scope, Dwarf_Addr address)
{
    Dwarf_Die child;

    for (int end = dwarf_child(scope, &child); end == 0; end = dwarf_siblingof(&child, &child)) {
        int const tag = dwarf_tag(&child);
        bool const scopes = tag == DW_TAG_inlined_subroutine || tag == DW_TAG_lexical_block ||
                            tag == DW_TAG_try_block || tag == DW_TAG_catch_block;
        if (scopes && dwarf_haspc(&child, address) > 0) {
            *scope = child;
            return true;
        }
    }
    return false;
}

size_t inline_chain(struct code_units *units, uint64_t address, Dwarf_Die entry[INLINE_CHAIN_MAX])
{
    Dwarf_Addr const there = address - units->bias;
    struct code_range const *const owner = find_range(&units->ranges, there);
    size_t count = 0;

    if (owner == NULL)
        return 0;
    struct code_unit *const unit = &units->unit[owner->owner];
    if (!unit->is_read) {
        read_functions(unit, &unit->die);
        sort_ranges(&unit->functions);
        unit->is_read = true;
    }
    struct code_range const *const function = find_range(&unit->functions, there);
    Dwarf_Die scope;
    if (function == NULL ||
        dwarf_offdie(dwarf_cu_getdwarf(unit->die.cu), function->owner, &scope) == NULL)
        return 0;
    entry[count++] = scope;
    while (count < INLINE_CHAIN_MAX && enter(&scope, there))
        if (dwarf_tag(&scope) == DW_TAG_inlined_subroutine)
            entry[count++] = scope;
    return count;
}

/* The file of a function's definition is recorded at its origin, which may be in another unit
 * (LTO). libdw 0.188 treats file 0 as none; since DWARF 5 it is the unit's own file, and clang uses
 * it. */
char const *inline_chain_file(Dwarf_Die const *entry)
{
    Dwarf_Die origin = inline_chain_origin(entry);
    Dwarf_Die unit;
    Dwarf_Attribute attribute;
    Dwarf_Word number = 0;
    Dwarf_Files *files = NULL;

    char const *const path = dwarf_decl_file(&origin);
    if (path != NULL || dwarf_attr_integrate(&origin, DW_AT_decl_file, &attribute) == NULL ||
        dwarf_formudata(&attribute, &number) != 0 || number != 0 ||
        dwarf_diecu(&origin, &unit, NULL, NULL) == NULL ||
        dwarf_getsrcfiles(&unit, &files, NULL) != 0)
        return path;
    return dwarf_filesrc(files, 0, NULL, NULL);
}
