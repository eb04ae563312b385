/* gate_outcome.c -- writes the files of a finished gate.
 *
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "gate/gate_outcome.h"

#include "base/clock.h"
#include "base/complain.h"
#include "base/durable.h"
#include "base/folder.h"
#include "base/portable.h"
#include "base/memory.h"
#include "base/record.h"
#include "base/regular_file.h"
#include "base/text.h"
#include "catalogue/build_facts.h"
#include "catalogue/project.h"
#include "catalogue/settings.h"
#include "gate/gate_certified.h"
#include "gate/gate_explain.h"
#include "gate/gate_failures.h"
#include "gate/gate_report.h"
#include "gate/instructions.h"
#include "run/summary.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { HOST_BYTES_MAX = 256 };

static bool counts_instructions(struct plan const *plan)
{
    for (size_t i = 0; i < plan->gate.metric_count; i++)
        if (plan->gate.metrics[i].metric->name == metric_instructions)
            return true;
    return false;
}

/* Counting for a judge: how long it may take, and where failures are noted. */
struct counted_judge {
    struct gate_judge *judge;
    char const *folder;
    uint64_t began_ns;
    double seconds_before; /* that the timed blocks took */
};

/* As many blocks, and as many seconds, as the plan allows to the timed ones. */
static bool wants_block(void *context, size_t cell)
{
    struct counted_judge const *const counted = context;
    struct stop const *const stop = &counted->judge->plan->stop;
    double const seconds = (double)(clock_ns(CLOCK_MONOTONIC) - counted->began_ns) / 1e9;

    return counted->judge->cells[cell].counted.n < stop->blocks_max &&
           (stop->seconds_max <= 0 || seconds < stop->seconds_max) &&
           (stop->seconds_in_all <= 0 ||
            counted->seconds_before + seconds < stop->seconds_in_all) &&
           gate_judge_wants_instructions(counted->judge, cell);
}

static void take_block(void *context, size_t cell, uint64_t const *counts)
{
    struct counted_judge const *const counted = context;

    gate_judge_add_instructions(counted->judge, cell, counts);
}

static bool note_failure(void *context, size_t cell, size_t arm, struct sample const *sample)
{
    struct counted_judge const *const counted = context;
    struct plan const *const plan = counted->judge->plan;

    return gate_failures_note(plan, counted->folder, plan->cells[cell].id, plan->arms[arm].id,
                              sample);
}

enum step gate_count_instructions(struct rig const *rig, struct tally const *tally,
                                  char const *folder, json_t *reasons)
{
    struct counted_judge counted = {tally->judge, folder, clock_ns(CLOCK_MONOTONIC),
                                    tally_seconds(tally)};
    struct instructions_user const user = {&counted, wants_block, take_block, note_failure};

    return counts_instructions(rig->plan) ? instructions_run(&user, rig, folder, reasons)
                                          : STEP_DONE;
}

/* By the two files that describe the run; NULL where one of them cannot be read, after a
 * complaint. */
static json_t *conditions_of(char const *folder)
{
    char *const plan_path = text_format("%s/plan.json", folder);
    char *const machine_path = text_format("%s/machine.json", folder);
    json_t *const plan = regular_file_json(plan_path, 0, NULL);
    json_t *const machine = regular_file_json(machine_path, 0, NULL);
    json_t *const conditions =
        plan != NULL && machine != NULL ? gate_conditions(plan, machine) : NULL;

    if (conditions == NULL)
        complain("the same command with --fresh", "%s: cannot be read",
                 plan == NULL ? plan_path : machine_path);
    json_decref(machine);
    json_decref(plan);
    free(machine_path);
    free(plan_path);
    return conditions;
}

static json_t *describe(struct gate_request const *request, struct tally const *tally,
                        json_t const *outcome, json_t *conditions)
{
    char host[HOST_BYTES_MAX] = "";
    json_t *const cautions = build_differences(request->base.build.facts,
                                               request->head.build.facts);

    if (gethostname(host, sizeof host - 1) != 0)
        *host = '\0';
    struct gate_circumstances const circumstances = {
        .base = &request->base,
        .head = &request->head,
        .label = request->label,
        .host = host,
        .conditions = conditions,
        .cautions = cautions,
        .started_unix_ns = request->started_unix_ns,
        .seconds = (double)(clock_ns(CLOCK_MONOTONIC) - request->started_monotonic_ns) / 1e9,
    };
    gate_judge_estimate(tally->judge);
    json_t *const gate =
        gate_describe(tally->judge, json_object_get(outcome, "reasons"), &circumstances);
    json_t *const portable = portable_json(gate);
    json_decref(cautions);
    json_decref(gate);
    return portable;
}

static char *markdown_of(json_t const *gate)
{
    char *const certified = gate_certified_text();
    char *const text = gate_markdown(gate, certified, GATE_MARKDOWN_BYTES);

    free(certified);
    return text;
}

static bool write_text(char const *folder, char const *name, char *text)
{
    bool const written = durable_write(folder, name, text, strlen(text));

    free(text);
    return written;
}

