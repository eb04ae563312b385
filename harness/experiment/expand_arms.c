/* expand_arms.c -- arms: allocators with their files and their environment.
 *
 * arms[1], the control, is the baseline again under its own id.
 *
 * SPDX-License-Identifier: MIT */
#include "experiment/expansion.h"

#include "base/spec_words.h"
#include "base/text.h"
#include "catalogue/build_id.h"
#include "catalogue/catalogue.h"
#include "catalogue/object_facts.h"
#include "catalogue/preload_alias.h"

#include <stdlib.h>
#include <string.h>

static char const prefix[] = "SLABLAB_";

static bool is_variable_name(char const *text, size_t length)
{
    static char const letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_";
    static char const later[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_0123456789";

    return length > 0 && strchr(letters, *text) != NULL && strspn(text, later) == length;
}

/* The variables that the harness itself sets in every sample. */
static bool is_ours(char const *assignment)
{
    static char const *const names[] = {"LD_PRELOAD=", "SLABLAB_REGION=", "SLABLAB_PAD="};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strncmp(assignment, names[i], strlen(names[i])) == 0)
            return true;
    return false;
}

static bool is_set_before(struct words const *spec, size_t word)
{
    size_t const name = strcspn(spec->word[word], "=") + 1;

    for (size_t i = 1; i < word; i++)
        if (strncmp(spec->word[i], spec->word[word], name) == 0)
            return true;
    return false;
}

/* "./libmine.so as mine": the word behind `as`. *first: where the assignments begin. */
static bool take_label(struct expansion const *expansion, char const *place,
                       struct words const *spec, struct arm *arm, size_t *first)
{
    static char const letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                  "._+-";

    *first = 1;
    if (spec->count < 2 || !text_equal(spec->word[1], "as"))
        return true;
    char const *const label = spec->count > 2 ? spec->word[2] : "";
    if (*label == '\0' || label[strspn(label, letters)] != '\0') {
        yaml_file_complain(expansion->file, place, "./libmine.so as mine",
                           "'%s' is no name for an arm", label);
        return false;
    }
    arm->label = arena_text(&expansion->plan->arena, label);
    *first = 3;
    return true;
}

static bool take_environment(struct expansion const *expansion, char const *place,
                             struct words const *spec, struct arm *arm)
{
    size_t first;
    struct yaml_file const *const file = expansion->file;
    struct arena *const arena = &expansion->plan->arena;

    arm->environment = arena_zeroed(arena, spec->count * sizeof *arm->environment);
    if (!take_label(expansion, place, spec, arm, &first))
        return false;
    for (size_t i = first; i < spec->count; i++) {
        char const *const word = spec->word[i];
        size_t const name = strcspn(word, "=");
        if (word[name] != '=' || !is_variable_name(word, name)) {
            yaml_file_complain(file, place, "an arm is: ALLOCATOR NAME=value ...",
                               "'%s' is no assignment of an environment variable", word);
            return false;
        }
        if (is_ours(word)) {
            yaml_file_complain(file, place, "leave it out",
                               "%.*s is set by the harness in every sample", (int)name, word);
            return false;
        }
        if (is_set_before(spec, i)) {
            yaml_file_complain(file, place, "one value for each variable of an arm",
                               "%.*s is set twice", (int)name, word);
            return false;
        }
        arm->environment[arm->environment_count++] = arena_text(arena, word);
    }
    return true;
}

bool expand_preload(struct expansion const *expansion, char const *place, char **path)
{
    if (*path == NULL)
        return true;
    char *const taken = preload_path(*path);
    if (taken != NULL) {
        *path = arena_keep(&expansion->plan->arena, taken);
        return true;
    }
    yaml_file_complain(expansion->file, place, "a copy of the project, or of the file, elsewhere",
                       PRELOAD_REFUSAL, *path);
    return false;
}

static void take_constants(struct plan *plan, struct allocator const *allocator, struct arm *arm)
{
    struct arena *const arena = &plan->arena;

    arm->phase = arena_text(arena, allocator->phase);
    arm->constants = arena_zeroed(arena, allocator->value_count * sizeof *arm->constants);
    arm->constant_count = allocator->value_count;
    for (size_t i = 0; i < allocator->value_count; i++)
        arm->constants[i] = (struct constant_value){
            .name = arena_text(arena, allocator->values[i].name),
            .value = allocator->values[i].value,
            .standard = arena_text(arena, allocator->values[i].standard),
            .unit = arena_text(arena, allocator->values[i].unit),
        };
}

