/* unfinished.c -- compares stored plans and machines with the present ones.
 *
 * SPDX-License-Identifier: MIT */
#include "run/unfinished.h"

#include "base/regular_file.h"
#include "base/text.h"
#include "experiment/plan_file.h"
#include "run/machine.h"
#include "run/run_folder.h"

#include <stdlib.h>

/* What is written down of a run before its first block. */
static json_t *stored_plan(char const *folder)
{
    char *const path = text_format("%s/plan.json", folder);
    json_t *const stored = regular_file_json(path, JSON_REJECT_DUPLICATES, NULL);

    free(path);
    return stored;
}

/* A hash that is not that of what it stands beside: plan.json was written into since. */
static char *change_of_hash(json_t const *stored)
{
    char const *const written = json_string_value(json_object_get(stored, "hash"));
    char *const hash = plan_hash_of_json(stored);
    char *change = NULL;

    if (written == NULL || !text_equal(hash, written))
        change = text_format("its plan.json was changed since it was written (hash %s there, %s by "
                             "what it holds)",
                             written != NULL ? written : "missing", hash);
    free(hash);
    return change;
}

/* Why the run in `folder` is not to be gone on with; NULL where it is. */
static char *misfit_of_plan(char const *folder, json_t const *stored, json_t const *now,
                            uint64_t seed)
{
    json_t const *const own_seed = json_object_get(stored, "seed");

    if (!json_is_object(stored))
        return text_copy("its plan.json cannot be read");
    char *change = plan_change(stored, now);
    if (change == NULL)
        change = change_of_hash(stored);
    if (change != NULL)
        return change;
    if (!json_is_integer(own_seed) || json_integer_value(own_seed) <= 0)
        return text_copy("its plan.json has no seed");
    if (seed != 0 && seed != (uint64_t)json_integer_value(own_seed))
        return text_format("its seed is %" JSON_INTEGER_FORMAT, json_integer_value(own_seed));
    return machine_change(folder);
}

struct unfinished unfinished_find(char const *parent, char const *form, struct plan const *plan,
                                  uint64_t seed, unfinished_misfit *misfit, void const *context)
{
    struct words folders = run_folder_unfinished(parent, form);
    struct unfinished found = {0};
    json_t *const now = plan_to_json(plan);
    char *why_none = text_copy("");

    for (size_t i = folders.count; i > 0 && found.folder == NULL; i--) {
        char const *const folder = folders.word[i - 1];
        json_t *const stored = stored_plan(folder);
        char *why = misfit_of_plan(folder, stored, now, seed);
        if (why == NULL && misfit != NULL)
            why = misfit(context, folder);
        if (why == NULL) {
            found.folder = text_copy(folder);
            found.seed = (uint64_t)json_integer_value(json_object_get(stored, "seed"));
        } else {
            text_append(&why_none, "%s: not finished, but %s\n", folder, why);
        }
        free(why);
        json_decref(stored);
    }
    json_decref(now);
    words_free(&folders);
    if (found.folder == NULL && *why_none != '\0')
        found.why_none = why_none;
    else
        free(why_none);
    return found;
}
