/* gate_explain.c -- runs both instruments on the cells that failed, and prints the differences.
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
#include "gate/contrast.h"
#include "instrument/instrument.h"
#include "judge/gate_judge.h"
#include "run/blocks.h"
#include "run/summary.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS_OF_TIME = 5, ROWS_OF_FAULTS = 3 };

/* The cells that failed, as a plan and a rig of their own. They borrow from the gate's. */
struct excerpt {
    struct plan plan;
    struct rig rig;
};

static struct excerpt excerpt_of(struct rig const *rig, size_t const *cells, size_t count)
{
    struct excerpt excerpt = {.plan = *rig->plan, .rig = *rig};
    struct plan *const plan = &excerpt.plan;

    plan->gate = (struct gate){0};
    plan->comparison_count = plan->interaction_count = plan->published_count = 0;
    plan->cells = memory_zeroed(count, sizeof *plan->cells);
    plan->cell_count = count;
    excerpt.rig.terms = memory_zeroed(count, sizeof *excerpt.rig.terms);
    for (size_t i = 0; i < count; i++) {
        plan->cells[i] = rig->plan->cells[cells[i]];
        excerpt.rig.terms[i] = rig->terms[cells[i]];
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

static void print(char *lines)
{
    fputs(lines != NULL ? lines : "", stdout);
    free(lines);
}

static void print_cells(struct plan const *plan, char const *profile, char const *faults)
{
    for (size_t i = 0; i < plan->cell_count; i++) {
        struct contrast const contrast = {
            plan, i, .base = GATE_BASE, .head = GATE_HEAD, .control = GATE_CONTROL};
        printf("\n%.80s\n", plan->cells[i].id);
        if (profile != NULL)
            print(contrast_time(&contrast, profile, ROWS_OF_TIME));
        if (faults != NULL)
            print(contrast_faults(&contrast, faults, ROWS_OF_FAULTS));
    }
}

static void print_more(char const *parent)
{
    char *const whole = realpath(parent, NULL);
    char *const word = shell_word(whole != NULL ? whole : parent);
    char *const words = text_format("%s/*", word);

    summary_print_analysis("\nmore: ", "profile", words);
    free(words);
    free(word);
    free(whole);
}

void gate_explain(struct rig const *rig, size_t const *failed_cells, size_t count,
                  char const *folder)
{
    char *const parent = text_format("%s/explain", folder);
    char *const profile = text_format("%s/profile", parent);
    char *const faults = text_format("%s/faults", parent);
    struct excerpt excerpt = excerpt_of(rig, failed_cells, count);

    if (count > 0 && make_folder(parent)) {
        bool const profiled = look(&excerpt, RUN_PROFILE, profile);
        bool const recorded = look(&excerpt, RUN_FAULTS, faults);
        if (profiled || recorded) {
            puts("\nwhere they differ, per process (a look, no measurement)");
            print_cells(&excerpt.plan, profiled ? profile : NULL, recorded ? faults : NULL);
            print_more(parent);
        }
    }
    excerpt_free(&excerpt);
    free(faults);
    free(profile);
    free(parent);
}
