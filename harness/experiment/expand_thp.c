/* expand_thp.c -- transparent huge pages as the last axis of an entry's cells.
 *
 *   thp: [never, madvise]
 *   "knead size=1 cold" -> "knead size=1 cold thp=never", "knead size=1 cold thp=madvise"
 *
 * SPDX-License-Identifier: MIT */
#include "experiment/expansion.h"

#include "base/text.h"
#include "machine/thp.h"

#include <stdlib.h>

enum { VALUES_MAX = 3 };

/* What an entry asks for, and why a process here cannot have it. */
struct axis {
    enum thp value[VALUES_MAX];
    char *fault[VALUES_MAX]; /* NULL: it can */
    size_t count;
};

static bool take_value(struct expansion const *expansion, char const *place, char const *word,
                       struct axis *axis)
{
    enum thp thp;

    if (!thp_named(word, &thp)) {
        yaml_file_complain(expansion->file, place, "one of never, madvise, always",
                           "'%s' is no setting of transparent huge pages", word);
        return false;
    }
    for (size_t i = 0; i < axis->count; i++)
        if (axis->value[i] == thp) {
            yaml_file_complain(expansion->file, place, "each setting once", "'%s' is there twice",
                               word);
            return false;
        }
    axis->fault[axis->count] = arena_keep(&expansion->plan->arena, thp_fault(thp));
    axis->value[axis->count++] = thp;
    return true;
}

static void add_cell(struct expansion const *expansion, char const *place,
                     struct cell const *cell, enum thp thp, char *fault)
{
    struct plan *const plan = expansion->plan;
    char *const id = arena_format(&plan->arena, "%s thp=%s", cell->id, thp_name(thp));

    if (fault != NULL) {
        expansion_leave_out(expansion, expansion->file, place, id, fault);
        return;
    }
    plan->cells =
        arena_room_for_one(&plan->arena, plan->cells, plan->cell_count, sizeof *plan->cells);
    plan->cells[plan->cell_count] = *cell;
    plan->cells[plan->cell_count].id = id;
    plan->cells[plan->cell_count++].thp = thp;
}

bool expand_thp(struct expansion const *expansion, size_t index, size_t first, bool **left_out)
{
    struct plan *const plan = expansion->plan;
    struct experiment_workload const *const written = &expansion->experiment->workloads[index];
    size_t const count = plan->cell_count - first;
    struct axis axis = {.count = 0};

    if (written->thp_count == 0 || count == 0)
        return true;
    for (size_t i = 0; i < written->thp_count; i++)
        if (!take_value(expansion,
                        arena_format(&plan->arena, "workloads/%zu/thp/%zu", index, i),
                        written->thp[i], &axis))
            return false;
    char *const place = arena_format(&plan->arena, "workloads/%zu/thp", index);
    struct cell const *const cells =
        arena_copy(&plan->arena, plan->cells + first, count * sizeof *plan->cells);
    bool const omitted = (*left_out)[first];
    plan->cell_count = first;
    for (size_t i = 0; i < count * axis.count; i++) {
        *left_out = arena_room_for_one(&plan->arena, *left_out, plan->cell_count,
                                       sizeof **left_out);
        (*left_out)[plan->cell_count] = omitted;
        add_cell(expansion, place, &cells[i / axis.count], axis.value[i % axis.count],
                 axis.fault[i % axis.count]);
    }
    return true;
}
