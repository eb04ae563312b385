/* gate_failures.h -- processes that fail: what else of them was seen, and pairs of base and head.
 *
 *   FOLDER/failures.jsonl, a synced line for each finding:
 *   {"schema": "slablab-failures/2", "plan": hash, "cell": id, "where": "pair", "pair": 0,
 *    "samples": [{"arm": id, "status": "ok"}, {"arm": id, "status": "crashed", "stderr": "..."}]}
 *
 * where: "callgrind" is a process that ran beside the blocks; it says that an arm can fail, and is
 * in no test. So are those of attestation.json. A "pair" is base and head in a drawn order, with
 * nothing measured. The blocks' own failures stand in samples.jsonl.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_GATE_FAILURES_H
#define SLABLAB_GATE_FAILURES_H

#include "judge/gate_judge.h"
#include "sample/trial.h"

/* Appends that an arm's process failed under callgrind, for gate_failures_run to take in. False
 * after a complaint. */
bool gate_failures_note(struct plan const *plan, char const *folder, char const *cell,
                        char const *arm, struct sample const *sample);

/* Tells the judge, which knows the blocks, what else FOLDER has; then runs pairs: until the judge
 * has seen rules.failure_pairs_min with its blocks, and, where the head has failed and that decides
 * nothing yet, up to rules.failure_pairs_max. Once for a judge. */
enum step gate_failures_run(struct rig *rig, struct gate_judge *judge, char const *folder);

#endif
