/* instructions.c -- counts, cell by cell and block by block, what is not in the file yet.
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

static char const schema[] = "slablab-instructions/1";
static char const file_name[] = "instructions.jsonl";

/* The state of counting. */
struct counting {
    struct instructions *instructions;
    struct callgrind callgrind;
    struct record_file file;
    json_t *reasons;
    size_t *order; /* of the arms of the block under way */
};

struct instructions instructions_new(struct plan const *plan, uint64_t repeats)
{
    size_t const counts = plan->cell_count * repeats * plan->arm_count;

    return (struct instructions){.plan = plan,
                                 .repeats = repeats,
                                 .counts = memory_zeroed(counts, sizeof(uint64_t))};
}

void instructions_free(struct instructions *instructions)
{
    free(instructions->counts);
}

uint64_t *instructions_of(struct instructions const *instructions, size_t cell, uint64_t block)
{
    return instructions->counts
        + (cell * instructions->repeats + block) * instructions->plan->arm_count;
}

static bool is_text(json_t const *record, char const *key, char const *wanted)
{
    char const *const text = json_string_value(json_object_get(record, key));

    return text != NULL && text_equal(text, wanted);
}

/* The counts of a record's block; NULL if it belongs to none. */
static uint64_t *place_of(struct counting const *counting, json_t const *record)
{
    struct plan const *const plan = counting->instructions->plan;
    json_t const *const block = json_object_get(record, "block");
    uint64_t const number = (uint64_t)json_integer_value(block);

    if (!is_text(record, "schema", schema) || !is_text(record, "plan", plan->hash)
        || !is_text(record, "valgrind", counting->callgrind.version) || !json_is_integer(block)
        || number >= counting->instructions->repeats)
        return NULL;
    for (size_t i = 0; i < plan->cell_count; i++)
        if (is_text(record, "cell", plan->cells[i].id))
            return instructions_of(counting->instructions, i, number);
    return NULL;
}

static bool take_samples(struct plan const *plan, json_t const *samples, uint64_t *counts)
{
    size_t taken = 0;
    size_t place;
    json_t *sample;

    json_array_foreach(samples, place, sample) {
        for (size_t i = 0; i < plan->arm_count; i++) {
            if (!is_text(sample, "arm", plan->arms[i].id))
                continue;
            taken += counts[i] == 0;
            counts[i] =
                (uint64_t)json_integer_value(json_object_get(sample, "instructions"));
        }
    }
    return taken == plan->arm_count;
}

/* A record_visitor. */
static bool take_record(void *context, json_t const *record)
{
    struct counting const *const counting = context;
    uint64_t *const counts = place_of(counting, record);

    if (counts != NULL
        && take_samples(counting->instructions->plan, json_object_get(record, "samples"), counts))
        return true;
    complain("the same command with --fresh",
             "%s: it has a block of another plan, or of another valgrind than %s", file_name,
             counting->callgrind.version);
    return false;
}

static bool append(struct counting *counting, size_t cell, uint64_t block)
{
    struct plan const *const plan = counting->instructions->plan;
    uint64_t const *const counts = instructions_of(counting->instructions, cell, block);
    json_t *const samples = json_array();

    for (size_t i = 0; i < plan->arm_count; i++) {
        size_t const arm = counting->order[i];
        json_array_append_new(samples, json_pack("{s:s, s:I}", "arm", plan->arms[arm].id,
                                                 "instructions", (json_int_t)counts[arm]));
    }
    json_t *const record =
        json_pack("{s:s, s:s, s:s, s:I, s:I, s:s, s:o}", "schema", schema, "plan", plan->hash,
                  "cell", plan->cells[cell].id, "block", (json_int_t)block, "operations",
                  (json_int_t)counting->callgrind.rig.terms[cell].operations, "valgrind",
                  counting->callgrind.version, "samples", samples);
    bool const appended = record_append(&counting->file, record);
    json_decref(record);
    return appended;
}

static enum step count_block(struct counting *counting, size_t cell, uint64_t block)
{
    struct plan const *const plan = counting->instructions->plan;
    uint64_t *const counts = instructions_of(counting->instructions, cell, block);
    enum step step = STEP_DONE;

    if (counts[0] != 0) /* it was in the file */
        return STEP_DONE;
    status_line_say("counting instructions", plan->cells[cell].id);
    schedule_block(plan->seed, cell, block, counting->order, plan->arm_count);
    for (size_t i = 0; step == STEP_DONE && i < plan->arm_count; i++) {
        size_t const arm = counting->order[i];
        step = callgrind_count(&counting->callgrind, cell, arm, counting->reasons, &counts[arm]);
    }
    if (step == STEP_DONE && !append(counting, cell, block))
        step = STEP_FAULT;
    return step;
}

enum step instructions_run(struct instructions *instructions, struct rig const *rig,
                           char const *folder, json_t *reasons)
{
    struct plan const *const plan = instructions->plan;
    struct counting counting = {.instructions = instructions, .reasons = reasons};
    enum step step = STEP_FAULT;

    if (!callgrind_open(&counting.callgrind, rig))
        return STEP_FAULT;
    if (record_open(&counting.file, folder, file_name, take_record, &counting)) {
        step = STEP_DONE;
        counting.order = memory_zeroed(plan->arm_count, sizeof *counting.order);
        for (size_t cell = 0; step == STEP_DONE && cell < plan->cell_count; cell++)
            for (uint64_t i = 0; step == STEP_DONE && i < instructions->repeats; i++)
                step = count_block(&counting, cell, i);
        free(counting.order);
        record_close(&counting.file);
    }
    callgrind_close(&counting.callgrind);
    return step;
}
