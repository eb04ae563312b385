/* gate_explain.c -- runs both instruments, or callgrind, on the cells that failed.
 *
 * SPDX-License-Identifier: MIT */
#include "gate/gate_explain.h"

#include "base/complain.h"
#include "base/durable.h"
#include "base/interrupt.h"
#include "base/memory.h"
#include "base/status_line.h"
#include "base/shell_word.h"
#include "base/text.h"
#include "experiment/plan.h"
#include "gate/callgrind.h"
#include "gate/contrast.h"
#include "instrument/instrument.h"
#include "judge/gate_judge.h"
#include "run/blocks.h"
#include "run/summary.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS_OF_TIME = 5, ROWS_OF_FAULTS = 3, ROWS_OF_INSTRUCTIONS = 5 };

/* The cells that failed by a metric of blocks, as a plan and a rig of their own. They borrow from
 * the gate's. */
struct excerpt {
    struct plan plan;
    struct rig rig;
};

static struct excerpt excerpt_of(struct rig const *rig, struct failed_cell const *failed,
                                 size_t count)
{
    struct excerpt excerpt = {.plan = *rig->plan, .rig = *rig};
    struct plan *const plan = &excerpt.plan;

    plan->gate = (struct gate){0};
    plan->comparison_count = plan->interaction_count = plan->published_count = 0;
    plan->cells = memory_zeroed(count + 1, sizeof *plan->cells);
    plan->cell_count = 0;
    excerpt.rig.terms = memory_zeroed(count + 1, sizeof *excerpt.rig.terms);
    for (size_t i = 0; i < count; i++)
        if (failed[i].by_another) {
            plan->cells[plan->cell_count] = rig->plan->cells[failed[i].cell];
            excerpt.rig.terms[plan->cell_count++] = rig->terms[failed[i].cell];
        }
    return excerpt;
}

static void excerpt_free(struct excerpt *excerpt)
{
    free(excerpt->plan.cells);
    free(excerpt->rig.terms);
}

static bool make_folder(char const *path)
{
    if (durable_make_folder(path) || errno == EEXIST)
        return true;
    complain("ls -ld that folder", "%s: cannot make it: %s", path, strerror(errno));
    return false;
}

/* Writes a run's files before its first block. The machine is the gate's. */
static bool begin_folder(struct excerpt const *excerpt, struct instrument const *instrument,
                         char const *folder)
{
    char *const path = text_format("%s/../../machine.json", folder);
    size_t size = 0;
    char *const machine = text_of_file(path, &size);
    json_t *const description = instrument_describe(instrument);
    bool const begun = (machine == NULL || durable_write(folder, "machine.json", machine, size)) &&
                       durable_write_json(folder, "instrument.json", description) &&
                       plan_write(&excerpt->plan, folder);

    json_decref(description);
    free(machine);
    free(path);
    return begun;
}

static bool run_blocks(struct excerpt *excerpt, struct instrument const *instrument,
                       char const *folder)
{
    struct tally tally = tally_new(&excerpt->plan, instrument->kind);
    enum stop_reason *const stops = memory_zeroed(excerpt->plan.cell_count, sizeof *stops);
    bool done = false;

    if (blocks_run(&excerpt->rig, &tally, stops, folder) == STEP_DONE) {
        json_t *const outcome = stop_outcome(&tally, stops, NULL);
        done = durable_write_json(folder, "outcome.json", outcome);
        json_decref(outcome);
    }
    status_line_end();
    free(stops);
    tally_free(&tally);
    return done;
}

/* A run of that kind in FOLDER; false where it is not whole. */
static bool look(struct excerpt *excerpt, enum run_kind_index index, char const *folder)
{
    struct run_kind const *const kind = &run_kinds[index];
    struct instrument *const instrument = instrument_of(kind);

    if (interrupted() || !make_folder(folder) || !instrument_open(instrument, true))
        return false;
    excerpt->rig.kind = kind;
    excerpt->rig.instrument = instrument;
    excerpt->rig.plan = &excerpt->plan;
    excerpt->plan.stop = (struct stop){.blocks_max = instrument->blocks_max};
    excerpt->plan.hash = plan_hash(&excerpt->plan);
    bool const looked = begin_folder(excerpt, instrument, folder) &&
                        run_blocks(excerpt, instrument, folder);
    free(excerpt->plan.hash);
    instrument_close(instrument);
    return looked;
}

