/* expand_arm_names.c -- the ids of arms: names of allocators, and what tells equal ones apart.
 *
 * An id is the allocator's name and, where arms share an allocator, those assignments that not all
 * of them have: "ss-prewarm PREWARM_METHOD=touch". A file is called by its label, or by its name
 * without lib and .so, and where another arm's is the same by as many of its folders as it takes:
 * "old/mine".
 * The arms of a gate are `base`, `control` and `head`.
 *
 * SPDX-License-Identifier: MIT */
#include "experiment/expansion.h"

#include "base/text.h"

#include <stdlib.h>
#include <string.h>

static char const control_id[] = "control";
static char const prefix[] = "SLABLAB_";

/* The last `parts` parts of a path, or all of it. */
static char const *last_parts(char const *path, size_t parts)
{
    char const *begin = path + strlen(path);

    for (size_t found = 0; begin > path; begin--)
        if (begin[-1] == '/' && ++found == parts)
            break;
    return begin;
}

/* "old/libmine.so.2" is old/mine. */
static char *without_affixes(struct arena *arena, char const *path)
{
    char const *const slash = strrchr(path, '/');
    char const *const file = slash != NULL ? slash + 1 : path;
    char const *const name = strncmp(file, "lib", 3) == 0 ? file + 3 : file;
    char const *const ending = strstr(name, ".so");
    size_t const length = ending != NULL ? (size_t)(ending - name) : strlen(name);

    if (length == 0)
        return arena_text(arena, path);
    return arena_format(arena, "%.*s%.*s", (int)(file - path), path, (int)length, name);
}

static bool is_path(struct arm const *arm)
{
    return strchr(arm->allocator, '/') != NULL;
}

static bool is_same_allocator(struct arm const *one, struct arm const *other)
{
    return text_equal(one->allocator, other->allocator) ||
           (one->object != NULL && other->object != NULL && text_equal(one->object, other->object));
}

/* Is the name of that many parts another allocator's too, or the control's? */
static bool is_taken(struct plan *plan, size_t arm, size_t parts, char const *name)
{
    struct arm const *const own = &plan->arms[arm];

    for (size_t i = 0; i < plan->arm_count; i++) {
        struct arm const *const other = &plan->arms[i];
        char const *theirs = other->label != NULL ? other->label : other->allocator;
        if (other->label == NULL && is_path(other))
            theirs = without_affixes(&plan->arena, last_parts(other->allocator, parts));
        if (!is_same_allocator(own, other) && text_equal(name, theirs))
            return true;
    }
    return text_equal(name, control_id);
}

static char *base_id(struct plan *plan, size_t arm)
{
    char *const whole = plan->arms[arm].allocator;
    char const *part = NULL;

    if (plan->arms[arm].label != NULL)
        return plan->arms[arm].label;
    if (!is_path(&plan->arms[arm]))
        return whole;
    for (size_t parts = 1; part != whole; parts++) {
        part = last_parts(whole, parts);
        char *const name = without_affixes(&plan->arena, part);
        if (!is_taken(plan, arm, parts, name))
            return name;
    }
    return whole;
}

static bool arm_has(struct arm const *arm, char const *assignment)
{
    for (size_t i = 0; i < arm->environment_count; i++)
        if (text_equal(arm->environment[i], assignment))
            return true;
    return false;
}

/* Have all arms of that name this assignment? */
static bool is_common(struct plan const *plan, char *const *bases, char const *base,
                      char const *assignment)
{
    for (size_t i = 0; i < plan->arm_count; i++)
        if (text_equal(bases[i], base) && !arm_has(&plan->arms[i], assignment))
            return false;
    return true;
}

static char *id_of(struct plan *plan, char *const *bases, size_t arm)
{
    char *id = bases[arm];

    for (size_t i = 0; i < plan->arms[arm].environment_count; i++) {
        char const *const assignment = plan->arms[arm].environment[i];
        bool const prefixed = strncmp(assignment, prefix, strlen(prefix)) == 0;
        if (!is_common(plan, bases, bases[arm], assignment))
            id = arena_format(&plan->arena, "%s %s", id,
                              assignment + (prefixed ? strlen(prefix) : 0));
    }
    return id;
}

static void name_gate(struct plan *plan)
{
    static char const *const ids[] = {
        [ROLE_BASELINE] = "base", [ROLE_CONTROL] = control_id, [ROLE_ARM] = "head"};

    for (size_t i = 0; i < plan->arm_count; i++)
        plan->arms[i].id = arena_text(&plan->arena, ids[plan->arms[i].role]);
}

static void name_arms(struct plan *plan)
{
    struct arena *const arena = &plan->arena;
    char **const bases = arena_zeroed(arena, plan->arm_count * sizeof *bases);

    for (size_t i = 0; i < plan->arm_count; i++)
        bases[i] = base_id(plan, i);
    for (size_t i = 0; i < plan->arm_count; i++)
        plan->arms[i].id = plan->arms[i].role == ROLE_CONTROL ? arena_text(arena, control_id)
                                                              : id_of(plan, bases, i);
}

char const *expansion_place_of_arm(struct expansion const *expansion, size_t arm)
{
    return arm < 2 ? "baseline"
                   : arena_format(&expansion->plan->arena, "arms/%zu",
                                  expansion->plan->arms[arm].written);
}

static bool names_differ(struct expansion const *expansion)
{
    struct plan const *const plan = expansion->plan;

    for (size_t i = 0; i < plan->arm_count; i++) {
        size_t first = i;
        plan_find_arm(plan, plan->arms[i].id, true, &first);
        bool const reserved = plan->arms[i].role != ROLE_CONTROL
            && text_equal(plan->arms[i].id, control_id);
        if (first == i && !reserved)
            continue;
        char const *const place = expansion_place_of_arm(expansion, i);
        if (reserved)
            yaml_file_complain(expansion->file, place, "another name for the file",
                               "'%s' is the name of the hidden second baseline", control_id);
        else
            yaml_file_complain(expansion->file, place,
                               "leave one out; the second baseline, the control, is added anyway",
                               "arm '%s' is there already", plan->arms[i].id);
        return false;
    }
    return true;
}


bool expand_arm_names(struct expansion const *expansion)
{
    if (expansion->base != NULL) {
        name_gate(expansion->plan);
        return true;
    }
    name_arms(expansion->plan);
    return names_differ(expansion);
}
