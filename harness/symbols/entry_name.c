/* entry_name.c -- climbs from a function's entry to its declaration, and from there to its unit.
 *
 * SPDX-License-Identifier: MIT */
#include "symbols/entry_name.h"

#include "base/text.h"
#include "symbols/inline_chain.h"

#include <dwarf.h>
#include <stdlib.h>

/* Compilers from before DWARF 4 wrote the second one. */
char const *entry_linker_name(Dwarf_Die const *entry)
{
    Dwarf_Die die = *entry;
    Dwarf_Attribute attribute;

    if (dwarf_attr_integrate(&die, DW_AT_linkage_name, &attribute) == NULL &&
        dwarf_attr_integrate(&die, DW_AT_MIPS_linkage_name, &attribute) == NULL)
        return NULL;
    return dwarf_formstring(&attribute);
}

/* A member function is defined outside of its class, and declared within it. */
static Dwarf_Die declaration_of(Dwarf_Die const *entry)
{
    Dwarf_Die const origin = inline_chain_origin(entry);
    Dwarf_Die declaration = origin;
    Dwarf_Attribute attribute;

    if (dwarf_attr(&declaration, DW_AT_specification, &attribute) == NULL ||
        dwarf_formref_die(&attribute, &declaration) == NULL)
        return origin;
    return declaration;
}

static bool is_named_type(int tag)
{
    return tag == DW_TAG_class_type || tag == DW_TAG_structure_type || tag == DW_TAG_union_type ||
           tag == DW_TAG_enumeration_type;
}

/* GCC gives the type of a lambda expression no name. */
static bool is_lambda(Dwarf_Die *type)
{
    Dwarf_Die member;

    if (dwarf_diename(type) != NULL)
        return false;
    for (int end = dwarf_child(type, &member); end == 0; end = dwarf_siblingof(&member, &member))
        if (dwarf_tag(&member) == DW_TAG_subprogram && dwarf_diename(&member) != NULL &&
            text_equal(dwarf_diename(&member), "operator()"))
            return true;
    return false;
}

/* Counts the lambda expressions of a function up to the wanted one; true once it is found.
 * NOLINTNEXTLINE(misc-no-recursion): as deep as blocks stand in one another */
static bool count_lambdas(Dwarf_Die *scope, Dwarf_Die const *wanted, unsigned *count)
{
    Dwarf_Die child;

    for (int end = dwarf_child(scope, &child); end == 0; end = dwarf_siblingof(&child, &child)) {
        int const tag = dwarf_tag(&child);
        *count += is_named_type(tag) && is_lambda(&child);
        if (child.addr == wanted->addr ||
            (tag == DW_TAG_lexical_block && count_lambdas(&child, wanted, count)))
            return true;
    }
    return false;
}

/* As demanglers call what has no name; NULL for what is no part of a name. The caller frees it. */
static char *scope_name(Dwarf_Die *scope, Dwarf_Die *outer)
{
    char const *const name = dwarf_diename(scope);
    int const tag = dwarf_tag(scope);
    unsigned number = 0;

    if (name == NULL && tag == DW_TAG_namespace)
        return text_copy("(anonymous namespace)");
    if (name == NULL && is_named_type(tag) && is_lambda(scope)) {
        count_lambdas(outer, scope, &number);
        return text_format("{lambda#%u}", number);
    }
    if (name == NULL && is_named_type(tag))
        return text_copy("{unnamed type}");
    if (name == NULL || !(is_named_type(tag) || tag == DW_TAG_namespace || tag == DW_TAG_module ||
                          tag == DW_TAG_subprogram))
        return NULL;
    return text_copy(name);
}

/* The position of the function, or whatever else is no block, around scopes[inner]. */
static int outer_scope(Dwarf_Die *scopes, int count, int inner)
{
    int outer = inner + 1;

    while (outer < count - 1 && dwarf_tag(&scopes[outer]) == DW_TAG_lexical_block)
        outer++;
    return outer < count ? outer : inner;
}

char *entry_scoped_name(Dwarf_Die const *entry)
{
    Dwarf_Die declaration = declaration_of(entry);
    char const *const name = dwarf_diename(&declaration);
    Dwarf_Die *scopes = NULL;

    if (name == NULL)
        return NULL;
    char *scoped = text_copy("");
    int const count = dwarf_getscopes_die(&declaration, &scopes);
    for (int i = count - 1; i > 0; i--) {
        char *const scope = scope_name(&scopes[i], &scopes[outer_scope(scopes, count, i)]);
        if (scope != NULL)
            text_append(&scoped, "%s::", scope);
        free(scope);
    }
    free(scopes);
    text_append(&scoped, "%s", name);
    return scoped;
}
