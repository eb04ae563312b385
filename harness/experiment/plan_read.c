/* plan_read.c -- a plan from plan.json.
 *
 * SPDX-License-Identifier: MIT */
#include "experiment/plan.h"

#include "base/complain.h"
#include "base/memory.h"
#include "base/regular_file.h"
#include "base/text.h"
#include "experiment/plan_file.h"

#include <stdio.h>
#include <stdlib.h>

enum { ROLES = ROLE_ARM + 1 };

/* The state of reading. */
struct reader {
    struct plan *plan;
    json_error_t error;
};

static bool fail(struct reader *reader, char const *what, char const *which)
{
    snprintf(reader->error.text, sizeof reader->error.text, "%s '%s'", what, which);
    return false;
}

static char *copy(struct reader *reader, char const *text)
{
    return arena_text(&reader->plan->arena, text);
}

/* NULL for JSON's null. */
static char *copy_or_null(struct reader *reader, json_t const *value)
{
    return copy(reader, json_string_value(value));
}

static void *room(struct reader *reader, size_t count, size_t size)
{
    return arena_zeroed(&reader->plan->arena, count * size);
}

static bool take_texts(struct reader *reader, json_t *array, char ***texts, size_t *count)
{
    *texts = room(reader, json_array_size(array), sizeof **texts);
    for (size_t i = 0; i < json_array_size(array); i++) {
        char const *const text = json_string_value(json_array_get(array, i));
        if (text == NULL)
            return fail(reader, "a list of texts holds", "something else");
        (*texts)[(*count)++] = copy(reader, text);
    }
    return true;
}

static bool take_arm(struct reader *reader, json_t *object, struct arm *arm)
{
    char const *id, *role, *spec, *allocator, *build_id;
    json_t *file, *observer, *version, *environment;

    if (json_unpack_ex(object, &reader->error, 0, "{s:s, s:s, s:s, s:s, s:o, s:s, s:o, s:o, s:o}",
                       "id", &id, "role", &role, "spec", &spec, "allocator", &allocator, "object",
                       &file, "object_build_id", &build_id, "observer", &observer, "version",
                       &version, "environment", &environment)
        != 0)
        return false;
    arm->id = copy(reader, id);
    arm->spec = copy(reader, spec);
    arm->allocator = copy(reader, allocator);
    arm->object = copy_or_null(reader, file);
    arm->object_build_id = copy(reader, build_id);
    arm->observer = copy_or_null(reader, observer);
    arm->version = copy_or_null(reader, version);
    size_t index = 0;
    while (index < ROLES && !text_equal(plan_role_names[index], role))
        index++;
    if (index == ROLES)
        return fail(reader, "unknown role", role);
    arm->role = (enum arm_role)index;
    return take_texts(reader, environment, &arm->environment, &arm->environment_count);
}

static bool take_arm_id(struct reader *reader, char const *id, size_t *arm)
{
    return plan_find_arm(reader->plan, id, true, arm) || fail(reader, "unknown arm", id);
}

static bool take_serves(struct reader *reader, json_t *object, struct serves *serves)
{
    char const *arm, *tier, *relation;

    if (json_unpack_ex(object, &reader->error, 0, "{s:s, s:s, s:s, s:F}", "arm", &arm, "tier",
                       &tier, "relation", &relation, "share", &serves->share)
        != 0)
        return false;
    if (!text_equal(relation, ">=") && !text_equal(relation, "<="))
        return fail(reader, "unknown relation", relation);
    serves->relation = text_equal(relation, ">=") ? SERVES_AT_LEAST : SERVES_AT_MOST;
    serves->tier = copy(reader, tier);
    return take_arm_id(reader, arm, &serves->arm);
}

static bool take_parameters(struct reader *reader, json_t *object, struct cell *cell)
{
    char const *name;
    json_t *value;

    cell->parameters = room(reader, json_object_size(object), sizeof *cell->parameters);
    json_object_foreach(object, name, value)
    {
        if (!json_is_integer(value))
            return fail(reader, "not a whole number: parameter", name);
        cell->parameters[cell->parameter_count++] = (struct parameter){
            copy(reader, name), (uint64_t)json_integer_value(value)};
    }
    return true;
}

