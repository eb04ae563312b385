/* variant.c -- names of variants, and whether their phase has such constants.
 *
 * SPDX-License-Identifier: MIT */
#include "catalogue/variant.h"

#include "base/text.h"
#include "catalogue/build_id.h"
#include "catalogue/constants.h"
#include "catalogue/variant_build.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

bool variant_is_named(char const *name)
{
    size_t const phase = strcspn(name, "+=");

    return phase > 0 && name[phase] == '+' && strchr(name, '/') == NULL;
}

char *variant_phase(char const *name)
{
    return text_copy_bytes(name, strcspn(name, "+"));
}

struct words variant_assignments(char const *name)
{
    struct words assignments = {0};

    for (char const *rest = strchr(name, '+'); rest != NULL; rest = strchr(rest, '+')) {
        char *const word = text_copy_bytes(rest + 1, strcspn(rest + 1, "+"));
        words_add(&assignments, word);
        free(word);
        rest++;
    }
    return assignments;
}

/* Always false. Takes over the texts. */
static bool refuse(struct allocator *allocator, char *problem, char *remedy)
{
    allocator->problem = arena_format(&allocator->arena, "%s: %s", allocator->name, problem);
    allocator->remedy = arena_keep(&allocator->arena, remedy);
    free(problem);
    return false;
}

/* "batch; phase17-2 has batch (1 to 255), drain (1 to 65536)" for a name that is near to batch. */
static char *known_text(char const *phase, struct constants const *constants, char const *name)
{
    struct words names = {0};
    char *text = text_copy("");

    for (size_t i = 0; i < constants->count; i++)
        words_add(&names, constants->constant[i].name);
    char const *const nearest = text_nearest(name, names.word, names.count);
    if (nearest != NULL)
        text_append(&text, "%s; ", nearest);
    text_append(&text, "%s has ", phase);
    for (size_t i = 0; i < constants->count; i++)
        text_append(&text, "%s%s (%" PRIu64 " to %" PRIu64 ")", i > 0 ? ", " : "",
                    constants->constant[i].name, constants->constant[i].lowest,
                    constants->constant[i].highest);
    words_free(&names);
    return text;
}

static bool is_set_before(struct words const *assignments, size_t index)
{
    size_t const name = strcspn(assignments->word[index], "=") + 1;

    for (size_t i = 0; i < index; i++)
        if (strncmp(assignments->word[i], assignments->word[index], name) == 0)
            return true;
    return false;
}

/* One number, in the constant's range? */
static bool is_in_range(struct allocator *allocator, struct constant const *constant,
                        char const *value)
{
    uint64_t number = 0;
    char *const meaning = constant_meaning(constant);
    bool const is_number = text_to_number(value, &number);

    if (!is_number && strchr(value, ',') != NULL)
        refuse(allocator, text_format("%s: '%s' is a list, and one arm is wanted", constant->name,
                                      value),
               text_copy("one number; a list stands among an experiment's `arms`"));
    else if (!is_number)
        refuse(allocator, text_format("%s: '%s' is not a number", constant->name, value),
               text_format("%s: %s", constant->name, meaning));
    else if (number < constant->lowest || number > constant->highest)
        refuse(allocator, text_format("%s=%" PRIu64 " is out of its range", constant->name, number),
               text_format("%s: %s", constant->name, meaning));
    free(meaning);
    return allocator->problem == NULL;
}

static bool check(struct allocator *allocator, char const *phase, struct constants const *constants,
                  struct words const *assignments, size_t index)
{
    char const *const word = assignments->word[index];
    char const *const equals = strchr(word, '=');
    char *const name = text_copy_bytes(word, strcspn(word, "="));
    struct constant const *const constant = constants_find(constants, name);
    bool good = constant != NULL && equals != NULL && !is_set_before(assignments, index);

    if (constant == NULL)
        refuse(allocator, text_format("%s has no constant '%s'", phase, name),
               known_text(phase, constants, name));
    else if (equals == NULL)
        refuse(allocator, text_format("'+%s' sets nothing", word),
               text_format("%s+%s=%s", phase, word, constant->standards[0]));
    else if (!good)
        refuse(allocator, text_format("%s is set twice", name), text_copy("one value for each"));
    good = good && is_in_range(allocator, constant, equals + 1);
    free(name);
    return good;
}

