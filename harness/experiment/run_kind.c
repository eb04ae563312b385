/* run_kind.c -- the table of the kinds of a run.
 *
 * SPDX-License-Identifier: MIT */
#include "experiment/run_kind.h"

#include "base/text.h"

/* About 10,000 samples in a second of CPU time; 20 processes are the fewest whose shares get an
 * interval (analysis/statistics/statistics.py); counts of faults repeat. */
struct run_kind const run_kinds[RUN_KINDS] = {
    [RUN_TIMED] = {.command = "run", .file = "samples.jsonl", .schema = "slablab-block/2"},
    [RUN_GATE] = {.command = "gate",
                  .file = "samples.jsonl",
                  .schema = "slablab-block/2",
                  .has_judge = true},
    [RUN_PROFILE] = {.command = "profile",
                     .file = "profile.jsonl",
                     .schema = "slablab-profile/2",
                     .finding = "profile",
                     .has_twins = true,
                     .blocks = 40,
                     .blocks_quick = 20,
                     .period_ns = 100000},
    [RUN_FAULTS] = {.command = "faults",
                    .file = "faults.jsonl",
                    .schema = "slablab-faults/2",
                    .finding = "faults",
                    .blocks = 5,
                    .blocks_quick = 5},
};

struct run_kind const *run_kind_of_command(char const *command)
{
    for (size_t i = 0; i < RUN_KINDS; i++)
        if (text_equal(run_kinds[i].command, command))
            return &run_kinds[i];
    return NULL;
}

enum run_kind_index run_kind_index(struct run_kind const *kind)
{
    return (enum run_kind_index)(kind - run_kinds);
}

char *run_kind_ending(struct run_kind const *kind, struct plan const *plan)
{
    if (kind->finding == NULL)
        return text_copy(plan->form);
    return text_format("%s%s", kind->command, text_equal(plan->form, "quick") ? "-quick" : "");
}
