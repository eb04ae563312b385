/* plan.c -- looks up a plan's arms by id, and frees a plan.
 *
 * SPDX-License-Identifier: MIT */
#include "experiment/plan.h"

#include "base/text.h"

#include <stdlib.h>

bool plan_find_arm(struct plan const *plan, char const *id, bool hidden, size_t *arm)
{
    for (size_t i = 0; i < plan->arm_count; i++) {
        if (plan->arms[i].role == ROLE_CONTROL && !hidden)
            continue;
        if (text_equal(plan->arms[i].id, id)) {
            *arm = i;
            return true;
        }
    }
    return false;
}

char *plan_arm_ids(struct plan const *plan)
{
    char *ids = text_copy("");

    for (size_t i = 0; i < plan->arm_count; i++)
        if (plan->arms[i].role != ROLE_CONTROL)
            text_append(&ids, "%s%s", *ids != '\0' ? ", " : "", plan->arms[i].id);
    return ids;
}

static void free_texts(char **texts, size_t count)
{
    for (size_t i = 0; i < count; i++)
        free(texts[i]);
    free(texts);
}

static void free_arm(struct arm *arm)
{
    free(arm->id);
    free(arm->spec);
    free(arm->allocator);
    free(arm->object);
    free(arm->object_build_id);
    free(arm->observer);
    free(arm->version);
    free_texts(arm->environment, arm->environment_count);
}

static void free_cell(struct cell *cell)
{
    free(cell->id);
    free(cell->workload);
    for (size_t i = 0; i < cell->parameter_count; i++)
        free(cell->parameters[i].name);
    free(cell->parameters);
    for (size_t i = 0; i < cell->serves_count; i++)
        free(cell->serves[i].tier);
    free(cell->serves);
}

static void free_published(struct published *published)
{
    free(published->where);
    free(published->arm);
    free(published->against);
    free(published->metric);
}

void plan_free(struct plan *plan)
{
    if (plan == NULL)
        return;
    for (size_t i = 0; i < plan->arm_count; i++)
        free_arm(&plan->arms[i]);
    for (size_t i = 0; i < plan->cell_count; i++)
        free_cell(&plan->cells[i]);
    for (size_t i = 0; i < plan->published_count; i++)
        free_published(&plan->published[i]);
    free_texts(plan->events, plan->event_count);
    free(plan->gate.metrics);
    free(plan->arms);
    free(plan->cells);
    free(plan->published);
    free(plan->comparisons);
    free(plan->interactions);
    free(plan->experiment);
    free(plan->experiment_text);
    free(plan->form);
    free(plan->question);
    free(plan->expects);
    free(plan->hash);
    free(plan);
}