static bool take_cell(struct reader *reader, json_t *object, struct cell *cell)
{
    char const *id, *workload, *start;
    json_t *parameters, *operations, *serves;
    json_int_t warmup = 0;

    if (json_unpack_ex(object, &reader->error, 0, "{s:s, s:s, s:s, s:o, s:o, s:I, s:o}", "id", &id,
                       "workload", &workload, "start", &start, "parameters", &parameters,
                       "operations", &operations, "warmup_operations", &warmup, "serves", &serves)
        != 0)
        return false;
    cell->id = copy(reader, id);
    cell->workload = copy(reader, workload);
    cell->warm = text_equal(start, "warm");
    if (!cell->warm && !text_equal(start, "cold"))
        return fail(reader, "unknown start", start);
    cell->operations = (uint64_t)json_integer_value(operations); /* null reads as 0 */
    cell->warmup_operations = (uint64_t)warmup;
    cell->serves = room(reader, json_array_size(serves), sizeof *cell->serves);
    for (size_t i = 0; i < json_array_size(serves); i++, cell->serves_count = i)
        if (!take_serves(reader, json_array_get(serves, i), &cell->serves[i]))
            return false;
    return take_parameters(reader, parameters, cell);
}

static bool take_comparison(struct reader *reader, json_t *object, struct comparison *comparison)
{
    char const *arm, *against;

    return json_unpack_ex(object, &reader->error, 0, "{s:s, s:s}", "arm", &arm, "against", &against)
        == 0
        && take_arm_id(reader, arm, &comparison->arm)
        && take_arm_id(reader, against, &comparison->against);
}

static bool take_interaction(struct reader *reader, json_t *object, struct interaction *interaction)
{
    char const *first, *second, *both;

    return json_unpack_ex(object, &reader->error, 0, "{s:s, s:s, s:s}", "first", &first, "second",
                          &second, "both", &both)
        == 0
        && take_arm_id(reader, first, &interaction->first)
        && take_arm_id(reader, second, &interaction->second)
        && take_arm_id(reader, both, &interaction->both);
}

static bool take_published(struct reader *reader, json_t *object, struct published *published)
{
    char const *where, *arm, *metric;
    json_t *against;

    if (json_unpack_ex(object, &reader->error, 0, "{s:s, s:s, s:o, s:s, s:F}", "where", &where,
                       "arm", &arm, "against", &against, "metric", &metric, "value",
                       &published->value)
        != 0)
        return false;
    published->where = copy(reader, where);
    published->arm = copy(reader, arm);
    published->against = copy_or_null(reader, against);
    published->metric = copy(reader, metric);
    return true;
}

static bool take_metric(struct reader *reader, json_t *object, struct gate *gate)
{
    char const *name;
    int decides;
    struct gate_metric taken = {.margin = 0};

    if (json_unpack_ex(object, &reader->error, 0, "{s:s, s:F, s:b}", "name", &name, "margin",
                       &taken.margin, "decides", &decides)
        != 0)
        return false;
    taken.metric = metric_named(name);
    taken.decides = decides != 0;
    if (taken.metric == NULL)
        return fail(reader, "unknown metric", name);
    gate->metrics = arena_room_for_one(&reader->plan->arena, gate->metrics, gate->metric_count,
                                       sizeof *gate->metrics);
    gate->metrics[gate->metric_count++] = taken;
    return true;
}

/* A gate's plan alone has one. */
static bool take_gate(struct reader *reader, json_t *object)
{
    struct gate *const gate = &reader->plan->gate;
    json_t *metrics;

    if (object == NULL)
        return true;
    if (json_unpack_ex(object, &reader->error, 0, "{s:F, s:F, s:o}", "alpha_fail",
                       &gate->alpha_fail, "alpha_pass", &gate->alpha_pass, "metrics", &metrics)
        != 0)
        return false;
    for (size_t i = 0; i < json_array_size(metrics); i++)
        if (!take_metric(reader, json_array_get(metrics, i), gate))
            return false;
    return true;
}

/* A plan from before plans had rules was measured under these. */
static bool take_rules(struct reader *reader, json_t *object)
{
    reader->plan->rules = rules_of_old_plans();
    return object == NULL || rules_from_json(object, &reader->plan->rules, &reader->error);
}

