/* attesting_sample.c -- runs it until it ends well, and tells what is wrong in words.
 *
 * SPDX-License-Identifier: MIT */
#include "run/attesting_sample.h"

#include "base/interrupt.h"
#include "base/reason.h"
#include "base/text.h"
#include "experiment/program.h"
#include "sample/ending.h"

#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>

enum { ATTEMPTS = 8 };

/* A program that is linked statically, or that loads nothing else before it, has no witness. */
static void add_unserved(struct region const *region, struct arm const *planned, size_t link,
                         char const *cell, bool is_program, json_t *reasons)
{
    char const *const object = arm_link(planned, link).object;
    char const *const wanted = object == NULL ? "the C library" : object;

    if (planned->program != NULL && region->artifact.images == 0)
        reason_add(reasons, "program", cell, planned->id,
                   "no process said that it is %s: {artifact} was not started, is linked "
                   "statically, or got another environment",
                   planned->spec);
    else if (planned->program != NULL &&
             !text_equal(planned->program_build_id, region->artifact.build_id))
        reason_add(reasons, "program", cell, planned->id,
                   "%s ran with build-id %s, not %s: its file was replaced", planned->spec,
                   region->artifact.build_id, planned->program_build_id);
    else if (is_program && region->witness.images == 0)
        reason_add(reasons, "allocator", cell, planned->id,
                   "the program did not load %s: it is linked statically, or runs as another user",
                   wanted);
    else if (region->witness.foreign > 0)
        reason_add(reasons, "allocator", cell, planned->id,
                   "malloc of %s, which it started, was served by %s, not by %s",
                   region->witness.program, region->witness.object, wanted);
    else if (region->witness.unserved > 0)
        reason_add(reasons, "allocator", cell, planned->id,
                   "%s, which it started, did not load %s: it is linked statically, or got another "
                   "environment (%" PRIu32 " processes)",
                   region->witness.program, wanted, region->witness.unserved);
    else
        reason_add(reasons, "allocator", cell, planned->id,
                   "malloc was served by %s (build-id %s), not by %s", region->object,
                   region->build_id, wanted);
}

static void add_other_work(struct rig const *rig, size_t index, struct arm const *planned,
                           struct region const *region, json_t *reasons)
{
    struct terms const *const terms = &rig->terms[index];
    struct cell const *const cell = &rig->plan->cells[index];

    if (cell->program == NULL)
        reason_add(reasons, "checksum", cell->id, planned->id,
                   "checksum %016" PRIx64 " after %" PRIu64 " operations; the baseline gives "
                   "%016" PRIx64 " after %" PRIu64,
                   region->checksum, region->operations, terms->checksum, terms->operations_done);
    else
        reason_add(reasons, "checksum", cell->id, planned->id,
                   "its output has the SHA-256 %016" PRIx64 "..., and %016" PRIx64 "... %s",
                   region->checksum,
                   cell->program->output == OUTPUT_DIGEST ? cell->program->digest
                                                          : terms->checksum,
                   cell->program->output == OUTPUT_DIGEST ? "is expected" : "under the baseline");
}

void attesting_sample_check(struct rig const *rig, size_t index, size_t arm,
                         struct sample const *sample, json_t *reasons)
{
    struct arm const *const planned = &rig->plan->arms[arm];
    struct region const *const region = &sample->region;
    struct cell const *const cell = &rig->plan->cells[index];

    if (sample->status == SAMPLE_OK)
        return;
    if (sample->status == SAMPLE_ALLOCATOR) {
        add_unserved(region, planned, rig->links[arm], cell->id, cell->program != NULL, reasons);
    } else if (sample->status == SAMPLE_CHECKSUM) {
        add_other_work(rig, index, planned, region, reasons);
    } else {
        char *const ending = ending_of(sample);
        reason_add(reasons, "process", cell->id, planned->id, "%s (exit code %d, signal %d): %s",
                   sample_status_name(sample->status), sample->exit_code, sample->signal, ending);
        free(ending);
    }
}

/* A crash or an exit: another process may do better, unless it printed more than is taken. */
static bool may_do_better(struct sample const *sample)
{
    return (sample->status == SAMPLE_CRASHED && sample->signal != SIGXFSZ) ||
           sample->status == SAMPLE_FAILED;
}

enum step attesting_sample_run(struct rig *rig, size_t cell, size_t arm, bool observing,
                               json_t *failed, struct sample *sample)
{
    for (size_t attempt = 0; attempt < ATTEMPTS; attempt++) {
        if (interrupted())
            return STEP_INTERRUPTED;
        if (!trial_run(rig, cell, arm, observing, 0, sample))
            return STEP_FAULT;
        if (!may_do_better(sample))
            return STEP_DONE;
        json_array_append_new(
            failed, json_pack("{s:s, s:i, s:i, s:s?}", "status",
                              sample_status_name(sample->status), "signal", sample->signal,
                              "exit_code", sample->exit_code, "stderr", sample->stderr_text));
        if (attempt + 1 < ATTEMPTS)
            sample_release(sample);
    }
    return STEP_DONE;
}
