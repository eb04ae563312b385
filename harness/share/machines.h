/* machines.h -- what the machines of a share say of themselves, in a gathered run.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_MACHINES_H
#define SLABLAB_MACHINES_H

#include "base/text.h"
#include "share/share.h"

#include <stdbool.h>

/* Writes machine.json and attestation.json of the first machine (in the order of names) into the
 * folder, and machine.<name>.json of each; where each has built the phases, its build.<name>.json,
 * too. Complains and returns false where one of them has not done the same work as the first:
 * another checksum, other operations, or another build-id that is not its own. */
bool machines_write(struct share const *share, struct words const *machines,
                    char const *folder);

#endif
