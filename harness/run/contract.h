/* contract.h -- does an arm's allocator keep what C promises of malloc, calloc and realloc?
 *
 * Workload contract finds out, on the objects that are measured, not on their observers. A
 * violation is a reason to measure nothing: an allocator that gives misaligned or overlapping
 * blocks may well be faster. What is broken in alignments that no workload asks for is only told.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_CONTRACT_H
#define SLABLAB_CONTRACT_H

#include "sample/trial.h"

#include <jansson.h>

/* Appends {"arm": id, "status": ..., "text": ...} to contracts, status being "kept", "broken",
 * "broken, not used" or "unknown", and a reason where it is broken. */
enum step contract_check(struct rig *rig, size_t arm, json_t *reasons, json_t *contracts);

/* A line for one of them; nothing if it was kept. */
void contract_print(json_t const *contract);

#endif
