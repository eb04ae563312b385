/* gate_outcome.h -- the end of a gate: its files, its table, its exit status.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_GATE_OUTCOME_H
#define SLABLAB_GATE_OUTCOME_H

#include "gate/gate_spec.h"
#include "judge/tally.h"
#include "sample/trial.h"

#include <jansson.h>

/* The command's request. */
struct gate_request {
    struct gate_spec base;
    struct gate_spec head;
    bool explain; /* measure where failed rows differ */
    bool record;  /* append to the history */
    char const *history; /* its folder; NULL: history/ of the results */
    char const *label; /* for the history; NULL */
    char const *results;
    uint64_t started_unix_ns;
    uint64_t started_monotonic_ns;
};

/* Counts instructions if the plan asks for them, and lets the tally's judge decide by them.
 * STEP_VOID: a process failed, and a reason was added. */
enum step gate_count_instructions(struct rig const *rig, struct tally const *tally,
                                  char const *folder, json_t *reasons);

/* Writes gate.json, gate.md and gate.xml, prints the table, and does what else the request asks
 * for. `outcome` is outcome.json. Returns an exit status. */
int gate_finish(struct gate_request const *request, struct rig const *rig,
                struct tally const *tally, json_t const *outcome, char const *folder);

/* Appends the gate to the history if requested: after outcome.json, so that no gate is appended
 * twice. False after a complaint. */
bool gate_record(struct gate_request const *request, char const *experiment, char const *folder);

#endif
