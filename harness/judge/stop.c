/* stop.c -- the stop rules of tables, and the conditions that make a run VOID.
 *
 * SPDX-License-Identifier: MIT */
#include "judge/stop.h"

#include "base/memory.h"
#include "base/reason.h"
#include "base/text.h"
#include "judge/statistics.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

/* The interval of every arm and of the control reaches at most a factor of 1 + half_width from its
 * geometric middle. */
static bool narrow_enough(struct tally const *tally, size_t cell)
{
    struct plan const *const plan = tally->plan;

    for (size_t arm = 1; arm < plan->arm_count; arm++) {
        struct tally_effect const effect = tally_speed_effect(tally, cell, arm, plan->alpha);
        /* Written so that NAN (no interval) is not narrow. */
        if (!(sqrt((1 + effect.high) / (1 + effect.low)) - 1 <= plan->stop.half_width))
            return false;
    }
    return true;
}

enum stop_reason stop_of_cell(struct tally const *tally, size_t cell)
{
    struct stop const *const stop = &tally->plan->stop;
    size_t const least = tally->plan->rules.blocks_for_half_width;

    if (tally->kind->has_judge && gate_judge_has_decided(tally->judge, cell))
        return STOP_DECIDED;
    if (tally->cells[cell].blocks >= stop->blocks_max)
        return STOP_BLOCKS_MAX;
    if (!tally->kind->has_judge && stop->half_width > 0 && tally_valid(tally, cell) >= least &&
        narrow_enough(tally, cell))
        return STOP_HALF_WIDTH;
    return STOP_NOT_YET;
}

size_t stop_comparisons(struct plan const *plan)
{
    return (plan->arm_count - 2 + plan->comparison_count) * plan->cell_count;
}

uint64_t stop_blocks_for_verdict(struct plan const *plan)
{
    double const least = plan->alpha / fmax(1, (double)stop_comparisons(plan));
    uint64_t blocks = plan->rules.blocks_min;

    while (sign_test_p(blocks, 0, 0) > least)
        blocks++;
    return blocks;
}

/* On a slow machine the quick form takes longer instead of deciding nothing. */
static bool may_stop(struct tally const *tally)
{
    struct plan const *const plan = tally->plan;
    uint64_t const wanted = stop_blocks_for_verdict(plan);

    if (!text_equal(plan->form, "quick") || wanted > plan->stop.blocks_max)
        return true;
    for (size_t i = 0; i < plan->cell_count; i++)
        if (tally->cells[i].blocks < wanted)
            return false;
    return true;
}

bool stop_of_run(struct tally const *tally)
{
    struct stop const *const stop = &tally->plan->stop;
    double const seconds = tally_seconds(tally);

    if (stop->seconds_in_all > 0 && seconds >= stop->seconds_in_all)
        return true;
    return stop->seconds_max > 0 && seconds >= stop->seconds_max && may_stop(tally);
}

static uint64_t blocks_of(struct tally const *tally, uint64_t *lost)
{
    uint64_t blocks = 0;

    *lost = 0;
    for (size_t i = 0; i < tally->plan->cell_count; i++) {
        blocks += tally->cells[i].blocks;
        *lost += tally->cells[i].lost;
    }
    return blocks;
}

bool stop_of_lost_run(struct tally const *tally)
{
    uint64_t lost;
    uint64_t const blocks = blocks_of(tally, &lost);

    return blocks >= tally->plan->rules.blocks_all_lost && lost == blocks;
}

bool stop_of_control(struct tally const *tally)
{
    return tally->kind->has_judge && gate_judge_control_fault(tally->judge) != NULL;
}

static char const *stop_reason_name(enum stop_reason reason)
{
    static char const *const names[] = {
        [STOP_NOT_YET] = "nothing",       [STOP_BLOCKS_MAX] = "blocks_max",
        [STOP_HALF_WIDTH] = "half_width", [STOP_SECONDS_MAX] = "seconds_max",
        [STOP_ALL_LOST] = "all_lost",     [STOP_DECIDED] = "decided",
        [STOP_CONTROL] = "control"};

    return names[reason];
}

