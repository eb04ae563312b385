/* attestation.h -- proof, before the first block, that each arm is what the plan says it is.
 *
 * Each cell runs once under each arm, on the observing build where there is one: the planned object
 * must serve malloc, the checksum must be the baseline's, and each tier's share what the experiment
 * states.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_ATTESTATION_H
#define SLABLAB_ATTESTATION_H

#include "sample/trial.h"

#include <jansson.h>

/* Attests all cells, whose operations must be known, and settles their checksums. Adds a reason for
 * each violation, and then ends as STEP_VOID. Gives in *file what attestation.json shall hold (NULL
 * unless STEP_DONE or STEP_VOID). */
enum step attest(struct rig *rig, json_t *reasons, json_t **file);

/* Settles the checksums from DIRECTORY/attestation.json. False where it is missing or does not fit
 * the plan. */
bool attestation_read(struct rig *rig, char const *directory);

/* Prints who served which cell, tier by tier. */
void attestation_print(json_t const *file);

#endif
