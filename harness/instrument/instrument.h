/* instrument.h -- what examines a run's processes: the profiler, or the ledger of page faults.
 *
 * A run with an instrument is a run like any other (plan, attestation, shuffled blocks, resume);
 * it differs in its folder's ending, its file of records, what stops it, and what is found in each
 * process. Its times are no measurement: who looks, disturbs.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_INSTRUMENT_H
#define SLABLAB_INSTRUMENT_H

#include "experiment/run_kind.h"
#include "symbols/symbols.h"
#include "trace/recorder.h"

#include <jansson.h>

/* One process that was looked at. */
struct observation {
    struct trace const *trace;
    struct sample const *sample;
    char const *program;   /* path of its executable, without symbolic links */
    char const *allocator; /* likewise of the object that served malloc */
    uint64_t period_ns;    /* between its samples */
    bool first_block;
};

struct instrument {
    struct run_kind const *kind;
    enum recording recording;
    uint64_t blocks_max; /* 0: the kind's, for the plan's form */
    uint64_t period_ns;  /* 0: the kind's */
    struct recorder *recorder;
    struct symbols *symbols;
    /* The keys that it adds to the process's record; a new reference. */
    json_t *(*describe)(struct instrument const *instrument, struct observation const *observation);
};

/* The instrument of a kind; NULL: it has none. */
struct instrument *instrument_of(struct run_kind const *kind);

/* Opens what it needs, for a run in the quick form or not. Complains and returns false on a
 * fault. */
bool instrument_open(struct instrument *instrument, bool quick);
void instrument_close(struct instrument *instrument);

/* instrument.json, as records.md has it; a new reference. */
json_t *instrument_describe(struct instrument const *instrument);

#endif
