/* expand_shown.c -- how reports show an arm: its label, colour and place, or not at all.
 *
 * No sample depends on it, so a plan's hash does not (plan_hash.c).
 *
 * SPDX-License-Identifier: MIT */
#include "experiment/expansion.h"

#include "base/text.h"

#include <stdlib.h>
#include <string.h>

static bool take_arm(struct expansion const *expansion, char const *place, char const *id,
                     size_t *arm)
{
    struct plan const *const plan = expansion->plan;

    if (!plan_find_arm(plan, id, false, arm)) {
        char *const ids = plan_arm_ids(plan);
        char *const hint = arena_format(&expansion->plan->arena, "one of %s", ids);
        yaml_file_complain(expansion->file, place, hint, "unknown arm '%s'", id);
        free(ids);
        return false;
    }
    for (size_t i = 0; i < plan->shown_count; i++)
        if (plan->shown[i].arm == *arm) {
            yaml_file_complain(expansion->file, place, "one entry for each arm",
                               "arm '%s' is there already", id);
            return false;
        }
    return true;
}

/* A line of text, and no other arm's. */
static bool check_label(struct expansion const *expansion, char const *place, char const *label)
{
    struct plan const *const plan = expansion->plan;

    if (label == NULL)
        return true;
    if (label[strspn(label, " ")] == '\0' || strpbrk(label, "\n\t") != NULL) {
        yaml_file_complain(expansion->file, place, "label: 17-1", "'%s' is no label", label);
        return false;
    }
    for (size_t i = 0; i < plan->shown_count; i++)
        if (plan->shown[i].label != NULL && text_equal(plan->shown[i].label, label)) {
            yaml_file_complain(expansion->file, place, "a label for each arm",
                               "two arms have the label '%s'", label);
            return false;
        }
    return true;
}

static bool check_colour(struct expansion const *expansion, char const *place, char const *colour)
{
    static char const digits[] = "0123456789abcdefABCDEF";

    if (colour == NULL
        || (*colour == '#' && strlen(colour) == 7 && strspn(colour + 1, digits) == 6))
        return true;
    yaml_file_complain(expansion->file, place, "colour: \"#23698c\", in quotes",
                       "'%s' is no colour", colour);
    return false;
}

static bool take_order(struct expansion const *expansion, char const *place, char const *text,
                       struct shown *shown)
{
    char *end = NULL;

    if (text == NULL)
        return true;
    long const order = strtol(text, &end, 10);
    shown->is_ordered = end != text && *end == '\0' && order >= 0 && order <= ORDER_MAX;
    shown->order = (unsigned)order;
    if (!shown->is_ordered)
        yaml_file_complain(expansion->file, place, "order: 1",
                           "'%s' is no whole number from 0 to %d", text, ORDER_MAX);
    return shown->is_ordered;
}

static bool expand_one(struct expansion const *expansion, size_t index)
{
    struct experiment_shown const *const written = &expansion->experiment->shown[index];
    struct plan *const plan = expansion->plan;
    struct arena *const arena = &plan->arena;
    struct shown shown = {
        .label = arena_text(arena, written->label),
        .colour = arena_text(arena, written->colour),
        .is_hidden = written->hide == HIDE_YES,
    };
    bool const read =
        take_arm(expansion, arena_format(arena, "shown/%zu/arm", index), written->arm, &shown.arm)
        && check_label(expansion, arena_format(arena, "shown/%zu/label", index), written->label)
        && check_colour(expansion, arena_format(arena, "shown/%zu/colour", index), written->colour)
        && take_order(expansion, arena_format(arena, "shown/%zu/order", index), written->order,
                      &shown);

    if (read) {
        plan->shown =
            arena_room_for_one(arena, plan->shown, plan->shown_count, sizeof *plan->shown);
        plan->shown[plan->shown_count++] = shown;
    }
    return read;
}

bool expand_shown(struct expansion const *expansion)
{
    bool read = true;

    if (expansion->base != NULL) /* a gate has arms of its own */
        return true;
    for (size_t i = 0; read && i < expansion->experiment->shown_count; i++)
        read = expand_one(expansion, i);
    return read;
}
