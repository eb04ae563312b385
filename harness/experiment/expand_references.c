/* expand_references.c -- an experiment's statements that refer to arms and cells by id.
 *
 * SPDX-License-Identifier: MIT */
#include "experiment/expansion.h"

#include "base/text.h"
#include "catalogue/object_facts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static bool find_arm(struct expansion const *expansion, char const *place, char const *id,
                     size_t *arm)
{
    if (plan_find_arm(expansion->plan, id, false, arm))
        return true;
    char *const ids = plan_arm_ids(expansion->plan);
    char *const hint = arena_format(&expansion->plan->arena, "one of %s", ids);
    yaml_file_complain(expansion->file, place, hint, "unknown arm '%s'", id);
    free(ids);
    return false;
}

/* Finds the arm that the words first ... last - 1 spell. */
static bool find_arm_of(struct expansion const *expansion, char const *place,
                        struct words const *words, size_t first, size_t last, size_t *arm)
{
    char *const id = words_join(words, first, last);
    bool const found = find_arm(expansion, place, id, arm);

    free(id);
    return found;
}

/* The position of a single word; words->count if it is missing, at either end, or repeated. */
static size_t divider(struct words const *words, char const *word)
{
    size_t found = words->count;

    for (size_t i = 0; i < words->count; i++)
        if (text_equal(words->word[i], word)) {
            if (found != words->count || i == 0 || i + 1 == words->count)
                return words->count;
            found = i;
        }
    return found;
}

/* Has the arm a tier of that name? An observer that does not say is asked when it runs. */
static bool is_counted(struct expansion const *expansion, char const *place, struct arm const *arm,
                       char const *tier)
{
    struct words tiers = object_tiers(arm->observer);
    bool const counted = tiers.count == 0 || words_hold(&tiers, tier);

    if (!counted) {
        char *const known = words_join(&tiers, 0, tiers.count);
        char *const hint = text_format("one of %s", known);
        yaml_file_complain(expansion->file, place, hint, "%s has no tier '%s'", arm->id, tier);
        free(hint);
        free(known);
    }
    words_free(&tiers);
    return counted;
}

static bool read_serves(struct expansion const *expansion, char const *place,
                        struct words const *words, struct serves *serves)
{
    static char const form[] = "phase17-1 smallmid >= 99%";
    size_t const count = words->count;

    if (count < 4 || !text_to_ratio(words->word[count - 1], &serves->share)
        || (!text_equal(words->word[count - 2], ">=")
            && !text_equal(words->word[count - 2], "<="))) {
        yaml_file_complain(expansion->file, place, form, "serves is: ARM TIER >= SHARE%%");
        return false;
    }
    serves->relation = text_equal(words->word[count - 2], ">=") ? SERVES_AT_LEAST : SERVES_AT_MOST;
    if (!find_arm_of(expansion, place, words, 0, count - 3, &serves->arm))
        return false;
    struct arm const *const arm = &expansion->plan->arms[serves->arm];
    if (arm->observer == NULL) {
        yaml_file_complain(expansion->file, place, "serves for phases alone",
                           "%s cannot count itself", arm->id);
        return false;
    }
    serves->tier = arena_text(&expansion->plan->arena, words->word[count - 3]);
    return is_counted(expansion, place, arm, serves->tier);
}

bool expand_serves(struct expansion const *expansion, size_t workload, struct cell *cell)
{
    struct experiment_workload const *const written = &expansion->experiment->workloads[workload];
    bool read = true;

    struct arena *const arena = &expansion->plan->arena;
    cell->serves = arena_zeroed(arena, written->serves_count * sizeof *cell->serves);
    for (size_t i = 0; read && i < written->serves_count; i++) {
        char *const place = arena_format(arena, "workloads/%zu/serves/%zu", workload, i);
        struct words words = words_of(written->serves[i]);
        read = read_serves(expansion, place, &words, &cell->serves[cell->serves_count]);
        cell->serves_count += read;
        words_free(&words);
    }
    return read;
}

static bool expand_comparison(struct expansion const *expansion, char const *place,
                              char const *text)
{
    struct plan *const plan = expansion->plan;
    struct words words = words_of(text);
    size_t const against = divider(&words, "against");
    struct comparison comparison = {0};
    bool read = against < words.count;

    if (!read)
        yaml_file_complain(expansion->file, place, "phase17-2 against phase17-1",
                           "compare is: ARM against ARM");
    read = read && find_arm_of(expansion, place, &words, 0, against, &comparison.arm)
        && find_arm_of(expansion, place, &words, against + 1, words.count, &comparison.against);
    if (read && comparison.arm == comparison.against) {
        yaml_file_complain(expansion->file, place, "another arm",
                           "an arm against itself; the control does that");
        read = false;
    }
    if (read) {
        plan->comparisons = arena_room_for_one(&plan->arena, plan->comparisons,
                                               plan->comparison_count, sizeof comparison);
        plan->comparisons[plan->comparison_count++] = comparison;
    }
    words_free(&words);
    return read;
}

