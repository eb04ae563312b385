/* fold_cost.c -- a million samples, symbolised and folded: within 10 s?
 *
 * One process of fixed_random is profiled, and its samples are repeated until they are a million,
 * so that the stacks, their depth and the distance between distinct ones are real. The symbols are
 * reopened, so that reading ELF, DWARF and /proc/kallsyms is in the time.
 *
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "base/clock.h"
#include "base/complain.h"
#include "base/memory.h"
#include "base/text.h"
#include "catalogue/project.h"
#include "catalogue/workload_description.h"
#include "instrument/fold.h"
#include "sample/sample.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SAMPLES = 1000000, PERIOD_NS = 100003 };

static double const LIMIT_SECONDS = 10;

/* Profiles one process; its trace belongs to the recorder. */
static struct trace const *record(struct sampler *sampler, char *program, char *preload)
{
    char *const arguments[] = {program, "size=512", "slots=65536", "operations=3000000", NULL};
    char *const region = text_format("SLABLAB_REGION=%d", sampler->page_fd);
    char *const environment[] = {preload, region, NULL};
    struct sample sample;

    if (!sample_run(sampler, arguments, environment, &sample) || sample.status != SAMPLE_OK) {
        complain("make all", "fold_cost: fixed_random does not run");
        exit(EXIT_STATUS_USAGE);
    }
    free(region);
    return recorder_trace(sampler->recorder);
}

/* Everything once, then the samples again and again. */
static struct trace repeat(struct trace const *trace)
{
    struct trace repeated = *trace;

    repeated.events = memory_zeroed(trace->event_count + SAMPLES, sizeof *repeated.events);
    memcpy(repeated.events, trace->events, trace->event_count * sizeof *repeated.events);
    size_t samples = 0;
    for (size_t i = 0; i < trace->event_count; i++)
        samples += trace->events[i].kind == TRACE_SAMPLE;
    for (size_t i = 0; samples > 0 && samples < SAMPLES; i = (i + 1) % trace->event_count)
        if (trace->events[i].kind == TRACE_SAMPLE) {
            repeated.events[repeated.event_count++] = trace->events[i];
            samples++;
        }
    return repeated;
}

int main(int argc, char **argv)
{
    struct sampler sampler;

    if (argc != 3 || !sampler_open(&sampler, NULL, 0, 1)) {
        complain("make bench-harness", "fold_cost: a root and a build folder are wanted");
        return EXIT_STATUS_USAGE;
    }
    project_set(argv[1], argv[1]);
    char *const program = catalogue_workload_path("fixed_random");
    char *const object = realpath(argv[2], NULL);
    char *const preload = text_format("LD_PRELOAD=%s/libphase17-2.so", object);
    sampler.recorder = recorder_new(RECORD_CPU_TIME, PERIOD_NS);
    if (sampler.recorder == NULL || program == NULL)
        return EXIT_STATUS_USAGE;
    struct trace const *const recorded = record(&sampler, program, preload);
    struct trace const trace = repeat(recorded);
    uint64_t const started_ns = clock_ns(CLOCK_MONOTONIC);
    struct symbols *const symbols = symbols_open();
    struct fold_facts const facts = {
        .program = program, .allocator = preload + strlen("LD_PRELOAD="), .period_ns = PERIOD_NS};
    json_t *const found = fold_describe(&trace, symbols, &facts);
    double const seconds = (double)(clock_ns(CLOCK_MONOTONIC) - started_ns) / 1e9;
    json_t const *const profile = json_object_get(found, "profile");
    printf("%d samples, %zu recorded ones repeated, %zu distinct stacks: %.2f s\n", SAMPLES,
           recorded->event_count, json_array_size(json_object_get(profile, "stacks")), seconds);
    printf("limit %g s: %s\n", LIMIT_SECONDS, seconds <= LIMIT_SECONDS ? "kept" : "broken");
    json_decref(found);
    symbols_close(symbols);
    free(trace.events);
    recorder_free(sampler.recorder);
    sampler_close(&sampler);
    free(preload);
    free(object);
    free(program);
    return seconds <= LIMIT_SECONDS ? EXIT_STATUS_PASS : EXIT_STATUS_FAIL;
}
