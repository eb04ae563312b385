/* instrument.h -- what looks into a run's processes: the profiler, or the ledger of page faults.
 *
 * A run with an instrument is a run like any other (plan, attestation, shuffled blocks, resume);
 * it differs in its folder's ending, its file of records, what stops it, and what is found in each
 * process. Its times are no measurement: who looks, disturbs.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_INSTRUMENT_H
#define SLABLAB_INSTRUMENT_H

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
    char const *name;   /* "profile": the command, and the ending of the run's folder */
    char const *file;   /* "profile.jsonl" */
    char const *schema; /* "slablab-profile/1" */
    bool twins;         /* each arm runs once more in each block, left alone */
    enum recording recording;
    uint64_t blocks_max;       /* 0: blocks_default, or blocks_quick in the quick form */
    uint64_t blocks_default;
    uint64_t blocks_quick;
    uint64_t period_ns; /* of RECORD_CPU_TIME, about; 0 for others */
    struct recorder *recorder;
    struct symbols *symbols;
    /* The keys that it adds to the process's record; a new reference. */
    json_t *(*describe)(struct instrument const *instrument, struct observation const *observation);
};

/* Opens what it needs. Complains and returns false on a fault. */
bool instrument_open(struct instrument *instrument);
void instrument_close(struct instrument *instrument);

/* instrument.json, as records.md has it; a new reference. */
json_t *instrument_describe(struct instrument const *instrument);

/* Finds out of which kind `name` is: "profile" or "faults". NULL: of none. */
struct instrument *instrument_named(char const *name);

#endif