static bool expand_interaction(struct expansion const *expansion, char const *place,
                               char const *text)
{
    struct plan *const plan = expansion->plan;
    struct words words = words_of(text);
    size_t const times = divider(&words, "x");
    size_t const equals = divider(&words, "=");
    struct interaction interaction = {0};
    bool read = times < equals && equals < words.count;

    if (!read)
        yaml_file_complain(expansion->file, place, "ss-reuse x ss-prewarm = ss-reuse-prewarm",
                           "an interaction is: ARM x ARM = ARM");
    read = read && find_arm_of(expansion, place, &words, 0, times, &interaction.first)
        && find_arm_of(expansion, place, &words, times + 1, equals, &interaction.second)
        && find_arm_of(expansion, place, &words, equals + 1, words.count, &interaction.both);
    if (read) {
        plan->interactions = arena_room_for_one(&plan->arena, plan->interactions,
                                                plan->interaction_count, sizeof interaction);
        plan->interactions[plan->interaction_count++] = interaction;
    }
    words_free(&words);
    return read;
}

/* Does an id hold all words of `where`? */
static bool cell_matches(struct cell const *cell, char const *where)
{
    struct words id = words_of(cell->id);
    struct words words = words_of(where);
    bool matches = true;

    for (size_t i = 0; matches && i < words.count; i++)
        matches = words_hold(&id, words.word[i]);
    words_free(&words);
    words_free(&id);
    return matches;
}

static bool check_where(struct expansion const *expansion, char const *place, char const *where)
{
    for (size_t i = 0; i < expansion->plan->cell_count; i++)
        if (cell_matches(&expansion->plan->cells[i], where))
            return true;
    yaml_file_complain(expansion->file, place, "slablab plan, which lists the cells",
                       "no cell has all of '%s' in its id", where);
    return false;
}

static bool check_metric(struct expansion const *expansion, char const *place, char const *metric)
{
    if (metric_published(metric) != NULL)
        return true;
    char *const names = metric_published_names();
    char *const hint = arena_format(&expansion->plan->arena, "one of %s", names);
    yaml_file_complain(expansion->file, place, hint, "unknown metric '%s'", metric);
    free(names);
    return false;
}

static bool take_value(struct expansion const *expansion, char const *place, char const *text,
                       double *value)
{
    char *end = NULL;

    *value = strtod(text, &end);
    if (end != text && *end == '\0' && isfinite(*value))
        return true;
    yaml_file_complain(expansion->file, place,
                       "-0.036 for -3.6 % against an arm, 6060000 without one",
                       "value: '%s' is not a number", text);
    return false;
}

static bool expand_published(struct expansion const *expansion, size_t index)
{
    struct experiment_published const *const written = &expansion->experiment->published[index];
    struct plan *const plan = expansion->plan;
    struct arena *const arena = &plan->arena;
    char *const at[] = {
        arena_format(arena, "published/%zu/where", index),
        arena_format(arena, "published/%zu/arm", index),
        arena_format(arena, "published/%zu/against", index),
        arena_format(arena, "published/%zu/metric", index),
        arena_format(arena, "published/%zu/value", index),
    };
    size_t arm = 0;
    double value = 0;
    bool const read = check_where(expansion, at[0], written->where)
        && find_arm(expansion, at[1], written->arm, &arm)
        && (written->against == NULL || find_arm(expansion, at[2], written->against, &arm))
        && check_metric(expansion, at[3], written->metric)
        && take_value(expansion, at[4], written->value, &value);

    if (read) {
        plan->published = arena_room_for_one(arena, plan->published, plan->published_count,
                                             sizeof *plan->published);
        plan->published[plan->published_count++] = (struct published){
            .where = arena_text(arena, written->where),
            .arm = arena_text(arena, written->arm),
            .against = arena_text(arena, written->against),
            .metric = arena_text(arena, written->metric),
            .value = value,
        };
    }
    return read;
}

bool expand_references(struct expansion const *expansion)
{
    struct experiment const *const experiment = expansion->experiment;
    struct arena *const arena = &expansion->plan->arena;
    bool read = true;

    for (size_t i = 0; read && i < experiment->compare_count; i++)
        read = expand_comparison(expansion, arena_format(arena, "compare/%zu", i),
                                 experiment->compare[i]);
    for (size_t i = 0; read && i < experiment->interactions_count; i++)
        read = expand_interaction(expansion, arena_format(arena, "interactions/%zu", i),
                                  experiment->interactions[i]);
    for (size_t i = 0; read && i < experiment->published_count; i++)
        read = expand_published(expansion, i);
    return read;
}