/* GitHub gives each job step a file, which it shows as Markdown on the job's page. */
static void append_job_summary(json_t const *gate)
{
    char const *const path = getenv("GITHUB_STEP_SUMMARY");
    FILE *const file = path != NULL && *path != '\0' ? fopen(path, "a") : NULL;

    if (path == NULL || *path == '\0')
        return;
    char *const text = markdown_of(gate);
    bool written = file != NULL && fputs(text, file) >= 0;
    written = (file == NULL || fclose(file) == 0) && written;
    if (!written)
        complain("the same table is in the run's gate.md", "GITHUB_STEP_SUMMARY=%s: %s", path,
                 strerror(errno));
    free(text);
}

static bool ignore_record(void *context, json_t const *record)
{
    (void)context;
    (void)record;
    return true;
}

/* In the folder that --record names, in slablab.yaml's, which may be a file, or in that of the
 * results. */
static char *history_path(struct gate_request const *request, char const *experiment)
{
    char const *const history = settings()->history;

    if (request->history != NULL)
        return text_format("%s/%s.jsonl", request->history, experiment);
    if (history == NULL)
        return text_format("%s/history/%s.jsonl", request->results, experiment);
    char *const path = *history == '/' ? text_copy(history)
                                       : text_format("%s/%s", project_folder(), history);
    char *const file = text_ends_with(path, ".jsonl")
        ? text_copy(path)
        : text_format("%s/%s.jsonl", path, experiment);
    free(path);
    return file;
}

/* One gate is one line, written whole or not at all. */
static bool append_history(struct gate_request const *request, char const *experiment,
                           json_t *gate)
{
    char *const path = history_path(request, experiment);
    char *const name = text_copy(strrchr(path, '/') + 1);
    char *const folder = text_copy_bytes(path, strlen(path) - strlen(name) - 1);
    struct record_file file;
    bool appended = folder_make(folder);

    appended = appended && record_open(&file, folder, name, ignore_record, NULL);
    if (appended) {
        appended = record_append(&file, gate);
        record_close(&file);
    }
    free(folder);
    free(name);
    free(path);
    return appended;
}

bool gate_record(struct gate_request const *request, char const *experiment, char const *folder)
{
    char *const path = text_format("%s/gate.json", folder);
    json_t *const gate = request->record ? regular_file_json(path, 0, NULL) : NULL;
    if (gate != NULL)
        json_object_del(gate, "explanation"); /* of this gate alone, and long */
    bool const recorded =
        !request->record || (gate != NULL && append_history(request, experiment, gate));

    json_decref(gate);
    free(path);
    return recorded;
}

/* Where each cell with a row that failed differs; NULL where none did, or nothing is known. */
static char *explain(struct rig const *rig, struct gate_judge const *judge, char const *folder)
{
    size_t const metrics = judge->plan->gate.metric_count;
    struct failed_cell *const failed = memory_zeroed(judge->plan->cell_count, sizeof *failed);
    size_t count = 0;

    for (size_t i = 0; i < judge->plan->cell_count * metrics; i++) {
        struct gate_row const *const row = &judge->rows[i];
        if (row->verdict != GATE_FAIL)
            continue;
        if (count == 0 || failed[count - 1].cell != row->cell)
            failed[count++].cell = row->cell;
        *(gate_row_is_of_blocks(row) ? &failed[count - 1].by_another
                                     : &failed[count - 1].by_instructions) = true;
    }
    char *const text = count > 0 ? gate_explain(rig, failed, count, folder) : NULL;
    free(failed);
    return text;
}

/* What the build of a revision printed. */
static bool write_log(char const *folder, char const *name, struct gate_spec const *spec)
{
    char *const log = spec->build.log != NULL ? text_of_file(spec->build.log, NULL) : NULL;
    char *const portable = log != NULL ? portable_text(log) : NULL;
    bool const written = portable == NULL || write_text(folder, name, text_copy(portable));

    free(portable);
    free(log);
    return written;
}

static bool write_reports(json_t const *gate, char const *folder)
{
    return durable_write_json(folder, "gate.json", gate) &&
           write_text(folder, "gate.md", markdown_of(gate)) &&
           write_text(folder, "gate.xml", gate_junit(gate));
}

/* The verdict is on disk before anything is explained. */
static bool add_explanation(json_t *gate, char *text, char const *folder)
{
    if (text == NULL)
        return true;
    printf("\n%s", text);
    gate_explain_print_more(folder);
    putchar('\n');
    json_object_set_new(gate, "explanation", json_string(text));
    free(text);
    return write_reports(gate, folder);
}

int gate_finish(struct gate_request const *request, struct rig const *rig,
                struct tally const *tally, json_t const *outcome, char const *folder)
{
    json_t *const conditions = conditions_of(folder);
    json_t *const gate =
        conditions != NULL ? describe(request, tally, outcome, conditions) : NULL;
    bool written = gate != NULL && write_reports(gate, folder) &&
                   write_log(folder, "build-base.log", &request->base) &&
                   write_log(folder, "build-head.log", &request->head);
    int const status = written ? gate_exit_status(gate) : EXIT_STATUS_USAGE;

    if (written) {
        char *const table = gate_table(gate);
        fputs(table, stdout);
        free(table);
        if (request->explain && status == EXIT_STATUS_FAIL)
            written = add_explanation(gate, explain(rig, tally->judge, folder), folder);
        summary_print_next("judge", folder);
        append_job_summary(gate);
    }
    json_decref(gate);
    json_decref(conditions);
    return written ? status : EXIT_STATUS_USAGE;
}
