/* claim.h -- units of work that many workers take from one folder, without a master.
 *
 *   SHARE/units/todo/<unit>            no worker has it
 *   SHARE/units/held/<unit>@<worker>   a worker has it; its modification time begins the lease
 *   SHARE/shards/<unit>.jsonl          it is done
 *   SHARE/clock                        its modification time is what a worker takes for now
 *
 * A unit moves by rename, which one of several workers wins. A worker renews its lease after each
 * block; a lease that has run out may be taken over. The shard's name is taken once: a worker that
 * comes second with the same unit, having lost it meanwhile, is told so. All times are the file
 * system's, so that workers' clocks may differ.
 *
 * Invariant: a unit that has no shard stands in todo or held, whichever worker is killed.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_CLAIM_H
#define SLABLAB_CLAIM_H

#include "base/text.h"

#include <stdbool.h>
#include <stddef.h>

struct claims {
    char const *share;  /* the folder */
    char const *worker; /* without '/' and '@'; no other's */
    char const *machine; /* that it works on */
    double lease_seconds;
};

enum claim {
    CLAIM_TAKEN,
    CLAIM_HELD, /* all that is left is held by others */
    CLAIM_NONE, /* nothing is left */
    CLAIM_FAULT /* it has complained */
};

/* Makes the folders, and a unit in todo for each name. False after a complaint. */
bool claims_prepare(char const *share, struct words const *units);

/* Takes the first of these units that can be had. *taken receives its position. */
enum claim claim_next(struct claims const *claims, struct words const *units, size_t *taken);

/* Begins the lease anew. False if the unit is another's by now. */
bool claim_renew(struct claims const *claims, char const *unit);

/* Gives a unit back undone. */
void claim_release(struct claims const *claims, char const *unit);

/* Makes the synced file SHARE/shards/DRAFT the unit's shard, unless it has one, and removes the
 * draft. *first says which. False after a complaint. */
bool claim_finish(struct claims const *claims, char const *unit, char const *draft, bool *first);

/* Has the unit a shard? Does a worker hold it? */
bool claim_is_done(char const *share, char const *unit);
bool claim_is_held(char const *share, char const *unit);

#endif
