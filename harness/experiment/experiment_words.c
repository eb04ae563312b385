/* experiment_words.c -- parsing shared by several steps of an experiment's expansion.
 *
 * SPDX-License-Identifier: MIT */
#include "experiment/experiment_words.h"

#include "base/text.h"

bool expansion_take_ratio(struct yaml_file const *file, char const *place, char const *text,
                          double *ratio)
{
    if (text == NULL || text_to_ratio(text, ratio))
        return true;
    yaml_file_complain(file, place, "a number from 0 to 100 with its sign, like 0.5%",
                       "'%s' is not a percentage", text);
    return false;
}

void expansion_add_event(struct plan *plan, char const *name)
{
    struct words events = {plan->events, plan->event_count};

    if (words_hold(&events, name))
        return;
    plan->events = arena_room_for_one(&plan->arena, plan->events, plan->event_count,
                                      sizeof *plan->events);
    plan->events[plan->event_count++] = arena_text(&plan->arena, name);
}
