/* instrument.c -- the two instruments, and what they need.
 *
 * SPDX-License-Identifier: MIT */
#include "instrument/instrument.h"

#include "instrument/fold.h"
#include "instrument/ledger.h"
#include "sample/sample.h"

static struct stages stages_of(struct sample const *sample)
{
    return (struct stages){sample->region.began_monotonic_ns, sample->region.ended_monotonic_ns};
}

static json_t *describe_profile(struct instrument const *instrument,
                                struct observation const *observation)
{
    struct fold_facts const facts = {
        .program = observation->program,
        .allocator = observation->allocator,
        .stages = stages_of(observation->sample),
        .period_ns = observation->period_ns,
    };

    return fold_describe(observation->trace, instrument->symbols, &facts);
}

static json_t *describe_faults(struct instrument const *instrument,
                               struct observation const *observation)
{
    struct sample const *const sample = observation->sample;
    struct region_usage const *const start_up = &sample->region.start_up;
    struct region_usage const *const usage = &sample->region.usage;
    struct ledger_facts const facts = {
        .pid = sample->pid,
        .program = observation->program,
        .allocator = observation->allocator,
        .stages = stages_of(sample),
        .faults_total = sample->process_minor_faults + sample->process_major_faults,
        .faults_start_up = start_up->minor_faults + start_up->major_faults,
        .faults_region = usage->minor_faults + usage->major_faults,
        .exec_bytes = sample->exec_bytes,
        .with_trace = observation->first_block,
    };

    return json_pack("{s:o}", instrument->kind->finding,
                     ledger_describe(observation->trace, instrument->symbols, &facts));
}

static struct instrument instruments[RUN_KINDS] = {
    [RUN_PROFILE] = {.recording = RECORD_CPU_TIME, .describe = describe_profile},
    [RUN_FAULTS] = {.recording = RECORD_PAGE_FAULTS, .describe = describe_faults},
};

struct instrument *instrument_of(struct run_kind const *kind)
{
    struct instrument *const instrument = &instruments[run_kind_index(kind)];

    instrument->kind = kind;
    return kind->finding != NULL ? instrument : NULL;
}

bool instrument_open(struct instrument *instrument, bool quick)
{
    struct run_kind const *const kind = instrument->kind;

    if (instrument->blocks_max == 0)
        instrument->blocks_max = quick ? kind->blocks_quick : kind->blocks;
    if (instrument->period_ns == 0)
        instrument->period_ns = kind->period_ns;
    instrument->recorder = recorder_new(instrument->recording, instrument->period_ns);
    if (instrument->recorder == NULL)
        return false;
    instrument->symbols = symbols_open();
    return true;
}

void instrument_close(struct instrument *instrument)
{
    recorder_free(instrument->recorder);
    symbols_close(instrument->symbols);
    instrument->recorder = NULL;
    instrument->symbols = NULL;
}

json_t *instrument_describe(struct instrument const *instrument)
{
    bool const hidden = symbols_kernel_names(instrument->symbols) == KERNEL_NAMES_HIDDEN;

    return json_pack("{s:s, s:s, s:I, s:o, s:s, s:b, s:b}", "schema", "slablab-instrument/1",
                     "instrument", instrument->kind->command, "blocks_max",
                     (json_int_t)instrument->blocks_max, "period_ns",
                     instrument->period_ns > 0 ? json_integer((json_int_t)instrument->period_ns)
                                               : json_null(),
                     "kernel_symbols", hidden ? "hidden" : "all", "kernel_counted",
                     recorder_sees_kernel(instrument->recorder), "system_calls_recorded",
                     recorder_sees_calls(instrument->recorder));
}
