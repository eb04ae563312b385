/* share.h -- a folder that holds an experiment for many machines: plan, programs, units.
 *
 *   SHARE/bin/                    slablab, allocators and workloads, built once
 *   SHARE/bin/links/              where the experiment says `layouts` (catalogue/ready_links.h)
 *   SHARE/bin/files/, files.json  what the experiment names by a path (catalogue/named_files.h)
 *   SHARE/allocators/peers.yaml   and SHARE/experiments/NAME.yaml
 *   SHARE/plan.json, calibration.json
 *   SHARE/machines/<machine>/     machine.json and attestation.json of each that works
 *   SHARE/units/, SHARE/shards/   as claim.h has it
 *   SHARE/scatter.json            the last file of scatter: {"schema": "slablab-scatter/1",
 *                                 "experiment": "NAME", "quick": false, "build_here": false,
 *                                 "blocks": 8, "lease_s": 120}
 *
 * A unit is `blocks` blocks of one cell, the last one of a cell perhaps fewer: "c003-b00016" is
 * cell 3 from block 16 on.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_SHARE_H
#define SLABLAB_SHARE_H

#include "base/text.h"
#include "experiment/plan.h"

#include <jansson.h>

struct share {
    char *folder; /* absolute */
    bool quick;
    bool build_here; /* each machine builds the phases (own_build.h) */
    uint64_t unit_blocks;
    double lease_seconds;
    json_t *stored;     /* plan.json */
    struct plan *plan;  /* the same, made of the experiment again */
    json_t *build;      /* build.json of this machine, where it has built; else NULL */
    struct words units; /* all, in the order of cells and blocks */
};

struct unit {
    size_t cell;
    uint64_t first;
    uint64_t blocks;
};

/* Opens what scatter has written. Complains and returns false where it has not, where plan.json
 * does not have its own hash, and where this machine would make another plan of it, as with another
 * version of a peer. */
bool share_open(struct share *share, char const *folder);
void share_close(struct share *share);

/* The units of a plan. */
struct words share_units(struct plan const *plan, uint64_t unit_blocks);
struct unit share_unit(struct share const *share, size_t index);

/* Writes scatter.json of a share that is not open. False after a complaint. */
bool share_write(struct share const *share, char const *experiment);

/* Is this the slablab of that share? */
bool share_is_inside(char const *folder);

/* Where the share has its copy of an experiment's file. The caller frees it. */
char *share_experiment(char const *folder, char const *experiment);

/* The absolute path of the folder. Unless this is the slablab of the share, that one goes on with
 * the command and its words, and this does not return. NULL after a complaint. The caller frees
 * it. */
char *share_enter(char const *folder, int argc, char **argv);

/* The name of this machine in the share, and its folder there, which is made with its machine.json
 * if it is new. Its identity, and its boot's too where a machine of the same identity was booted
 * otherwise, as clones are. NULL after a complaint. The caller frees it. */
char *share_machine(struct share const *share);

/* Writes the machine's attestation.json. False after a complaint. */
bool share_keep_attestation(struct share const *share, char const *machine, json_t const *file);

#endif
