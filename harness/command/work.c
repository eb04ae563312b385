/* work.c -- slablab work: units of a share, one after another, until none is left.
 *
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "base/complain.h"
#include "base/interrupt.h"
#include "base/reason.h"
#include "command/commands.h"
#include "experiment/check_arms.h"
#include "run/attestation.h"
#include "run/calibrate.h"
#include "run/lock.h"
#include "share/own_build.h"
#include "share/shard.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

static struct timespec const LOOK_AGAIN = {.tv_sec = 1};

struct request {
    char const *folder;
    uint64_t part; /* of parts, from 1 on */
    uint64_t parts;
    bool wait; /* for units that others hold */
};

static bool take_part(struct request *request)
{
    char *const copy = text_copy(optarg);
    char *const slash = strchr(copy, '/');

    if (slash != NULL)
        *slash = '\0';
    bool const taken = slash != NULL && text_to_number(copy, &request->part) &&
                       text_to_number(slash + 1, &request->parts) && request->part >= 1 &&
                       request->part <= request->parts;
    if (!taken)
        complain("--part 1/4", "work: --part '%s' is no part of a whole", optarg);
    free(copy);
    return taken;
}

static bool parse(int argc, char **argv, struct request *request)
{
    static char const usage[] = "slablab work SHARE [--part I/N] [--wait]";
    static struct option const options[] = {{"part", required_argument, NULL, 'p'},
                                            {"wait", no_argument, NULL, 'w'},
                                            {NULL, 0, NULL, 0}};
    int option;

    *request = (struct request){.part = 1, .parts = 1};
    opterr = 0;
    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
        if (option == '?') {
            complain(usage, "work: unknown or incomplete option '%s'", argv[optind - 1]);
            return false;
        }
        if (option == 'p' && !take_part(request))
            return false;
        request->wait = request->wait || option == 'w';
    }
    if (argc - optind != 1) {
        complain(usage, "work: one share is wanted, and %d are given", argc - optind);
        return false;
    }
    request->folder = argv[optind];
    return true;
}

static void print_reasons(json_t const *reasons)
{
    size_t place;
    json_t *reason;

    json_array_foreach(reasons, place, reason) {
        char *const line = reason_line(reason);
        fprintf(stderr, "  %s\n", line);
        free(line);
    }
}

/* Every machine attests for itself, once. */
static int attest_here(struct share const *share, struct rig *rig, char const *machine)
{
    char *const folder = text_format("%s/machines/%s", share->folder, machine);
    bool const known = attestation_read(rig, folder);

    free(folder);
    if (known)
        return EXIT_STATUS_PASS;
    json_t *const reasons = json_array();
    json_t *file = NULL;
    enum step const step = attest(rig, reasons, &file);
    bool const written =
        file != NULL && (step == STEP_VOID || share_keep_attestation(share, machine, file));
    int status = EXIT_STATUS_USAGE;

    if (step == STEP_DONE && written)
        status = EXIT_STATUS_PASS;
    if (step == STEP_INTERRUPTED)
        status = EXIT_STATUS_INTERRUPTED;
    if (step == STEP_VOID) {
        print_reasons(reasons);
        complain("slablab attest with the experiment, on this machine",
                 "work: this machine does not run what the plan says, as said above");
        status = EXIT_STATUS_VOID;
    }
    json_decref(file);
    json_decref(reasons);
    return status;
}

/* The units of this worker's part; indices into the share's are index * parts + part - 1. */
static struct words units_of_part(struct share const *share, struct request const *request)
{
    struct words units = {0};

    for (size_t i = request->part - 1; i < share->units.count; i += request->parts)
        words_add(&units, share->units.word[i]);
    return units;
}

/* One unit under the machine's lock, so that workers of one machine take turns. *left: whether any
 * may be left. */
static int one_turn(struct share const *share, struct claims const *claims, struct rig *rig,
                    struct request const *request, struct words const *units, enum claim *claim)
{
    size_t index = 0;
    int status = lock_measuring(true) ? EXIT_STATUS_PASS : EXIT_STATUS_USAGE;