/* Takes over the lines. */
static void append(char **text, char *lines)
{
    if (lines != NULL)
        text_append(text, "%s", lines);
    free(lines);
}

static struct contrast contrast_of(struct plan const *plan, size_t cell)
{
    return (struct contrast){
        plan, cell, .base = GATE_BASE, .head = GATE_HEAD, .control = GATE_CONTROL};
}

/* Each arm once, of a tenth of the operations; NULL where one of them was not counted. */
static char *contrast_counted(struct callgrind *callgrind, size_t cell)
{
    struct contrast const contrast = contrast_of(callgrind->rig.plan, cell);
    char *reports[GATE_ARMS] = {NULL};
    bool counted = true;

    for (size_t arm = 0; counted && arm < GATE_ARMS; arm++) {
        struct sample sample;
        uint64_t instructions = 0;
        status_line_say("counting instructions", callgrind->rig.plan->cells[cell].id);
        counted = callgrind_count(callgrind, cell, arm, &sample, &instructions) == STEP_DONE;
        if (counted)
            sample_release(&sample);
        counted = counted && instructions > 0;
        if (counted)
            reports[arm] = callgrind_report(callgrind);
    }
    status_line_end();
    char *const lines =
        counted ? contrast_instructions(&contrast, reports, ROWS_OF_INSTRUCTIONS) : NULL;
    for (size_t arm = 0; arm < GATE_ARMS; arm++)
        free(reports[arm]);
    return lines;
}

/* The tables of cells that failed by instructions, by their place in `failed`. */
static void count_cells(struct rig const *rig, struct failed_cell const *failed, size_t count,
                        char **lines)
{
    struct callgrind callgrind = {.report_fd = -1};
    bool is_open = false;

    for (size_t i = 0; i < count; i++) {
        if (!failed[i].by_instructions)
            continue;
        if (!is_open && !callgrind_open(&callgrind, rig))
            return;
        is_open = true;
        lines[i] = contrast_counted(&callgrind, failed[i].cell);
    }
    if (is_open)
        callgrind_close(&callgrind);
}

/* The tables of cells that failed by another metric, after those that are there. */
static void look_at_cells(struct rig const *rig, struct failed_cell const *failed, size_t count,
                          char const *folder, char **lines)
{
    char *const parent = text_format("%s/explain", folder);
    char *const profile = text_format("%s/profile", parent);
    char *const faults = text_format("%s/faults", parent);
    struct excerpt excerpt = excerpt_of(rig, failed, count);

    if (excerpt.plan.cell_count > 0 && make_folder(parent)) {
        bool const profiled = look(&excerpt, RUN_PROFILE, profile);
        bool const recorded = look(&excerpt, RUN_FAULTS, faults);
        for (size_t i = 0, cell = 0; i < count; i++) {
            struct contrast const contrast = contrast_of(&excerpt.plan, cell);
            if (!failed[i].by_another)
                continue;
            cell++;
            if (lines[i] == NULL)
                lines[i] = text_copy("");
            if (profiled)
                append(&lines[i], contrast_time(&contrast, profile, ROWS_OF_TIME));
            if (recorded)
                append(&lines[i], contrast_faults(&contrast, faults, ROWS_OF_FAULTS));
        }
    }
    excerpt_free(&excerpt);
    free(faults);
    free(profile);
    free(parent);
}

char *gate_explain(struct rig const *rig, struct failed_cell const *failed, size_t count,
                   char const *folder)
{
    char **const lines = memory_zeroed(count + 1, sizeof *lines);
    char *text = NULL;

    count_cells(rig, failed, count, lines);
    look_at_cells(rig, failed, count, folder, lines);
    for (size_t i = 0; i < count; i++) {
        if (lines[i] != NULL && *lines[i] != '\0') {
            if (text == NULL)
                text = text_copy("where they differ, per process (a look, no measurement)\n");
            text_append(&text, "\n%.80s\n%s", rig->plan->cells[failed[i].cell].id, lines[i]);
        }
        free(lines[i]);
    }
    free(lines);
    return text;
}

void gate_explain_print_more(char const *folder)
{
    char *const parent = text_format("%s/explain", folder);
    char *const whole = realpath(parent, NULL);

    if (whole != NULL) {
        char *const word = shell_word(whole);
        char *const words = text_format("%s/*", word);
        summary_print_command("\nmore: ", "where", words);
        free(words);
        free(word);
    }
    free(whole);
    free(parent);
}