/* The values as the plan has them, and what the compiler is to be told. */
static void take(struct allocator *allocator, struct constants const *constants,
                 struct words const *assignments, struct words *overrides)
{
    struct arena *const arena = &allocator->arena;

    allocator->values = arena_zeroed(arena, assignments->count * sizeof *allocator->values);
    for (size_t i = 0; i < assignments->count; i++) {
        char const *const word = assignments->word[i];
        struct constant_value *const value = &allocator->values[allocator->value_count++];
        value->name = arena_format(arena, "%.*s", (int)strcspn(word, "="), word);
        struct constant const *const constant = constants_find(constants, value->name);
        text_to_number(strchr(word, '=') + 1, &value->value);
        value->standard = arena_keep(arena, constant_standard(constant));
        value->unit = arena_text(arena, constant->unit);
        for (size_t setting = 0; setting < constant->setting_count; setting++) {
            char *const override = text_format("OVERRIDE_%s=SET_TO(%" PRIu64 ")",
                                               constant->settings[setting], value->value);
            words_add(overrides, override);
            free(override);
        }
    }
}

static void build(struct allocator *allocator, struct words const *overrides)
{
    struct arena *const arena = &allocator->arena;
    struct variant_files files = variant_build(allocator->name, allocator->phase, overrides);

    if (files.problem != NULL) {
        refuse(allocator, files.problem, files.remedy);
        return;
    }
    allocator->object = arena_keep(arena, files.object);
    allocator->serving = allocator->object;
    allocator->observer = arena_keep(arena, files.observer);
    allocator->build_id = arena_keep(arena, catalogue_build_id(allocator->object));
}

static void find(struct allocator *allocator, struct allocator const *phase)
{
    struct words assignments = variant_assignments(allocator->name);
    struct constants constants = constants_of(phase->object);
    struct words overrides = {0};
    bool good = true;

    for (size_t i = 0; good && i < assignments.count; i++)
        good = check(allocator, phase->name, &constants, &assignments, i);
    if (good) {
        take(allocator, &constants, &assignments, &overrides);
        build(allocator, &overrides);
    }
    words_free(&overrides);
    constants_free(&constants);
    words_free(&assignments);
}

bool variant_find(char const *name, struct allocator *allocator)
{
    char *const phase_name = variant_phase(name);
    struct allocator phase;
    bool const known = catalogue_allocator(phase_name, &phase);

    allocator->kind = ALLOCATOR_PHASE;
    allocator->phase = arena_text(&allocator->arena, phase_name);
    if (known && phase.kind != ALLOCATOR_PHASE)
        refuse(allocator, text_format("%s is no phase, and has no constants", phase_name),
               text_copy("slablab list allocators"));
    else if (known && phase.problem != NULL)
        refuse(allocator, text_copy(phase.problem), text_copy(phase.remedy));
    else if (known)
        find(allocator, &phase);
    catalogue_allocator_free(&phase);
    free(phase_name);
    return known;
}

/* The names so far, each with each of the values behind it. */
static void expand(struct words *names, char const *assignment)
{
    size_t const name = strcspn(assignment, "=");
    struct words longer = {0};

    for (size_t i = 0; i < names->count; i++) {
        char const *values = assignment + name + (assignment[name] == '=');
        do {
            size_t const length = strcspn(values, ",");
            char *const word = text_format("%s+%.*s%s%.*s", names->word[i], (int)name, assignment,
                                           assignment[name] == '=' ? "=" : "", (int)length, values);
            words_add(&longer, word);
            free(word);
            values += length;
        } while (*values++ == ',');
    }
    words_free(names);
    *names = longer;
}

void variant_expand(char const *name, struct words *names)
{
    struct words expanded = {0};

    if (!variant_is_named(name)) {
        words_add(names, name);
        return;
    }
    char *const phase = variant_phase(name);
    struct words assignments = variant_assignments(name);
    words_add(&expanded, phase);
    for (size_t i = 0; i < assignments.count; i++)
        expand(&expanded, assignments.word[i]);
    for (size_t i = 0; i < expanded.count; i++)
        words_add(names, expanded.word[i]);
    words_free(&assignments);
    words_free(&expanded);
    free(phase);
}
