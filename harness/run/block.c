/* block.c -- the arms of a block, one after another in their drawn order.
 *
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "run/block.h"

#include "base/clock.h"
#include "base/interrupt.h"
#include "base/memory.h"
#include "base/text.h"
#include "experiment/program.h"
#include "instrument/instrument.h"
#include "run/schedule.h"

#include <stdlib.h>
#include <string.h>

void block_allocate(struct block *block, struct rig const *rig)
{
    size_t const count = rig->plan->arm_count * (rig->kind->has_twins ? 2 : 1);

    *block = (struct block){.count = count,
                            .order = memory_zeroed(count, sizeof *block->order),
                            .samples = memory_zeroed(count, sizeof *block->samples),
                            .links = memory_zeroed(rig->plan->arm_count, sizeof *block->links),
                            .findings = memory_zeroed(count, sizeof(json_t *))};
}

static void clear(struct block *block, size_t position)
{
    sample_release(&block->samples[position]);
    json_decref(block->findings[position]);
    block->findings[position] = NULL;
}

void block_free(struct block *block)
{
    for (size_t i = 0; i < block->count; i++)
        clear(block, i);
    free(block->order);
    free(block->links);
    free(block->samples);
    free(block->findings);
}

/* Without symbolic links, as the kernel names mapped files. The caller frees it. */
static char *resolved(char const *path)
{
    char *const real = realpath(path, NULL);

    return real != NULL ? real : text_copy(path);
}

static json_t *look_into(struct rig const *rig, struct block const *block, size_t arm,
                         struct sample const *sample, uint64_t period_ns)
{
    struct instrument const *const instrument = rig->instrument;
    struct program const *const planned = rig->plan->cells[block->cell].program;
    char const *const executable = planned != NULL ? program_served(planned)->executable
                                                   : rig->terms[block->cell].program;
    char *const program = resolved(text_equal(executable, program_artifact)
                                       ? rig->plan->arms[arm].program
                                       : executable);
    char *const allocator = resolved(sample->region.object);
    struct observation const observation = {
        .trace = recorder_trace(instrument->recorder),
        .sample = sample,
        .program = program,
        .allocator = allocator,
        .period_ns = period_ns,
        .first_block = block->number == 0,
    };
    json_t *const finding = instrument->describe(instrument, &observation);

    free(allocator);
    free(program);
    return finding;
}

/* Runs one entry of the block, examined by the instrument unless it is a twin. Every process has
 * its own sampling period: a loop in step with one is out of step with the others. Workload planted
 * with order=0, 20 us a turn, had 55 % of its samples at 100 us where 60 % of its time is. */
static bool run_entry(struct block *block, struct rig *rig, size_t position)
{
    struct instrument const *const instrument = rig->instrument;
    size_t const arm_count = rig->plan->arm_count;
    size_t const entry = block->order[position];
    bool const watched = rig->kind->finding != NULL && entry < arm_count;
    struct sample *const sample = &block->samples[position];

    clear(block, position);
    uint64_t const period_ns = watched
                                   ? schedule_period(rig->plan->seed, block->cell, block->number,
                                                     position, instrument->period_ns)
                                   : 0;
    rig->sampler.recorder = watched ? instrument->recorder : NULL;
    if (period_ns > 0)
        recorder_set_period(instrument->recorder, period_ns);
    bool const started =
        trial_run(rig, block->cell, entry % arm_count, false, block->pad_bytes, sample);
    if (started && watched)
        block->findings[position] = look_into(rig, block, entry % arm_count, sample, period_ns);
    return started;
}

/* The first process after another cell's finds caches and free pages as that cell left them: by up
 * to 3.6 % of a cold cell's time. So a process of a drawn arm goes before the block, and nothing of
 * it is used. */
static bool lead_in(struct block *block, struct rig *rig)
{
    uint64_t const seed = rig->plan->seed;
    uint64_t const started_ns = clock_ns(CLOCK_MONOTONIC);
    struct sample sample;

    block->lead_in_ns = 0;
    if (rig->kind->finding != NULL || !rig->plan->rules.lead_in)
        return true;
    block->lead_in_arm = schedule_lead_in(seed, block->cell, block->number, rig->plan->arm_count);
    rig->sampler.recorder = NULL;
    if (!trial_run(rig, block->cell, block->lead_in_arm, false, block->pad_bytes, &sample))
        return false;
    sample_release(&sample);
    block->lead_in_ns = clock_ns(CLOCK_MONOTONIC) - started_ns;
    return true;
}

