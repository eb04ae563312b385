/* instructions.c -- round after round: what is not in the file yet is counted.
 *
 * SPDX-License-Identifier: MIT */
#include "gate/instructions.h"

#include "base/complain.h"
#include "base/memory.h"
#include "base/record.h"
#include "base/status_line.h"
#include "base/text.h"
#include "gate/callgrind.h"
#include "run/schedule.h"

#include <stdlib.h>

enum { ATTEMPTS = 8 };

static char const schema[] = "slablab-instructions/2";
static char const file_name[] = "instructions.jsonl";

/* The state of counting. */
struct counting {
    struct instructions_user const *user;
    struct plan const *plan;
    struct callgrind callgrind;
    struct record_file file;
    json_t *reasons;
    uint64_t *blocks; /* of each cell */
    uint64_t *counts; /* of the block under way, by arm */
    size_t *order;    /* of its arms */
};

static bool is_text(json_t const *record, char const *key, char const *wanted)
{
    char const *const text = json_string_value(json_object_get(record, key));

    return text != NULL && text_equal(text, wanted);
}

/* The cell of the block that a record is of, if that is the cell's next one; else cell_count. */
static size_t cell_of(struct counting const *counting, json_t const *record)
{
    struct plan const *const plan = counting->plan;
    json_t const *const block = json_object_get(record, "block");
    uint64_t const number = (uint64_t)json_integer_value(block);

    if (!is_text(record, "schema", schema) || !is_text(record, "plan", plan->hash)
        || !is_text(record, "valgrind", counting->callgrind.version) || !json_is_integer(block))
        return plan->cell_count;
    for (size_t i = 0; i < plan->cell_count; i++)
        if (is_text(record, "cell", plan->cells[i].id))
            return number == counting->blocks[i] ? i : plan->cell_count;
    return plan->cell_count;
}

static bool take_samples(struct plan const *plan, json_t const *samples, uint64_t *counts)
{
    size_t taken = 0;
    size_t index;
    json_t *sample;

    json_array_foreach(samples, index, sample) {
        for (size_t i = 0; i < plan->arm_count; i++) {
            if (!is_text(sample, "arm", plan->arms[i].id))
                continue;
            counts[i] =
                (uint64_t)json_integer_value(json_object_get(sample, "instructions"));
            taken += counts[i] != 0;
        }
    }
    return taken == plan->arm_count;
}

/* A record_visitor. */
static bool take_record(void *context, json_t const *record)
{
    struct counting *const counting = context;
    size_t const cell = cell_of(counting, record);

    if (cell < counting->plan->cell_count
        && take_samples(counting->plan, json_object_get(record, "samples"), counting->counts)) {
        counting->user->take(counting->user->context, cell, counting->counts);
        counting->blocks[cell]++;
        return true;
    }
    complain("the same command with --fresh",
             "%s: it has a block of another plan, or of another valgrind than %s", file_name,
             counting->callgrind.version);
    return false;
}

static json_t *record_of(struct counting const *counting, size_t cell)
{
    struct plan const *const plan = counting->plan;
    json_t *const samples = json_array();

    for (size_t i = 0; i < plan->arm_count; i++) {
        size_t const arm = counting->order[i];
        json_array_append_new(samples,
                              json_pack("{s:s, s:I}", "arm", plan->arms[arm].id, "instructions",
                                        (json_int_t)counting->counts[arm]));
    }
    return json_pack("{s:s, s:s, s:s, s:I, s:I, s:s, s:o}", "schema", schema, "plan", plan->hash,
                     "cell", plan->cells[cell].id, "block", (json_int_t)counting->blocks[cell],
                     "operations", (json_int_t)counting->callgrind.rig.terms[cell].operations,
                     "valgrind", counting->callgrind.version, "samples", samples);
}

/* An arm's process that fails is told of, and another one tried. */
static enum step count_arm(struct counting *counting, size_t cell, size_t arm)
{
    struct instructions_user const *const user = counting->user;

    for (size_t attempt = 1;; attempt++) {
        struct sample sample;
        enum step step =
            callgrind_count(&counting->callgrind, cell, arm, &sample, &counting->counts[arm]);
        bool const failed = step == STEP_DONE && counting->counts[arm] == 0;
        bool const again = failed && user->failed != NULL && attempt < ATTEMPTS
            && sample.status != SAMPLE_OK && sample.status != SAMPLE_ALLOCATOR;
        if (failed && !again) {
            callgrind_add_reason(counting->reasons, counting->plan, cell, arm, &sample);
            step = STEP_VOID;
        }
        if (again && !user->failed(user->context, cell, arm, &sample))
            step = STEP_FAULT;
        if (step == STEP_DONE || failed)
            sample_release(&sample);
        if (!again || step != STEP_DONE)
            return step;
    }
}

static enum step count_block(struct counting *counting, size_t cell)
{
    struct plan const *const plan = counting->plan;
    enum step step = STEP_DONE;

    status_line_say("counting instructions", plan->cells[cell].id);
    schedule_block(plan->seed, cell, counting->blocks[cell], counting->order, plan->arm_count);
    for (size_t i = 0; step == STEP_DONE && i < plan->arm_count; i++)
        step = count_arm(counting, cell, counting->order[i]);
    if (step != STEP_DONE)
        return step;
    json_t *const record = record_of(counting, cell);
    if (!record_append(&counting->file, record) || !take_record(counting, record))
        step = STEP_FAULT;
    json_decref(record);
    return step;
}

static enum step count_rounds(struct counting *counting)
{
    enum step step = STEP_DONE;

    for (bool any = true; any && step == STEP_DONE;) {
        any = false;
        for (size_t cell = 0; step == STEP_DONE && cell < counting->plan->cell_count; cell++) {
            if (!counting->user->wants(counting->user->context, cell))
                continue;
            any = true;
            step = count_block(counting, cell);
        }
    }
    return step;
}

enum step instructions_run(struct instructions_user const *user, struct rig const *rig,
                           char const *folder, json_t *reasons)
{
    struct plan const *const plan = rig->plan;
    struct counting counting = {.user = user, .plan = plan, .reasons = reasons};
    enum step step = STEP_FAULT;

    if (!callgrind_open(&counting.callgrind, rig))
        return STEP_FAULT;
    counting.blocks = memory_zeroed(plan->cell_count, sizeof *counting.blocks);
    counting.counts = memory_zeroed(plan->arm_count, sizeof *counting.counts);
    counting.order = memory_zeroed(plan->arm_count, sizeof *counting.order);
    if (record_open(&counting.file, folder, file_name, take_record, &counting)) {
        step = count_rounds(&counting);
        record_close(&counting.file);
    }
    free(counting.order);
    free(counting.counts);
    free(counting.blocks);
    callgrind_close(&counting.callgrind);
    return step;
}
