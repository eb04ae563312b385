/* measurement.c -- carries out or resumes a plan, from its first file to its outcome.
 *
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "command/measurement.h"

#include "base/complain.h"
#include "base/durable.h"
#include "base/interrupt.h"
#include "base/memory.h"
#include "base/regular_file.h"
#include "base/status_line.h"
#include "base/text.h"
#include "experiment/check_arms.h"
#include "gate/gate_failures.h"
#include "judge/gate_reach.h"
#include "judge/said.h"
#include "judge/stop.h"
#include "run/attestation.h"
#include "run/blocks.h"
#include "run/calibrate.h"
#include "run/instrument_summary.h"
#include "run/lock.h"
#include "run/machine.h"
#include "run/run_folder.h"
#include "run/summary.h"
#include "run/unfinished.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char const instrument_file[] = "instrument.json";

/* An unfinished_misfit of what has an instrument: "its blocks_max is 40, not 20". */
static char *misfit_of_instrument(void const *context, char const *folder)
{
    char *const path = text_format("%s/%s", folder, instrument_file);
    json_t *const stored = regular_file_json(path, 0, NULL);
    json_t *const now = instrument_describe(context);
    char *why = NULL;
    char const *key;
    json_t *value;

    json_object_foreach(now, key, value) {
        json_t *const then = json_object_get(stored, key);
        if (why != NULL || json_equal(then, value) == 1)
            continue;
        char *const before = then == NULL ? NULL : json_dumps(then, JSON_ENCODE_ANY);
        char *const after = json_dumps(value, JSON_ENCODE_ANY);
        why = text_format("its %s is %s, not %s", key, before != NULL ? before : "unknown", after);
        free(after);
        free(before);
    }
    json_decref(now);
    json_decref(stored);
    free(path);
    return why;
}

/* Describes the run before anything of it runs. Without plan.json the folder cannot be found by
 * another slablab, so its lock stays with this run. */
static bool begin_folder(struct measurement const *measurement, struct plan const *plan,
                         char const *folder)
{
    bool written = true;

    if (measurement->kind->finding != NULL) {
        json_t *const instrument = instrument_describe(measurement->instrument);
        written = durable_write_json(folder, instrument_file, instrument);
        json_decref(instrument);
    }
    return written && machine_write(plan, folder) && plan_write(plan, folder);
}

/* Finds or makes the run's folder; the plan gets the stored one's seed where there is one to go on
 * with, for all else of them is the same. */
static char *settle_folder(struct measurement const *measurement, struct plan *plan)
{
    char *const parent = text_format("%s/%s", measurement->results, plan->experiment);
    char *const ending = run_kind_ending(measurement->kind, plan);
    struct unfinished found = {0};
    char *folder;

    if (!measurement->fresh)
        found = unfinished_find(parent, ending, plan, measurement->seed,
                                measurement->kind->finding != NULL ? misfit_of_instrument : NULL,
                                measurement->instrument);
    bool const resumed = found.folder != NULL;
    if (resumed) {
        folder = found.folder;
        plan->seed = found.seed;
    } else {
        fputs(found.why_none != NULL ? found.why_none : "", stderr);
        folder = run_folder_create(parent, ending);
    }
    if (folder != NULL)
        fprintf(stderr, "%s %s (seed %" PRIu64 ")\n", resumed ? "resuming" : "new run", folder,
                plan->seed);
    if (folder != NULL && measurement->kind == &run_kinds[RUN_TIMED] &&
        stop_comparisons(plan) > 0 && stop_blocks_for_verdict(plan) > plan->stop.blocks_max)
        fprintf(stderr,
                "no verdict of better or worse is possible: %zu comparisons need %" PRIu64
                " blocks, and a cell stops after %" PRIu64 "\n",
                stop_comparisons(plan), stop_blocks_for_verdict(plan),
                plan->stop.blocks_max);
    if (folder != NULL && measurement->kind->has_judge && gate_reach_is_short(plan)) {
        char *const reach = gate_reach_text(plan);
        fprintf(stderr, "%s\n", reach);
        free(reach);
    }
    free(found.why_none);
    free(ending);
    free(parent);
    if (folder != NULL && lock_folder(folder) &&
        (resumed || begin_folder(measurement, plan, folder)))
        return folder;
    free(folder);
    return NULL;
}

/* Failures of processes are asked for before anything voids a gate. */
static enum step ask_failures(struct rig *rig, struct tally *tally, char const *folder,
                              enum step before)
{
    if (!rig->kind->has_judge || (before != STEP_DONE && before != STEP_VOID))
        return before;
    enum step const step = gate_failures_run(rig, tally->judge, folder);
    return step == STEP_DONE ? before : step;
}

/* What comes before the blocks, unless it was done before a resume. */
static enum step prepare(struct rig *rig, char const *folder, json_t *reasons)
{
    enum step step = STEP_DONE;
    json_t *file;

    if (!calibration_read(rig, folder)) {
        step = calibrate(rig, reasons);
        if (step == STEP_DONE && !calibration_write(rig, folder))
            step = STEP_FAULT;
    }
    if (step != STEP_DONE || attestation_read(rig, folder))
        return step;
    step = attest(rig, reasons, &file);
    if (file != NULL && !durable_write_json(folder, "attestation.json", file))
        step = STEP_FAULT;
    json_decref(file);
    return step;
}