static void judge_losses(struct tally const *tally, json_t *reasons)
{
    double const most = tally->plan->rules.lost_ratio_max;
    uint64_t lost;
    uint64_t const blocks = blocks_of(tally, &lost);

    if ((double)lost > most * (double)blocks)
        reason_add(reasons, "lost", NULL, NULL,
                   "%" PRIu64 " of %" PRIu64 " blocks lost: more than %g %%", lost, blocks,
                   100 * most);
}

/* The control arm is the baseline: if the two differ, the run cannot distinguish arms. */
static void judge_control(struct tally const *tally, json_t *reasons)
{
    size_t const cell_count = tally->plan->cell_count;
    double *const p = memory_zeroed(cell_count, sizeof *p);
    size_t *const scratch = memory_zeroed(cell_count, sizeof *scratch);

    for (size_t i = 0; i < cell_count; i++)
        p[i] = tally_control_p(tally, i);
    holm(p, cell_count, p, scratch);
    for (size_t i = 0; i < cell_count; i++)
        if (p[i] <= tally->plan->alpha_control) {
            double const effect = tally_speed_effect(tally, i, 1, tally->plan->alpha).median;
            reason_add(reasons, "control", tally->plan->cells[i].id, NULL,
                       "the control arm differs from the baseline by %+.2f %% (p = %.2g)",
                       100 * effect, p[i]);
        }
    free(p);
    free(scratch);
}

/* The same by e-processes, which are valid at the stop that the decisions chose. A decision also
 * assumes that blocks are independent. */
static void judge_gate(struct tally const *tally, json_t *reasons)
{
    struct cell const *const cells = tally->plan->cells;
    struct gate_row const *const control = gate_judge_control_fault(tally->judge);
    size_t const dependent = gate_judge_dependent_cell(tally->judge);

    if (control != NULL)
        reason_add(reasons, "control", cells[control->cell].id, NULL,
                   "the control arm differs from the base in %s (e = %.3g)",
                   control->rule->metric->name, exp(control->log_e_control));
    if (dependent < tally->plan->cell_count)
        reason_add(reasons, "dependence", cells[dependent].id, NULL,
                   "its blocks depend on one another");
}

bool stop_control_can_void(struct tally const *tally)
{
    size_t most = 0;

    for (size_t i = 0; i < tally->plan->cell_count; i++)
        if (tally_valid(tally, i) > most)
            most = tally_valid(tally, i);
    return (double)tally->plan->cell_count * sign_test_p(most, 0, 0) <= tally->plan->alpha_control;
}

static json_t *outcome_of(json_t *reasons, json_t *losses, json_t *cells)
{
    return json_pack("{s:s, s:s, s:o, s:o, s:o}", "schema", "slablab-outcome/1", "verdict",
                     json_array_size(reasons) == 0 ? "complete" : "void", "reasons", reasons,
                     "losses", losses, "cells", cells);
}

json_t *stop_outcome(struct tally const *tally, enum stop_reason const *reasons, json_t *known)
{
    json_t *const why = known != NULL ? json_copy(known) : json_array();
    json_t *const cells = json_array();

    judge_losses(tally, why);
    if (tally->kind->has_judge)
        judge_gate(tally, why);
    else
        judge_control(tally, why);
    for (size_t i = 0; i < tally->plan->cell_count; i++)
        json_array_append_new(cells,
                              json_pack("{s:s, s:I, s:I, s:s}", "cell", tally->plan->cells[i].id,
                                        "blocks", (json_int_t)tally->cells[i].blocks, "lost",
                                        (json_int_t)tally->cells[i].lost, "stopped_by",
                                        stop_reason_name(reasons[i])));
    json_t *const outcome = outcome_of(why, json_incref(tally->losses), cells);
    if (json_object_size(tally->left_behind) > 0)
        json_object_set(outcome, "left_behind", tally->left_behind);
    return outcome;
}

json_t *stop_outcome_before_blocks(json_t *reasons)
{
    return outcome_of(json_incref(reasons), json_object(), json_array());
}
