/* expand_reported.c -- what workloads report of themselves, as metrics of the plan.
 *
 * SPDX-License-Identifier: MIT */
#include "experiment/expansion.h"

#include "base/text.h"
#include "catalogue/workload_description.h"

static struct metric *metric_of(struct arena *arena, struct workload_measure const *measure)
{
    struct metric *const metric = arena_zeroed(arena, sizeof *metric);

    *metric = (struct metric){
        .name = arena_text(arena, measure->name),
        .title = arena_text(arena, measure->title),
        .unit = arena_text(arena, measure->unit),
        .kind = METRIC_COUNT,
        .source = SOURCE_WORKLOAD,
        .shown = SHOWN_ALWAYS,
        .more_is_better = measure->more_is_better,
        .by_difference = true,
        .gated = !measure->more_is_better,
    };
    return metric;
}

static struct metric *reported_named(struct plan const *plan, char const *name)
{
    for (size_t i = 0; i < plan->reported_count; i++)
        if (text_equal(plan->reported[i]->name, name))
            return plan->reported[i];
    return NULL;
}

/* Two workloads may report the same; not two things under one name. */
static char const *fault_of(struct metric const *known, struct workload_measure const *measure)
{
    if (metric_of_table(measure->name) != NULL)
        return "slablab itself has a metric of that name";
    if (known != NULL &&
        (!text_equal(known->unit, measure->unit) || !text_equal(known->title, measure->title) ||
         known->more_is_better != measure->more_is_better))
        return "another workload reports something else under that name";
    return NULL;
}

static struct metric *take(struct plan *plan, struct metric *known,
                           struct workload_measure const *measure)
{
    if (known != NULL)
        return known;
    plan->reported =
        arena_room_for_one(&plan->arena, plan->reported, plan->reported_count, sizeof(void *));
    plan->reported[plan->reported_count] = metric_of(&plan->arena, measure);
    return plan->reported[plan->reported_count++];
}

bool expand_reported(struct expansion const *expansion, char const *place,
                     struct workload_description const *description, struct cell *reporter)
{
    struct plan *const plan = expansion->plan;

    for (size_t i = 0; i < description->measure_count; i++) {
        struct workload_measure const *const measure = &description->measures[i];
        struct metric *const known = reported_named(plan, measure->name);
        char const *const fault = fault_of(known, measure);
        if (fault != NULL) {
            yaml_file_complain(expansion->file, place, "slablab list metrics; another name",
                               "%s reports '%s': %s", description->name, measure->name, fault);
            return false;
        }
        reporter->reported = arena_room_for_one(&plan->arena, reporter->reported,
                                                reporter->reported_count, sizeof(void *));
        reporter->reported[reporter->reported_count++] = take(plan, known, measure);
    }
    return true;
}
