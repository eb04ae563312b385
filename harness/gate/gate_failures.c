/* gate_failures.c -- one line for each finding, and pairs until the judge can tell.
 *
 * SPDX-License-Identifier: MIT */
#include "gate/gate_failures.h"

#include "base/interrupt.h"
#include "base/record.h"
#include "base/regular_file.h"
#include "base/status_line.h"
#include "base/text.h"
#include "run/run_folder.h"
#include "run/schedule.h"

#include <stdlib.h>

enum { PAIR_ROUNDS = 1 << 20 }; /* pairs are drawn as blocks that no run reaches */

static char const schema[] = "slablab-failures/2";
static char const file_name[] = "failures.jsonl";

struct pairs {
    struct gate_judge *judge;
    uint64_t count;
};

/* A record_visitor. Another plan's findings are not this gate's. */
static bool take_record(void *context, json_t const *record)
{
    struct pairs *const pairs = context;
    char const *const hash = json_string_value(json_object_get(record, "plan"));
    char const *const where = json_string_value(json_object_get(record, "where"));
    json_t const *const samples = json_object_get(record, "samples");

    if (hash == NULL || where == NULL || !text_equal(hash, pairs->judge->plan->hash))
        return true;
    if (text_equal(where, "pair")) {
        gate_judge_add_failures(pairs->judge, samples);
        pairs->count++;
    } else {
        gate_judge_note_failures(pairs->judge, samples);
    }
    return true;
}

static json_t *sample_to_json(char const *arm, struct sample const *sample)
{
    json_t *const object =
        json_pack("{s:s, s:s, s:s?}", "arm", arm, "status", sample_status_name(sample->status),
                  "stderr", sample->status != SAMPLE_OK ? sample->stderr_text : NULL);

    if (sample->status == SAMPLE_CRASHED)
        json_object_set_new(object, "signal", json_integer(sample->signal));
    if (sample->status == SAMPLE_FAILED)
        json_object_set_new(object, "exit_code", json_integer(sample->exit_code));
    return object;
}

static json_t *record_of(struct plan const *plan, char const *where, char const *cell,
                         json_t *samples)
{
    return json_pack("{s:s, s:s, s:s, s:s, s:o}", "schema", schema, "plan", plan->hash, "cell",
                     cell, "where", where, "samples", samples);
}

static bool ignore_record(void *context, json_t const *record)
{
    (void)context;
    (void)record;
    return true;
}

bool gate_failures_note(struct plan const *plan, char const *folder, char const *cell,
                        char const *arm, struct sample const *sample)
{
    json_t *const samples = json_array();
    struct record_file file;

    json_array_append_new(samples, sample_to_json(arm, sample));
    json_t *const record = record_of(plan, "callgrind", cell, samples);
    bool noted = record_open(&file, folder, file_name, ignore_record, NULL);
    if (noted) {
        noted = record_append(&file, record);
        record_close(&file);
    }
    json_decref(record);
    return noted;
}

static void take_attested_arm(struct gate_judge *judge, json_t const *arm)
{
    size_t index;
    json_t *failure;

    json_array_foreach(json_object_get(arm, "failed"), index, failure) {
        json_t *const sample = json_deep_copy(failure);
        json_object_set(sample, "arm", json_object_get(arm, "arm"));
        json_t *const samples = json_pack("[o]", sample);
        gate_judge_note_failures(judge, samples);
        json_decref(samples);
    }
}

static void take_attestation(struct gate_judge *judge, char const *folder)
{
    char *const path = text_format("%s/attestation.json", folder);
    json_t *const file = regular_file_json(path, 0, NULL);
    size_t index;
    json_t *cell;

    json_array_foreach(json_object_get(file, "cells"), index, cell) {
        size_t position;
        json_t *arm;
        json_array_foreach(json_object_get(cell, "arms"), position, arm) {
            take_attested_arm(judge, arm);
        }
    }
    json_decref(file);
    free(path);
}

static enum step run_pair(struct rig *rig, uint64_t number, json_t **record)
{
    struct plan const *const plan = rig->plan;
    size_t const cell = number % plan->cell_count;
    size_t order[GATE_ARMS];
    uint32_t const pad =
        schedule_block(plan->seed, cell, PAIR_ROUNDS + number, order, GATE_ARMS);
    json_t *const samples = json_array();
    enum step step = STEP_DONE;

    schedule_links(plan->seed, cell, PAIR_ROUNDS + number, plan, rig->links);
    for (size_t i = 0; step == STEP_DONE && i < GATE_ARMS; i++) {
        struct sample sample;
        if (order[i] == GATE_CONTROL)
            continue;
        step = interrupted() ? STEP_INTERRUPTED : STEP_DONE;
        if (step == STEP_DONE && !trial_run(rig, cell, order[i], false, pad, &sample))
            step = STEP_FAULT;
        if (step != STEP_DONE)
            break;
        json_array_append_new(samples, sample_to_json(plan->arms[order[i]].id, &sample));
        sample_release(&sample);
    }
    *record = record_of(plan, "pair", plan->cells[cell].id, samples);
    json_object_set_new(*record, "pair", json_integer((json_int_t)number));
    return step == STEP_DONE && interrupted() ? STEP_INTERRUPTED : step;
}

static bool head_failed(struct gate_failures const *failures)
{
    return failures->head_alone + failures->head_elsewhere > 0;
}

/* A gate that was decided after few blocks has seen too few processes to say that none fails. One
 * that is void before its first block asks nothing of this kind. */
static bool saw_too_few(struct gate_judge const *judge)
{
    return judge->failures.pairs > 0 &&
           judge->failures.pairs < judge->plan->rules.failure_pairs_min;
}

/* Once the head has failed, pairs are asked for until that is established. */
static bool wants_pair(struct pairs const *pairs)
{
    struct gate_judge const *const judge = pairs->judge;

    if (!head_failed(&judge->failures))
        return saw_too_few(judge);
    return pairs->count < judge->plan->rules.failure_pairs_max &&
           gate_judge_failures(judge) != GATE_FAIL;
}

static enum step run_pairs(struct rig *rig, struct pairs *pairs, struct record_file *file)
{
    enum step step = STEP_DONE;

    while (step == STEP_DONE && wants_pair(pairs)) {
        json_t *record = NULL;
        status_line_say(head_failed(&pairs->judge->failures)
                            ? "a process failed: pairs of base and head"
                            : "does a process fail? pairs of base and head",
                        rig->plan->experiment);
        step = run_pair(rig, pairs->count, &record);
        if (step == STEP_DONE && !(record_append(file, record) && take_record(pairs, record)))
            step = STEP_FAULT;
        json_decref(record);
    }
    return step;
}

enum step gate_failures_run(struct rig *rig, struct gate_judge *judge, char const *folder)
{
    struct pairs pairs = {.judge = judge};
    struct record_file file;

    take_attestation(judge, folder);
    if (!head_failed(&judge->failures) && !saw_too_few(judge) && !run_folder_has(folder, file_name))
        return STEP_DONE;
    if (!record_open(&file, folder, file_name, take_record, &pairs))
        return STEP_FAULT;
    enum step const step = run_pairs(rig, &pairs, &file);
    record_close(&file);
    return step;
}