/* How a run of one kind ends: its files, what it prints, its exit status. outcome.json is the last
 * file: it marks the run as finished. */
typedef int ending(struct measurement const *measurement, struct rig const *rig,
                   struct tally const *tally, json_t *outcome, char const *folder);

static int end_gate(struct measurement const *measurement, struct rig const *rig,
                    struct tally const *tally, json_t *outcome, char const *folder)
{
    struct gate_request const *const gate = measurement->gate;
    int const verdict = gate_finish(gate, rig, tally, outcome, folder);
    bool const written = verdict != EXIT_STATUS_USAGE &&
                         durable_write_json(folder, "outcome.json", outcome) &&
                         gate_record(gate, tally->plan->experiment, folder);

    return written ? verdict : EXIT_STATUS_USAGE;
}

static int status_of(json_t const *outcome)
{
    char const *const verdict = json_string_value(json_object_get(outcome, "verdict"));

    return text_equal(verdict, "complete") ? EXIT_STATUS_PASS : EXIT_STATUS_VOID;
}

static int end_timed(struct measurement const *measurement, struct rig const *rig,
                     struct tally const *tally, json_t *outcome, char const *folder)
{
    (void)measurement;
    (void)rig;
    if (!durable_write_json(folder, "outcome.json", outcome))
        return EXIT_STATUS_USAGE;
    summary_print(tally, outcome, folder);
    return status_of(outcome);
}

static int end_instrument(struct measurement const *measurement, struct rig const *rig,
                          struct tally const *tally, json_t *outcome, char const *folder)
{
    (void)measurement;
    if (!durable_write_json(folder, "outcome.json", outcome))
        return EXIT_STATUS_USAGE;
    instrument_summary_print(rig->instrument, tally, outcome, folder);
    return status_of(outcome);
}

static ending *const endings[RUN_KINDS] = {[RUN_TIMED] = end_timed,
                                           [RUN_GATE] = end_gate,
                                           [RUN_PROFILE] = end_instrument,
                                           [RUN_FAULTS] = end_instrument};

/* Takes over the outcome. */
static int finish(struct measurement const *measurement, struct rig const *rig,
                  struct tally const *tally, json_t *outcome, char const *folder)
{
    status_line_end();
    int const status =
        endings[run_kind_index(measurement->kind)](measurement, rig, tally, outcome, folder);
    json_decref(outcome);
    said_print(tally->said, stderr);
    return status;
}

static int carry_out(struct measurement const *measurement, struct rig *rig, struct tally *tally,
                     char const *folder)
{
    json_t *const reasons = json_array();
    enum stop_reason *const stops = memory_zeroed(rig->plan->cell_count, sizeof *stops);
    enum step step = prepare(rig, folder, reasons);
    int status = EXIT_STATUS_USAGE;

    if (step == STEP_VOID)
        step = ask_failures(rig, tally, folder, STEP_VOID);
    if (step == STEP_VOID) {
        status = finish(measurement, rig, tally, stop_outcome_before_blocks(reasons), folder);
        if (status == EXIT_STATUS_VOID)
            complain("slablab attest with the same experiment: who serves what, and what is wrong",
                     "%s: void before its first block, as said above", rig->plan->experiment);
    } else if (step == STEP_DONE) {
        step = blocks_run(rig, tally, stops, folder);
        if (step == STEP_DONE && rig->kind->has_judge && !stop_of_control(tally) &&
            !stop_of_lost_run(tally))
            step = gate_count_instructions(rig, tally, folder, reasons);
        step = ask_failures(rig, tally, folder, step);
        if (step == STEP_DONE || step == STEP_VOID)
            status = finish(measurement, rig, tally, stop_outcome(tally, stops, reasons), folder);
    }
    if (step == STEP_INTERRUPTED) {
        status_line_end();
        fprintf(stderr, "interrupted; %s is kept, and the same command resumes it\n", folder);
        status = EXIT_STATUS_INTERRUPTED;
    }
    free(stops);
    json_decref(reasons);
    return status;
}

/* An instrument runs a fixed number of blocks, whatever the plan's stop rule. */
static int carry_out_with(struct measurement const *measurement, struct rig *rig, struct plan *plan,
                          char const *folder)
{
    struct tally tally = tally_new(plan, measurement->kind);
    int status;

    if (measurement->kind->finding != NULL)
        plan->stop = (struct stop){.blocks_max = measurement->instrument->blocks_max};
    rig->instrument = measurement->instrument;
    status = carry_out(measurement, rig, &tally, folder);
    tally_free(&tally);
    return status;
}

int measurement_run(struct measurement const *measurement, struct plan *plan)
{
    bool const ready = check_arms(plan) && lock_measuring(measurement->wait);
    interrupt_catch();
    char *const folder = ready ? settle_folder(measurement, plan) : NULL;
    struct rig rig;
    int status = EXIT_STATUS_USAGE;

    /* settle_folder has described the machine before the sampler moves this process to a CPU of its
     * own: from then on no other is allowed. */
    if (folder != NULL && rig_open(&rig, plan, measurement->kind)) {
        status = carry_out_with(measurement, &rig, plan, folder);
        rig_close(&rig);
    }
    free(folder);
    plan_free(plan);
    return status;
}
