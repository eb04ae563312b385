/* run.c -- slablab run: a plan, carried out or gone on with, from its first file to its outcome.
 *
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "blocks.h"
#include "commands.h"
#include "complain.h"
#include "durable.h"
#include "interrupt.h"
#include "lock.h"
#include "machine.h"
#include "memory.h"
#include "progress.h"
#include "run_folder.h"
#include "summary.h"
#include "text.h"
#include "unfinished.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct request {
    char const *experiment;
    char const *results; /* the folder that holds <experiment>/<run>/ */
    bool quick;
    bool fresh;
    uint64_t seed; /* 0: none was given */
};

static bool parse(int argc, char **argv, struct request *request)
{
    static struct option const options[] = {{"quick", no_argument, NULL, 'q'},
                                            {"fresh", no_argument, NULL, 'f'},
                                            {"seed", required_argument, NULL, 's'},
                                            {"out", required_argument, NULL, 'o'},
                                            {NULL, 0, NULL, 0}};
    static char const usage[] =
        "slablab run experiments/smoke.yaml [--quick] [--seed N] [--out DIR] [--fresh]";
    int option;

    *request = (struct request){.results = "results"};
    opterr = 0;
    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
        switch (option) {
        case 'q': request->quick = true; break;
        case 'f': request->fresh = true; break;
        case 'o': request->results = optarg; break;
        case 's':
            if (text_to_number(optarg, &request->seed) && request->seed != 0)
                break;
            complain("--seed 1", "run: --seed '%s' is not a whole number above 0", optarg);
            return false;
        default:
            complain(usage, "run: unknown or incomplete option '%s'", argv[optind - 1]);
            return false;
        }
    }
    if (argc - optind != 1) {
        complain(usage, "run: one experiment is wanted, and %d are given", argc - optind);
        return false;
    }
    request->experiment = argv[optind];
    return true;
}

/* Finds or makes the run's folder; replaces *plan by the stored one where there is one to go on
 * with. */
static char *settle_folder(struct request const *request, struct plan **plan)
{
    char *const parent = text_format("%s/%s", request->results, (*plan)->experiment);
    struct unfinished found = {0};
    char *folder;

    if (!request->fresh)
        found = unfinished_find(parent, *plan, request->seed);
    bool const resumed = found.folder != NULL;
    if (resumed) {
        folder = found.folder;
        plan_free(*plan);
        *plan = found.plan;
    } else {
        fputs(found.why_none != NULL ? found.why_none : "", stderr);
        folder = run_folder_create(parent, (*plan)->form);
    }
    if (folder != NULL)
        fprintf(stderr, "%s %s (seed %" PRIu64 ")\n", resumed ? "resuming" : "new run", folder,
                (*plan)->seed);
    free(found.why_none);
    free(parent);
    /* Before plan.json is there nobody finds the folder, so nobody takes its lock away from this
     * run. */
    if (folder != NULL && lock_folder(folder) && (resumed || plan_write(*plan, folder)))
        return folder;
    free(folder);
    return NULL;
}

/* What comes before the blocks, unless it was done before a resume. */
static enum step prepare(struct bench *bench, char const *folder, json_t *reasons)
{
    enum step step = STEP_DONE;
    json_t *file;

    if (!calibration_read(bench, folder)) {
        step = calibrate(bench, reasons);
        if (step == STEP_DONE && !calibration_write(bench, folder))
            step = STEP_FAULT;
    }
    if (step != STEP_DONE || attestation_read(bench, folder))
        return step;
    step = attest(bench, reasons, &file);
    if (file != NULL && !durable_write_json(folder, "attestation.json", file))
        step = STEP_FAULT;
    json_decref(file);
    return step;
}

static int finish(struct tally const *tally, json_t *outcome, char const *folder)
{
    bool const complete =
        strcmp(json_string_value(json_object_get(outcome, "verdict")), "complete") == 0;
    bool const written = durable_write_json(folder, "outcome.json", outcome);

    progress_end();
    if (written)
        summary_print(tally, outcome, folder);
    json_decref(outcome);
    if (!written)
        return EXIT_STATUS_USAGE;
    return complete ? EXIT_STATUS_PASS : EXIT_STATUS_VOID;
}

static int carry_out(struct bench *bench, struct tally *tally, char const *folder)
{
    json_t *const reasons = json_array();
    enum stop_reason *const stops = memory_zeroed(bench->plan->cell_count, sizeof *stops);
    enum step step = prepare(bench, folder, reasons);
    int status = EXIT_STATUS_USAGE;

    if (step == STEP_VOID) {
        status = finish(tally, stop_outcome_before_blocks(reasons), folder);
        if (status == EXIT_STATUS_VOID)
            complain("slablab attest with the same experiment: who serves what, and what is wrong",
                     "%s: void before its first block, as said above", bench->plan->experiment);
    } else if (step == STEP_DONE) {
        step = blocks_run(bench, tally, stops, folder);
        if (step == STEP_DONE)
            status = finish(tally, stop_outcome(tally, stops), folder);
    }
    if (step == STEP_INTERRUPTED) {
        progress_end();
        fprintf(stderr,
                "interrupted; what %s holds is kept, and the same command goes on from there\n",
                folder);
        status = EXIT_STATUS_INTERRUPTED;
    }
    free(stops);
    json_decref(reasons);
    return status;
}

int command_run(int argc, char **argv)
{
    struct request request;
    struct plan *plan;
    struct bench bench;
    char *folder;
    int status = EXIT_STATUS_USAGE;

    if (!parse(argc, argv, &request))
        return EXIT_STATUS_USAGE;
    plan = plan_from_experiment(request.experiment, request.quick, request.seed);
    folder = plan != NULL && lock_measuring() ? settle_folder(&request, &plan) : NULL;
    /* The machine is described before the sampler moves this process to a CPU of its own: from then
     * on no other is allowed. */
    if (folder != NULL && (run_folder_has(folder, "machine.json") || machine_write(plan, folder)) &&
        bench_open(&bench, plan)) {
        struct tally tally = tally_new(plan);
        interrupt_catch();
        status = carry_out(&bench, &tally, folder);
        tally_free(&tally);
        bench_close(&bench);
    }
    free(folder);
    plan_free(plan);
    return status;
}