static bool take_scalars(struct reader *reader, json_t *object)
{
    struct plan *const plan = reader->plan;
    char const *found, *experiment, *text, *form, *question, *expects, *hash;
    json_int_t seed, blocks_max;
    json_t *events;

    if (json_unpack_ex(object, &reader->error, 0, "{s:s}", "schema", &found) != 0)
        return false;
    if (!text_equal(found, plan_schema))
        return fail(reader, "unknown schema", found);
    if (json_unpack_ex(object, &reader->error, 0,
                       "{s:s, s:s, s:s, s:s, s:s, s:s, s:I, s:F, s:F, s:F, s:{s:I, s:F, s:F}, s:o}",
                       "experiment", &experiment, "experiment_text", &text, "form", &form,
                       "question", &question, "expects", &expects, "hash", &hash, "seed", &seed,
                       "alpha", &plan->alpha, "alpha_control", &plan->alpha_control, "margin",
                       &plan->margin, "stop", "blocks_max", &blocks_max, "half_width",
                       &plan->stop.half_width, "seconds_max", &plan->stop.seconds_max, "events",
                       &events)
        != 0)
        return false;
    plan->experiment = copy(reader, experiment);
    plan->experiment_text = copy(reader, text);
    plan->form = copy(reader, form);
    plan->question = copy(reader, question);
    plan->expects = copy(reader, expects);
    plan->hash = copy(reader, hash);
    plan->seed = (uint64_t)seed;
    plan->stop.blocks_max = (uint64_t)blocks_max;
    return take_texts(reader, events, &plan->events, &plan->event_count);
}

static bool take_lists(struct reader *reader, json_t *object)
{
    struct plan *const plan = reader->plan;
    json_t *arms, *cells, *comparisons, *interactions, *published;
    bool taken = json_unpack_ex(object, &reader->error, 0, "{s:o, s:o, s:o, s:o, s:o}", "arms",
                                &arms, "cells", &cells, "comparisons", &comparisons, "interactions",
                                &interactions, "published", &published)
        == 0;

    if (!taken)
        return false;
    plan->arms = room(reader, json_array_size(arms), sizeof *plan->arms);
    plan->cells = room(reader, json_array_size(cells), sizeof *plan->cells);
    plan->comparisons = room(reader, json_array_size(comparisons), sizeof *plan->comparisons);
    plan->interactions = room(reader, json_array_size(interactions), sizeof *plan->interactions);
    plan->published = room(reader, json_array_size(published), sizeof *plan->published);
    for (size_t i = 0; taken && i < json_array_size(arms); i++)
        taken = take_arm(reader, json_array_get(arms, i), &plan->arms[plan->arm_count++]);
    for (size_t i = 0; taken && i < json_array_size(cells); i++)
        taken = take_cell(reader, json_array_get(cells, i), &plan->cells[plan->cell_count++]);
    for (size_t i = 0; taken && i < json_array_size(comparisons); i++)
        taken = take_comparison(reader, json_array_get(comparisons, i),
                                &plan->comparisons[plan->comparison_count++]);
    for (size_t i = 0; taken && i < json_array_size(interactions); i++)
        taken = take_interaction(reader, json_array_get(interactions, i),
                                 &plan->interactions[plan->interaction_count++]);
    for (size_t i = 0; taken && i < json_array_size(published); i++)
        taken = take_published(reader, json_array_get(published, i),
                               &plan->published[plan->published_count++]);
    return taken;
}

/* What all code that iterates over a plan relies on: a baseline, its control, and a cell. */
static bool check_lists(struct reader *reader)
{
    if (reader->plan->arm_count < 2)
        return fail(reader, "fewer than two entries in", "arms");
    return reader->plan->cell_count > 0 || fail(reader, "no entry in", "cells");
}

struct plan *plan_read(char const *directory)
{
    struct reader reader = {.plan = memory_zeroed(1, sizeof *reader.plan)};
    char *const path = text_format("%s/plan.json", directory);
    json_t *const object = regular_file_json(path, JSON_REJECT_DUPLICATES, &reader.error);
    bool const read = object != NULL && take_scalars(&reader, object)
        && take_rules(&reader, json_object_get(object, "rules")) && take_lists(&reader, object)
        && take_gate(&reader, json_object_get(object, "gate"))
        && check_lists(&reader);

    if (!read) {
        complain("the run's other files stay readable; a new run needs no old plan", "%s: %s", path,
                 reader.error.text);
        plan_free(reader.plan);
        reader.plan = NULL;
    }
    json_decref(object);
    free(path);
    return reader.plan;
}
