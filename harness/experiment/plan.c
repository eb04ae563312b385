/* plan.c -- looks up a plan's arms by id, and frees a plan.
 *
 * SPDX-License-Identifier: MIT */
#include "experiment/plan.h"

#include "base/text.h"

#include <inttypes.h>
#include <stdlib.h>

char const plan_in_place[] = "in place";

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

struct link arm_link(struct arm const *arm, size_t link)
{
    return arm->link_count > 0 ? arm->links[link]
                               : (struct link){arm->object, arm->object_build_id};
}

char *plan_parameter_word(struct parameter const *parameter, bool shown)
{
    if (parameter->text == NULL)
        return text_format("%s=%" PRIu64, parameter->name, parameter->value);
    return text_format("%s=%s", parameter->name, shown ? parameter->shown : parameter->text);
}

size_t plan_cpus(struct plan const *plan)
{
    size_t most = 1;

    for (size_t i = 0; i < plan->cell_count; i++)
        if (plan->cells[i].cpus > most)
            most = plan->cells[i].cpus;
    return most;
}

char *plan_arm_ids(struct plan const *plan)
{
    char *ids = text_copy("");

    for (size_t i = 0; i < plan->arm_count; i++)
        if (plan->arms[i].role != ROLE_CONTROL)
            text_append(&ids, "%s%s", *ids != '\0' ? ", " : "", plan->arms[i].id);
    return ids;
}

void plan_free(struct plan *plan)
{
    if (plan == NULL)
        return;
    arena_free(&plan->arena);
    free(plan);
}
