/* unfinished.c -- compares stored plans and machines with the present ones.
 *
 * SPDX-License-Identifier: MIT */
#include "run/unfinished.h"

#include "base/text.h"
#include "run/machine.h"
#include "run/run_folder.h"

#include <inttypes.h>
#include <stdlib.h>

/* Only the stored text tells with which workloads the run began; the hash of the stored plan tells
 * whether it was edited since. */
static char *change_of_plan(struct plan const *stored, struct plan const *plan)
{
    char *const hash = plan_hash(stored);
    char *change = NULL;

    if (!text_equal(hash, plan->hash))
        change = text_format("the plan has changed since (%s then, %s now)", hash, plan->hash);
    else if (!text_equal(stored->hash, plan->hash))
        change = text_format("a workload was rebuilt since, or its plan.json was edited (hash %s "
                             "there, %s by what it holds)",
                             stored->hash, hash);
    free(hash);
    return change;
}

/* Why the run in `folder` cannot be resumed; NULL if it can. */
static char *misfit_of_plan(char const *folder, struct plan const *stored, struct plan const *plan,
                    uint64_t seed)
{
    char *const change = change_of_plan(stored, plan);

    if (change != NULL)
        return change;
    if (seed != 0 && seed != stored->seed)
        return text_format("its seed is %" PRIu64, stored->seed);
    return machine_change(folder);
}

struct unfinished unfinished_find(char const *parent, char const *form, struct plan const *plan,
                                  uint64_t seed, unfinished_misfit *misfit, void const *context)
{
    struct words folders = run_folder_unfinished(parent, form);
    struct unfinished found = {0};
    char *why_none = text_copy("");

    for (size_t i = folders.count; i > 0 && found.folder == NULL; i--) {
        char const *const folder = folders.word[i - 1];
        struct plan *const stored = plan_read(folder);
        char *why = stored == NULL ? text_copy("its plan cannot be read")
                                   : misfit_of_plan(folder, stored, plan, seed);
        if (why == NULL && misfit != NULL)
            why = misfit(context, folder);
        if (why == NULL) {
            found.folder = text_copy(folder);
            found.plan = stored;
            continue;
        }
        text_append(&why_none, "%s: not finished, but %s\n", folder, why);
        free(why);
        plan_free(stored);
    }
    words_free(&folders);
    if (found.folder == NULL && *why_none != '\0')
        found.why_none = why_none;
    else
        free(why_none);
    return found;
}
