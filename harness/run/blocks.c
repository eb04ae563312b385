/* blocks.c -- runs rounds, each with one block of every unfinished cell.
 *
 * A cell takes part in every round until it has stopped, so its next block has the number of the
 * round. The tally therefore determines the position in the schedule, and a resumed run needs
 * nothing else.
 *
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "run/blocks.h"

#include "base/memory.h"
#include "base/record.h"
#include "judge/said.h"
#include "run/block.h"
#include "run/progress.h"
#include "run/schedule.h"

#include <stdlib.h>
#include <unistd.h>

enum { HOST_BYTES_MAX = 256 };

/* The state of the loop over rounds. */
struct rounds {
    struct rig *rig;
    struct tally *tally;
    enum stop_reason *stops;
    struct record_file file;
    struct block block;
    char host[HOST_BYTES_MAX];
};

/* The current round: the smallest next block of the cells that have not stopped. False if all have
 * stopped. */
static bool current_round(struct rounds const *rounds, uint64_t *round)
{
    bool found = false;

    for (size_t i = 0; i < rounds->rig->plan->cell_count; i++) {
        uint64_t const next = rounds->tally->cells[i].blocks;
        if (rounds->stops[i] == STOP_NOT_YET && (!found || next < *round)) {
            *round = next;
            found = true;
        }
    }
    return found;
}

/* Are all of them equally far? seconds_max is checked only then, so that all cells get equally many
 * blocks. */
static bool at_start_of_round(struct rounds const *rounds, uint64_t round)
{
    for (size_t i = 0; i < rounds->rig->plan->cell_count; i++)
        if (rounds->tally->cells[i].blocks > round)
            return false;
    return true;
}

static void stop_the_rest(struct rounds const *rounds, enum stop_reason reason)
{
    for (size_t i = 0; i < rounds->rig->plan->cell_count; i++)
        if (rounds->stops[i] == STOP_NOT_YET)
            rounds->stops[i] = reason;
}

static enum step record_block(struct rounds *rounds, size_t cell, uint64_t number)
{
    enum block_end const end = block_run(&rounds->block, rounds->rig, cell, number);
    json_t *record;
    bool recorded;

    if (end != BLOCK_DONE)
        return end == BLOCK_INTERRUPTED ? STEP_INTERRUPTED : STEP_FAULT;
    record = block_describe(&rounds->block, rounds->rig, rounds->host);
    said_drop_known(rounds->tally->said, record);
    recorded = record_append(&rounds->file, record) && tally_add(rounds->tally, record);
    json_decref(record);
    if (!recorded)
        return STEP_FAULT;
    rounds->stops[cell] = stop_of_cell(rounds->tally, cell);
    if (stop_of_lost_run(rounds->tally))
        stop_the_rest(rounds, STOP_ALL_LOST);
    if (stop_of_control(rounds->tally))
        stop_the_rest(rounds, STOP_CONTROL);
    progress_blocks(rounds->tally, rounds->stops);
    return STEP_DONE;
}

static enum step run_round(struct rounds *rounds, uint64_t round, size_t *order)
{
    struct plan const *const plan = rounds->rig->plan;
    enum step step = STEP_DONE;

    schedule_round(plan->seed, round, order, plan->cell_count);
    for (size_t i = 0; step == STEP_DONE && i < plan->cell_count; i++) {
        size_t const cell = order[i];
        if (rounds->stops[cell] == STOP_NOT_YET && rounds->tally->cells[cell].blocks == round)
            step = record_block(rounds, cell, round);
    }
    return step;
}

static enum step run_rounds(struct rounds *rounds)
{
    struct plan const *const plan = rounds->rig->plan;
    size_t *const order = memory_zeroed(plan->cell_count, sizeof *order);
    enum step step = STEP_DONE;
    uint64_t round = 0;

    for (size_t i = 0; i < plan->cell_count; i++)
        rounds->stops[i] = stop_of_cell(rounds->tally, i);
    if (stop_of_lost_run(rounds->tally)) /* killed before its outcome was written */
        stop_the_rest(rounds, STOP_ALL_LOST);
    if (stop_of_control(rounds->tally))
        stop_the_rest(rounds, STOP_CONTROL);
    while (step == STEP_DONE && current_round(rounds, &round)) {
        if (at_start_of_round(rounds, round) && stop_of_run(rounds->tally)) {
            stop_the_rest(rounds, STOP_SECONDS_MAX);
            break;
        }
        step = run_round(rounds, round, order);
    }
    free(order);
    return step;
}

enum step blocks_run(struct rig *rig, struct tally *tally, enum stop_reason *stops,
                     char const *folder)
{
    struct rounds rounds = {.rig = rig, .tally = tally, .stops = stops};
    enum step step;

    if (!record_open(&rounds.file, folder, tally->kind->file, tally_add, tally))
        return STEP_FAULT;
    if (gethostname(rounds.host, sizeof rounds.host - 1) != 0)
        rounds.host[0] = 0;
    block_allocate(&rounds.block, rig);
    step = run_rounds(&rounds);
    block_free(&rounds.block);
    record_close(&rounds.file);
    return step;
}
