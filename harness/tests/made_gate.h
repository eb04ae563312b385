/* made_gate.h -- a gate's plan with two cells, and blocks made by hand.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_MADE_GATE_H
#define SLABLAB_MADE_GATE_H

#include "judge/gate_judge.h"
#include "made_rules.h"

#include <string.h>

static struct arm gate_arms[] = {
    {.id = "base", .role = ROLE_BASELINE, .object_build_id = (char *)"aa"},
    {.id = "control", .role = ROLE_CONTROL, .object_build_id = (char *)"aa"},
    {.id = "head", .role = ROLE_ARM, .object_build_id = (char *)"bb"}};
static struct cell gate_cells[] = {{.id = (char *)"one cold"}, {.id = (char *)"two warm"}};
static struct gate_metric gate_metrics[3];
static struct plan gate_plan = {
    .experiment = (char *)"made",
    .form = (char *)"gate",
    .hash = (char *)"0123456789abcdef",
    .seed = 1,
    .alpha = 0.05,
    .alpha_control = 0.01,
    .stop = {.blocks_max = 1200},
    .gate = {.alpha_fail = 0.005, .alpha_pass = 0.05, .metrics = gate_metrics},
    .arms = gate_arms,
    .arm_count = 3,
    .cells = gate_cells,
    .cell_count = 2,
};

/* A cell's rows; the third one is what a test asks for. */
enum { TIME, FAULTS, THIRD };

/* Time with a margin of 2 %, faults with none; a third metric where it is asked for, with the
 * margin that it has where it is implied, else .2 %. */
static inline struct gate_judge *made_judge(char const *third)
{
    struct metric const *const metric = third != NULL ? metric_named(third) : NULL;

    gate_metrics[TIME] = (struct gate_metric){metric_named("time"), 0.02, true};
    gate_metrics[FAULTS] = (struct gate_metric){metric_named("page_faults"), 0, true};
    if (metric != NULL)
        gate_metrics[THIRD] =
            (struct gate_metric){metric, metric->margin > 0 ? metric->margin : 0.002, true};
    gate_plan.gate.metric_count = metric != NULL ? 3 : 2;
    gate_plan.rules = (struct rules)MADE_RULES; /* a test may have changed one */
    return gate_judge_new(&gate_plan);
}

static inline json_t *made_arm(char const *arm, double cpu_ns, int faults)
{
    return json_pack("{s:s, s:s, s:I, s:i, s:i}", "arm", arm, "status", "ok", "cpu_ns",
                     (json_int_t)cpu_ns, "minor_faults", faults, "major_faults", 0);
}

/* A valid block: the arms' times, and the faults of base and head. */
static inline void made_block(struct gate_judge *judge, size_t cell, double base, double control,
                              double head, int base_faults, int head_faults)
{
    json_t *const samples =
        json_pack("[o, o, o]", made_arm("head", head, head_faults),
                  made_arm("base", base, base_faults), made_arm("control", control, base_faults));

    gate_judge_add(judge, cell, samples);
    gate_judge_add_failures(judge, samples);
    json_decref(samples);
}

/* n blocks or pairs whose processes end so; "ok", "crashed", "allocator". */
static inline void made_pairs(struct gate_judge *judge, size_t n, char const *base,
                              char const *head)
{
    json_t *const samples = json_pack(
        "[{s:s, s:s}, {s:s, s:s, s:i, s:s}]", "arm", "base", "status", base, "arm", "head",
        "status", head, "signal", strcmp(head, "crashed") == 0 ? 6 : 0, "stderr",
        "heap <corrupt>\n");

    for (size_t i = 0; i < n; i++)
        gate_judge_add_failures(judge, samples);
    json_decref(samples);
}

/* n blocks of a cell's instructions, of base and control the same. */
static inline void made_counts(struct gate_judge *judge, size_t cell, size_t n, uint64_t base,
                               uint64_t head)
{
    for (size_t i = 0; i < n; i++)
        gate_judge_add_instructions(judge, cell, (uint64_t[]){base, base, head});
}

/* The same noise in every test: a few per mille, in no order. */
static inline double made_noise(size_t i)
{
    return 1 + 0.004 * ((double)((i * 7919 + 13) % 101) / 50 - 1);
}

#endif
