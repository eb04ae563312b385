/* plan_hash.c -- a hash of everything but the seed that determines a plan's samples.
 *
 * FNV-1a, 64 bits (Fowler, Noll and Vo). Each text is hashed with its final 0 and each list with
 * its length, so that neighbours cannot be confused. What is only shown beside the samples
 * (question, expectation, published figures, comparisons, margin) is left out: changing it must not
 * discard a run.
 *
 * SPDX-License-Identifier: MIT */
#include "catalogue/build_id.h"
#include "experiment/plan.h"

#include "base/text.h"
#include "catalogue/workload_description.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static void mix(uint64_t *hash, void const *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++)
        *hash = (*hash ^ ((unsigned char const *)bytes)[i]) * UINT64_C(0x100000001b3);
}

/* An absent text differs from an empty one. */
static void mix_text(uint64_t *hash, char const *text)
{
    mix(hash, text != NULL ? "+" : "-", 1);
    if (text != NULL)
        mix(hash, text, strlen(text) + 1);
}

static void mix_number(uint64_t *hash, uint64_t number)
{
    mix(hash, &number, sizeof number);
}

static void mix_real(uint64_t *hash, double real)
{
    mix(hash, &real, sizeof real);
}

static void mix_arm(uint64_t *hash, struct arm const *arm)
{
    mix_text(hash, arm->id);
    mix_text(hash, arm->object);
    mix_text(hash, arm->object_build_id);
    mix_number(hash, arm->role);
    mix_number(hash, arm->environment_count);
    for (size_t i = 0; i < arm->environment_count; i++)
        mix_text(hash, arm->environment[i]);
}

/* The workload's executable matters too, and is not in the plan: it is looked up. */
static void mix_cell(uint64_t *hash, struct cell const *cell)
{
    char *const executable = catalogue_workload_path(cell->workload);
    char *const build_id = catalogue_build_id(executable);

    mix_text(hash, cell->id);
    mix_text(hash, build_id);
    free(build_id);
    free(executable);
    mix_number(hash, cell->warm);
    mix_number(hash, cell->parameter_count);
    for (size_t i = 0; i < cell->parameter_count; i++) {
        mix_text(hash, cell->parameters[i].name);
        mix_number(hash, cell->parameters[i].value);
    }
    mix_number(hash, cell->operations);
    mix_number(hash, cell->warmup_operations);
    mix_number(hash, cell->serves_count);
    for (size_t i = 0; i < cell->serves_count; i++) {
        mix_number(hash, cell->serves[i].arm);
        mix_text(hash, cell->serves[i].tier);
        mix_number(hash, cell->serves[i].relation);
        mix_real(hash, cell->serves[i].share);
    }
}

static void mix_gate(uint64_t *hash, struct gate const *gate)
{
    for (size_t i = 0; i < gate->metric_count; i++) {
        mix_text(hash, gate->metrics[i].metric->name);
        mix_real(hash, gate->metrics[i].margin);
        mix_number(hash, gate->metrics[i].decides);
    }
    if (gate->metric_count > 0) {
        mix_real(hash, gate->alpha_fail);
        mix_real(hash, gate->alpha_pass);
    }
}

char *plan_hash(struct plan const *plan)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);

    mix_text(&hash, plan->experiment);
    mix_text(&hash, plan->form);
    mix_real(&hash, plan->alpha);
    mix_real(&hash, plan->alpha_control);
    mix_number(&hash, plan->stop.blocks_max);
    mix_real(&hash, plan->stop.half_width);
    mix_real(&hash, plan->stop.seconds_max);
    mix_gate(&hash, &plan->gate);
    mix_number(&hash, plan->event_count);
    for (size_t i = 0; i < plan->event_count; i++)
        mix_text(&hash, plan->events[i]);
    mix_number(&hash, plan->arm_count);
    for (size_t i = 0; i < plan->arm_count; i++)
        mix_arm(&hash, &plan->arms[i]);
    mix_number(&hash, plan->cell_count);
    for (size_t i = 0; i < plan->cell_count; i++)
        mix_cell(&hash, &plan->cells[i]);
    return text_format("%016" PRIx64, hash);
}