    if (status == EXIT_STATUS_PASS)
        status = attest_here(share, rig, claims->machine);
    *claim = status == EXIT_STATUS_PASS ? claim_next(claims, units, &index) : CLAIM_FAULT;
    if (*claim == CLAIM_TAKEN && units->word != NULL) {
        fprintf(stderr, "%s\n", units->word[index]);
        switch (shard_run(share, claims, rig, index * request->parts + request->part - 1)) {
        case SHARD_DONE: break;
        case SHARD_LOST: fprintf(stderr, "%s: another worker has it\n", units->word[index]); break;
        case SHARD_INTERRUPTED: status = EXIT_STATUS_INTERRUPTED; break;
        case SHARD_FAULT: status = EXIT_STATUS_USAGE; break;
        }
    } else if (*claim == CLAIM_FAULT && status == EXIT_STATUS_PASS) {
        status = EXIT_STATUS_USAGE;
    }
    lock_measuring_end();
    return status;
}

/* No other worker's: containers of one machine have the same process ids. The caller frees it. */
static char *name_worker(char const *machine)
{
    uint32_t drawn = 0;

    while (getrandom(&drawn, sizeof drawn, 0) != sizeof drawn)
        continue;
    return text_format("%s-%08" PRIx32 "-%ld", machine, drawn, (long)getpid());
}

static int work(struct share const *share, struct rig *rig, struct request const *request,
                char const *machine)
{
    char *const worker = name_worker(machine);
    struct claims const claims = {.share = share->folder,
                                  .worker = worker,
                                  .machine = machine,
                                  .lease_seconds = share->lease_seconds};
    struct words units = units_of_part(share, request);
    enum claim claim = CLAIM_TAKEN;
    int status = EXIT_STATUS_PASS;

    while (status == EXIT_STATUS_PASS && claim != CLAIM_NONE) {
        status = interrupted() ? EXIT_STATUS_INTERRUPTED
                               : one_turn(share, &claims, rig, request, &units, &claim);
        if (status == EXIT_STATUS_PASS && claim == CLAIM_HELD && !request->wait)
            break;
        if (claim == CLAIM_HELD)
            nanosleep(&LOOK_AGAIN, NULL);
    }
    if (status == EXIT_STATUS_PASS)
        fprintf(stderr, "%s\n", claim == CLAIM_HELD
                                    ? "what is left is held by others; --wait waits for it"
                                    : "no unit is left; slablab gather makes a run of them");
    words_free(&units);
    free(worker);
    return status;
}

/* In a turn of its own, for others may be measuring here. */
static bool build_if_wanted(struct share *share, char const *machine)
{
    if (!share->build_here)
        return true;
    bool const built = lock_measuring(true) && own_build(share, machine);
    lock_measuring_end();
    return built;
}

int command_work(int argc, char **argv)
{
    struct request request;
    struct share share;
    struct rig rig;
    int status = EXIT_STATUS_USAGE;

    if (!parse(argc, argv, &request))
        return EXIT_STATUS_USAGE;
    char *const entered = share_enter(request.folder, argc, argv);
    if (entered != NULL && share_open(&share, entered)) {
        interrupt_catch();
        /* It describes the machine before the sampler moves this process to a CPU of its own. */
        char *const machine = share_machine(&share);
        if (machine != NULL && build_if_wanted(&share, machine) && check_arms(share.plan) &&
            rig_open(&rig, share.plan, &run_kinds[RUN_TIMED])) {
            if (calibration_read(&rig, share.folder))
                status = work(&share, &rig, &request, machine);
            else
                complain("slablab scatter anew", "%s: calibration.json does not fit the plan",
                         share.folder);
            rig_close(&rig);
        }
        free(machine);
        share_close(&share);
    }
    free(entered);
    return status == EXIT_STATUS_USAGE && interrupted() ? EXIT_STATUS_INTERRUPTED : status;
}