enum block_end block_run(struct block *block, struct rig *rig, size_t cell, uint64_t number)
{
    block->cell = cell;
    block->number = number;
    block->valid = true;
    block->pad_bytes = schedule_block(rig->plan->seed, cell, number, block->order, block->count);
    schedule_links(rig->plan->seed, cell, number, rig->plan, rig->links);
    memcpy(block->links, rig->links, rig->plan->arm_count * sizeof *block->links);
    block->before = weather_now();
    block->started_unix_ns = clock_ns(CLOCK_REALTIME);
    uint64_t const started_ns = clock_ns(CLOCK_MONOTONIC);
    if (!rig_renew(rig, block->order) || !lead_in(block, rig))
        return BLOCK_FAULT;
    for (size_t i = 0; i < block->count; i++) {
        if (interrupted())
            return BLOCK_INTERRUPTED;
        if (!run_entry(block, rig, i))
            return BLOCK_FAULT;
        block->valid = block->valid && block->samples[i].status == SAMPLE_OK;
    }
    block->duration_ns = clock_ns(CLOCK_MONOTONIC) - started_ns;
    block->after = weather_now();
    return interrupted() ? BLOCK_INTERRUPTED : BLOCK_DONE;
}

static void set_number(json_t *object, char const *key, uint64_t value)
{
    json_object_set_new(object, key, json_integer((json_int_t)value));
}

/* Why event `index` has no value; NULL if it has one. */
static char const *absence_of(struct sample const *sample, struct rig const *rig, size_t index)
{
    struct region_counter const *const counter = &sample->region.counter[index];
    char const *const absence = counters_absence(rig->sampler.counters, &sample->region, index);

    if (absence == NULL && counter->enabled_ns > 0 && counter->running_ns == 0)
        return "the processor had no counter free for it";
    return absence;
}

static json_t *describe_events(struct sample const *sample, struct rig const *rig)
{
    json_t *const events = json_object();

    for (size_t i = 0; i < rig->plan->event_count; i++) {
        struct region_counter const *const counter = &sample->region.counter[i];
        char const *const absence = absence_of(sample, rig, i);
        json_t *const event = json_object();
        if (absence != NULL) {
            json_object_set_new(event, "absent", json_string(absence));
        } else {
            set_number(event, "value", counter->value);
            set_number(event, "enabled_ns", counter->enabled_ns);
            set_number(event, "running_ns", counter->running_ns);
            if (counters_exclude_kernel(&sample->region, i))
                json_object_set_new(event, "excludes_kernel", json_true());
        }
        json_object_set_new(events, rig->plan->events[i], event);
    }
    return events;
}

static json_t *describe_cpus(struct sample const *sample, struct cpus const *cpus)
{
    json_t *const array = json_array();

    for (size_t i = 0; i < sample->cpu_count; i++)
        json_array_append_new(array, json_integer(cpus->workload[i]));
    return array;
}

static json_t *describe_reported(struct region const *region)
{
    json_t *const reported = json_object();

    for (size_t i = 0; i < region->measure_count; i++)
        set_number(reported, region->measure[i].name, region->measure[i].value);
    return reported;
}

static void set_checksum(json_t *object, uint64_t checksum)
{
    char digits[17];

    snprintf(digits, sizeof digits, "%016llx", (unsigned long long)checksum);
    json_object_set_new(object, "checksum", json_string(digits));
}

static void describe_usage(json_t *object, struct region const *region)
{
    set_number(object, "cpu_ns", region->cpu_ns);
    set_number(object, "wall_ns", region->wall_ns);
    set_number(object, "user_ns", region->usage.user_ns);
    set_number(object, "system_ns", region->usage.system_ns);
    set_number(object, "minor_faults", region->usage.minor_faults);
    set_number(object, "major_faults", region->usage.major_faults);
    set_number(object, "vm_hwm_bytes", region->vm_hwm_bytes);
}

static void describe_switches(json_t *object, struct region const *region)
{
    set_number(object, "voluntary_switches", region->usage.voluntary_switches);
    set_number(object, "involuntary_switches", region->usage.involuntary_switches);
}

static void describe_region(json_t *object, struct region const *region)
{
    set_number(object, "operations", region->operations);
    set_checksum(object, region->checksum);
    describe_usage(object, region);
    set_number(object, "threads", region->threads);
    set_number(object, "slowest_thread_ns", region->slowest_thread_ns);
    set_number(object, "median_thread_ns", region->median_thread_ns);
    describe_switches(object, region);
    set_number(object, "start_up_minor_faults", region->start_up.minor_faults);
    set_number(object, "start_up_major_faults", region->start_up.major_faults);
    set_number(object, "rss_bytes", region->rss_bytes);
    set_number(object, "pss_bytes", region->pss_bytes);
    set_number(object, "private_dirty_bytes", region->private_dirty_bytes);
    set_number(object, "anon_huge_bytes", region->anon_huge_bytes);
    if (region->measure_count > 0)
        json_object_set_new(object, "reported", describe_reported(region));
}

