/* made_records.h -- a small plan and records of its blocks, made by hand for tests.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_MADE_RECORDS_H
#define SLABLAB_MADE_RECORDS_H

#include "experiment/plan.h"
#include "made_rules.h"

#include <jansson.h>

enum { MADE_ARMS = 3, MADE_CELLS = 2 };

static struct arm made_arms[MADE_ARMS] = {{.id = "baseline", .role = ROLE_BASELINE},
                                          {.id = "control", .role = ROLE_CONTROL},
                                          {.id = "phase", .role = ROLE_ARM}};
static struct cell made_cells[MADE_CELLS] = {{.id = "one cold"}, {.id = "two warm"}};
static struct plan made_plan = {
    .experiment = "made",
    .form = "quick",
    .hash = "0123456789abcdef",
    .seed = 1,
    .alpha = 0.05,
    .alpha_control = 0.01,
    .rules = MADE_RULES,
    .stop = {.blocks_max = 100},
    .arms = made_arms,
    .arm_count = MADE_ARMS,
    .cells = made_cells,
    .cell_count = MADE_CELLS,
};

static inline json_t *made_sample(char const *arm, bool ok, uint64_t cpu_ns)
{
    return json_pack("{s:s, s:s, s:i, s:I, s:i, s:i}", "arm", arm, "status", ok ? "ok" : "crashed",
                     "operations", 1000, "cpu_ns", (json_int_t)cpu_ns, "minor_faults", 12,
                     "major_faults", 1);
}

/* A block of half a second whose arms took these times; in an order that is not the plan's. Where
 * it is not valid, the phase crashed. */
static inline json_t *made_record(size_t cell, uint64_t block, bool valid, uint64_t baseline_ns,
                                  uint64_t control_ns, uint64_t phase_ns)
{
    return json_pack("{s:s, s:s, s:s, s:I, s:I, s:b, s:[o, o, o]}", "schema", "slablab-block/2",
                     "plan", made_plan.hash, "cell", made_cells[cell].id, "block",
                     (json_int_t)block, "duration_ns", (json_int_t)500000000, "valid", (int)valid,
                     "samples", made_sample("phase", valid, phase_ns),
                     made_sample("baseline", true, baseline_ns),
                     made_sample("control", true, control_ns));
}

#endif
