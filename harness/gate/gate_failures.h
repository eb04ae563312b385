/* gate_failures.h -- processes that fail: what else of them was seen, and pairs of base and head.
 *
 *   FOLDER/failures.jsonl, a synced line for each finding:
 *   {"schema": "slablab-failures/1", "plan": hash, "cell": id, "where": "pair", "pair": 0,
 *    "samples": [{"arm": id, "status": "ok"}, {"arm": id, "status": "crashed", "stderr": "..."}]}
 *
 * where: "attestation" and "callgrind" are processes that ran before or beside the blocks; they say
 * that an arm can fail, and are in no test. A "pair" is base and head in a drawn order, with
 * nothing measured. The blocks' own failures stand in samples.jsonl.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_GATE_FAILURES_H
#define SLABLAB_GATE_FAILURES_H

#include "judge/gate_judge.h"
#include "sample/trial.h"

/* Appends that an arm's process failed, and tells the judge. False after a complaint. */
bool gate_failures_note(struct gate_judge *judge, char const *folder, char const *where,
                        char const *cell, char const *arm, struct sample const *sample);

/* The same of every failed process that attestation.json tells of. */
bool gate_failures_note_attestation(struct gate_judge *judge, char const *folder);

/* Takes in what FOLDER has; then, where the head has failed and that decides nothing yet, runs
 * pairs, up to rules.failure_pairs_max. */
enum step gate_failures_run(struct rig *rig, struct gate_judge *judge, char const *folder);

#endif
