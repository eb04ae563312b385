/* attestation.h -- a check, before the first block, that each arm is what the plan says.
 *
 * Each cell runs once under each arm, on the observing build if there is one: the planned object
 * must serve malloc, the checksum must equal the baseline's, and each tier's share must be as the
 * experiment states. Then each link of an arm runs once, and each arm's allocator is asked once
 * whether it keeps what C promises.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_ATTESTATION_H
#define SLABLAB_ATTESTATION_H

#include "sample/trial.h"

#include <jansson.h>

/* Attests all cells, whose operations must be known, and sets their checksums. Adds a reason for
 * each violation, and then returns STEP_VOID. *file receives the content of attestation.json (NULL
 * unless STEP_DONE or STEP_VOID). */
enum step attest(struct rig *rig, json_t *reasons, json_t **file);

/* Reads the checksums from DIRECTORY/attestation.json. False if it is missing or does not fit the
 * plan. */
bool attestation_read(struct rig *rig, char const *directory);

/* Prints which object and which tiers served each cell. */
void attestation_print(json_t const *file);

#endif
