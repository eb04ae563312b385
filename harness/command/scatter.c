/* scatter.c -- slablab scatter: an experiment for many machines, in a folder that they share.
 *
 * The slablab of the checkout copies what is needed and goes on as the copy, so that the plan names
 * the files that every machine runs.
 *
 * SPDX-License-Identifier: MIT */
#include "base/complain.h"
#include "base/interrupt.h"
#include "catalogue/catalogue.h"
#include "command/commands.h"
#include "experiment/check_arms.h"
#include "run/calibrate.h"
#include "run/lock.h"
#include "share/binaries.h"
#include "share/claim.h"
#include "share/job_files.h"
#include "share/own_build.h"
#include "share/share.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/* Six blocks have an interval on their machine, and one may be lost. */
enum { UNIT_BLOCKS = 8, WORKERS = 4, NUMBER_MOST = 100000 };
static uint64_t const LEASE_SECONDS = 120;

struct request {
    char const *experiment;
    char const *folder;
    char const *engine; /* of --print; NULL: scatter */
    uint64_t units;     /* 0: of UNIT_BLOCKS blocks each */
    uint64_t workers;
    uint64_t lease;
    uint64_t seed;
    bool quick;
    bool build_here;
};

static char const usage[] = "slablab scatter experiments/NAME.yaml --dir SHARE";

static bool take_number(char const *name, uint64_t *number)
{
    if (text_to_number(optarg, number) && *number > 0 && *number <= NUMBER_MOST)
        return true;
    complain(usage, "scatter: --%s '%s' is not a whole number from 1 to %d", name, optarg,
             NUMBER_MOST);
    return false;
}

static bool take_option(struct request *request, int option, char const *name)
{
    switch (option) {
    case 'd': request->folder = optarg; return true;
    case 'p': request->engine = optarg; return true;
    case 'q': request->quick = true; return true;
    case 'b': request->build_here = true; return true;
    case 'u': return take_number(name, &request->units);
    case 'n': return take_number(name, &request->workers);
    case 'l': return take_number(name, &request->lease);
    default: return take_number(name, &request->seed);
    }
}

static bool parse(int argc, char **argv, struct request *request)
{
    static struct option const options[] = {
        {"dir", required_argument, NULL, 'd'},     {"print", required_argument, NULL, 'p'},
        {"quick", no_argument, NULL, 'q'},         {"units", required_argument, NULL, 'u'},
        {"workers", required_argument, NULL, 'n'}, {"lease", required_argument, NULL, 'l'},
        {"seed", required_argument, NULL, 's'},    {"build-here", no_argument, NULL, 'b'},
        {NULL, 0, NULL, 0}};
    int option;
    int place = 0;

    *request = (struct request){.workers = WORKERS, .lease = LEASE_SECONDS};
    opterr = 0;
    while ((option = getopt_long(argc, argv, "", options, &place)) != -1) {
        if (option == '?') {
            complain(usage, "scatter: unknown or incomplete option '%s'", argv[optind - 1]);
            return false;
        }
        if (!take_option(request, option, options[place].name))
            return false;
    }
    if (argc - optind != 1 || request->folder == NULL || *request->folder == '\0') {
        complain(usage, "scatter: one experiment and --dir SHARE are wanted");
        return false;
    }
    request->experiment = argv[optind];
    return true;
}

static int print_job(struct request const *request)
{
    char *const whole = realpath(request->folder, NULL);
    bool const known =
        job_file_print(request->engine, whole != NULL ? whole : request->folder,
                       request->experiment, request->workers);

    if (!known)
        complain("--print sbatch", "scatter: --print '%s' is none of %s", request->engine,
                 job_files_names());
    free(whole);
    return known ? EXIT_STATUS_PASS : EXIT_STATUS_USAGE;
}

/* Blocks of a unit, so that there are about as many units as were asked for. */
static uint64_t unit_blocks(struct request const *request, struct plan const *plan)
{
    uint64_t const per_cell = (request->units + plan->cell_count - 1) / plan->cell_count;

    return request->units == 0 ? UNIT_BLOCKS : (plan->stop.blocks_max + per_cell - 1) / per_cell;
}

static bool calibrate_once(struct plan const *plan, char const *folder)
{
    json_t *const reasons = json_array();
    struct rig rig;
    bool done = lock_measuring(true) && rig_open(&rig, plan, &run_kinds[RUN_TIMED]);

    if (done) {
        enum step const step = calibrate(&rig, reasons);
        if (step == STEP_VOID)
            complain("slablab attest with the experiment", "%s: the baseline could not be "
                     "calibrated", plan->experiment);
        done = step == STEP_DONE && calibration_write(&rig, folder);
        rig_close(&rig);
    }
    lock_measuring_end();
    json_decref(reasons);
    return done;
}

/* scatter.json is the last file: without it no worker begins. */
static bool prepare(struct request const *request, char *folder, struct plan const *plan)
{
    uint64_t const blocks = unit_blocks(request, plan);
    struct share const share = {.folder = folder,
                                .quick = request->quick,
                                .build_here = request->build_here,
                                .unit_blocks = blocks,
                                .lease_seconds = (double)request->lease};
    struct words units = share_units(plan, blocks);
    bool const prepared =
        calibrate_once(plan, folder) && plan_write(plan, folder) &&
        claims_prepare(folder, &units) && share_write(&share, plan->experiment);

    if (prepared)
        printf("%s: %zu units of %" PRIu64 " blocks\non each machine: %s/bin/slablab work %s\njob "
               "files: slablab scatter --print with one of %s\n",
               folder, units.count, blocks, folder, folder, job_files_names());
    words_free(&units);
    return prepared;
}

/* Links are made here, of this machine's object. */
static bool can_build_there(struct request const *request, struct plan const *plan)
{
    if (!request->build_here || plan->layouts == 0)
        return true;
    complain("scatter without --build-here; or the experiment without `layouts`",
             "scatter: machines that build the phases cannot link them %" PRIu64 " times, as %s "
             "asks", plan->layouts, plan->experiment);
    return false;
}

/* The plan of the experiment here says what is to be copied. */
static bool copy_here(struct request const *request, char const *experiment)
{
    struct plan *const plan = plan_from_experiment(experiment, request->quick, request->seed);
    bool const copied = plan != NULL && can_build_there(request, plan) &&
                        binaries_copy(request->folder, experiment, plan) &&
                        (!request->build_here || own_build_copy_sources(request->folder));

    if (plan != NULL)
        plan_free(plan);
    return copied;
}

int command_scatter(int argc, char **argv)
{
    struct request request;

    if (!parse(argc, argv, &request))
        return EXIT_STATUS_USAGE;
    if (request.engine != NULL)
        return print_job(&request);
    char *const experiment = catalogue_experiment_path(request.experiment);
    bool const copied = share_is_inside(request.folder) || copy_here(&request, experiment);
    char *const folder = copied ? share_enter(request.folder, argc, argv) : NULL;
    char *const copy = folder != NULL ? share_experiment(folder, experiment) : NULL;
    struct plan *const plan =
        copy != NULL ? plan_from_experiment(copy, request.quick, request.seed) : NULL;
    if (plan != NULL && request.build_here)
        own_build_forget(plan);
    interrupt_catch();
    bool const prepared = plan != NULL && check_arms(plan) && prepare(&request, folder, plan);
    if (plan != NULL)
        plan_free(plan);
    free(copy);
    free(folder);
    free(experiment);
    if (prepared)
        return EXIT_STATUS_PASS;
    return interrupted() ? EXIT_STATUS_INTERRUPTED : EXIT_STATUS_USAGE;
}