/* It counts no operations, and no instrument looks into it at the end. */
static void describe_program(json_t *object, struct region const *region,
                             struct program const *program)
{
    if (program_output_is_compared(program))
        set_checksum(object, region->checksum);
    describe_usage(object, region);
    if (program->server.count == 0)
        describe_switches(object, region);
    set_number(object, "programs_served", region->witness.images - region->witness.foreign);
}

/* From fork to exit; of a program from its exec on, as its region is, unless an instrument looks at
 * the launcher as well. */
static void describe_process(json_t *object, struct sample const *sample, bool is_region)
{
    struct region const *const region = &sample->region;

    set_number(object, "process_cpu_ns", is_region ? region->cpu_ns : sample->process_cpu_ns);
    set_number(object, "process_wall_ns", is_region ? region->wall_ns : sample->process_wall_ns);
    set_number(object, "process_minor_faults",
               is_region ? region->usage.minor_faults : sample->process_minor_faults);
    set_number(object, "process_major_faults",
               is_region ? region->usage.major_faults : sample->process_major_faults);
}

/* A report is kept whatever the status: it has the wrong checksum, or the wrong object. */
static json_t *describe_sample(struct sample const *sample, struct rig const *rig, size_t cell,
                               size_t arm, size_t position)
{
    struct program const *const program = rig->plan->cells[cell].program;
    json_t *const object = json_object();
    bool const reported = sample->status == SAMPLE_OK || sample->status == SAMPLE_CHECKSUM ||
                          sample->status == SAMPLE_ALLOCATOR;

    json_object_set_new(object, "arm", json_string(rig->plan->arms[arm].id));
    set_number(object, "position", position);
    json_object_set_new(object, "status", json_string(sample_status_name(sample->status)));
    if (sample->status == SAMPLE_FAILED)
        set_number(object, "exit_code", (uint64_t)sample->exit_code);
    if (sample->status == SAMPLE_CRASHED)
        set_number(object, "signal", (uint64_t)sample->signal);
    json_object_set_new(object, "cpus", describe_cpus(sample, &rig->sampler.cpus));
    if (reported && program != NULL)
        describe_program(object, &sample->region, program);
    else if (reported)
        describe_region(object, &sample->region);
    describe_process(object, sample,
                     reported && program != NULL && program->server.count == 0 &&
                         rig->kind->finding == NULL);
    if (reported) {
        json_object_set_new(object, "object", json_string(sample->region.object));
        json_object_set_new(object, "build_id", json_string(sample->region.build_id));
        json_object_set_new(object, "events", describe_events(sample, rig));
    }
    if (reported && rig->plan->arms[0].program != NULL)
        json_object_set_new(object, "program_build_id",
                            json_string(sample->region.artifact.build_id));
    if (sample->left_behind > 0)
        set_number(object, "left_behind", sample->left_behind);
    if (sample->status != SAMPLE_OK || sample->stderr_text != NULL)
        json_object_set_new(object, "stderr",
                            json_string(sample->stderr_text == NULL ? "" : sample->stderr_text));
    return object;
}

json_t *block_describe(struct block const *block, struct rig const *rig, char const *host)
{
    json_t *const object = json_object();
    json_t *const samples = json_array();

    json_object_set_new(object, "schema", json_string(rig->kind->schema));
    json_object_set_new(object, "plan", json_string(rig->plan->hash));
    json_object_set_new(object, "host", json_string(host));
    json_object_set_new(object, "cell", json_string(rig->plan->cells[block->cell].id));
    set_number(object, "block", block->number);
    set_number(object, "round",
               block->number); /* a cell takes part in every round until it is finished */
    set_number(object, "started_unix_ns", block->started_unix_ns);
    set_number(object, "duration_ns", block->duration_ns);
    set_number(object, "pad_bytes", block->pad_bytes);
    if (block->lead_in_ns > 0)
        json_object_set_new(object, "lead_in",
                            json_pack("{s:s, s:I}", "arm", rig->plan->arms[block->lead_in_arm].id,
                                      "duration_ns", (json_int_t)block->lead_in_ns));
    json_object_set_new(object, "valid", json_boolean(block->valid));
    json_object_set_new(object, "weather", weather_between(&block->before, &block->after));
    for (size_t i = 0; i < block->count; i++) {
        size_t const arm = block->order[i] % rig->plan->arm_count;
        json_t *const sample = describe_sample(&block->samples[i], rig, block->cell, arm, i);
        if (rig->plan->arms[arm].link_count > 0)
            set_number(sample, "link", block->links[arm]);
        if (block->findings[i] != NULL)
            json_object_update(sample, block->findings[i]);
        json_array_append_new(samples, sample);
    }
    json_object_set_new(object, "samples", samples);
    return object;
}