static bool take_files(struct expansion const *expansion, char const *place, struct arm *arm)
{
    struct yaml_file const *const file = expansion->file;
    struct arena *const arena = &expansion->plan->arena;
    struct allocator allocator;

    catalogue_allocator(arm->allocator, &allocator);
    if (allocator.problem != NULL) {
        yaml_file_complain(file, place, allocator.remedy, "%s", allocator.problem);
    } else {
        arm->object = arena_text(arena, allocator.object);
        arm->object_build_id = arena_text(arena, allocator.build_id);
        arm->observer = arena_text(arena, allocator.observer);
        arm->version = arena_text(arena, allocator.version);
        take_constants(expansion->plan, &allocator, arm);
    }
    bool const usable = allocator.problem == NULL &&
                        expand_preload(expansion, place, &arm->object) &&
                        expand_preload(expansion, place, &arm->observer);
    catalogue_allocator_free(&allocator);
    return usable;
}

/* Does the phase read every SLABLAB_ variable of the arm? It would end at its start. */
static bool are_variables(struct yaml_file const *file, char const *place, struct arm const *arm)
{
    bool declared = false;
    struct words known = object_variables(arm->object, &declared);
    bool good = true;

    for (size_t i = 0; declared && good && i < arm->environment_count; i++) {
        char const *const word = arm->environment[i];
        char *const name = text_copy_bytes(word, strcspn(word, "="));
        good = strncmp(name, prefix, strlen(prefix)) != 0 || words_hold(&known, name);
        if (!good) {
            char const *const nearest = text_nearest(name, known.word, known.count);
            char *const names = words_join(&known, 0, known.count);
            char *const hint = nearest != NULL     ? text_copy(nearest)
                               : known.count == 0 ? text_copy("leave it out")
                                                  : text_format("one of %s", names);
            yaml_file_complain(file, place, hint, "%s reads no variable %s", arm->allocator, name);
            free(hint);
            free(names);
        }
        free(name);
    }
    words_free(&known);
    return good;
}

/* A revision's file is called by its revision. */
static char *shown_spec(struct arena *arena, struct words const *spec, struct plan_side const *side)
{
    char const *const called = side->label;

    if (called == NULL)
        return arena_keep(arena, spec_join(spec, 0, spec->count));
    char *const rest = words_join(spec, 1, spec->count);
    char *const shown = arena_format(arena, "%s%s%s", called, *rest != '\0' ? " " : "", rest);
    free(rest);
    return shown;
}

static bool add_arm(struct expansion const *expansion, char const *place,
                    struct plan_side const *side, enum arm_role role)
{
    struct plan *const plan = expansion->plan;
    struct words spec = spec_words(side->arm);

    if (spec.count == 0) {
        yaml_file_complain(expansion->file, place, "slablab list allocators",
                           "an allocator's name is missing");
        return false;
    }
    plan->arms =
        arena_room_for_one(&plan->arena, plan->arms, plan->arm_count, sizeof *plan->arms);
    struct arm *const arm = &plan->arms[plan->arm_count++];
    arm->role = role;
    arm->spec = shown_spec(&plan->arena, &spec, side);
    arm->program = arena_text(&plan->arena, side->program);
    if (side->program != NULL)
        arm->program_build_id = arena_keep(&plan->arena, catalogue_build_id(side->program));
    arm->allocator = arena_text(&plan->arena, spec.word[0]);
    bool const taken = take_environment(expansion, place, &spec, arm)
        && take_files(expansion, place, arm)
        && are_variables(expansion->file, place, arm);
    words_free(&spec);
    return taken;
}

/* One of the experiment's `arms`: several where a constant has a list of values. */
static bool add_written_arms(struct expansion const *expansion, size_t index)
{
    struct plan *const plan = expansion->plan;
    char *const place = arena_format(&plan->arena, "arms/%zu", index);
    struct words arms = expand_axis(expansion->experiment->arms[index]);
    bool added = true;

    for (size_t i = 0; added && i < arms.count; i++) {
        size_t const first = plan->arm_count;
        added = add_arm(expansion, place, &(struct plan_side){.arm = arms.word[i]}, ROLE_ARM);
        if (plan->arm_count > first)
            plan->arms[first].written = index;
    }
    words_free(&arms);
    return added;
}

bool expand_arms(struct expansion const *expansion)
{
    struct experiment const *const experiment = expansion->experiment;
    struct plan_side const written = {.arm = experiment->baseline};
    struct plan_side const *const baseline = expansion->base != NULL ? expansion->base : &written;
    bool added = add_arm(expansion, "baseline", baseline, ROLE_BASELINE)
        && add_arm(expansion, "baseline", baseline, ROLE_CONTROL);

    if (added && expansion->base != NULL) {
        added = add_arm(expansion, "gate", expansion->head, ROLE_ARM);
        return added && expand_arm_names(expansion);
    }
    for (size_t i = 0; added && i < experiment->arms_count; i++)
        added = add_written_arms(expansion, i);
    return added && expand_arm_names(expansion);
}
