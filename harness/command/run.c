/* run.c -- slablab run, profile and faults: the command line.
 *
 * SPDX-License-Identifier: MIT */
#include "base/complain.h"
#include "base/text.h"
#include "catalogue/project.h"
#include "command/commands.h"
#include "command/measurement.h"
#include "command/options.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCKS_MOST = 100000, RATE_MOST = 50000, NS_PER_SECOND = 1000000000 };

struct request {
    char const *experiment;        /* a path; NULL if `words` are given instead */
    char **words;                  /* ARM WORKLOAD ... behind "--" */
    struct measurement measurement;
    bool quick;
    char const *blocks;            /* of a run of words; NULL: not said */
};

static char const *command_of(struct request const *request)
{
    return request->measurement.kind->command;
}

static char *usage_of(struct request const *request)
{
    return text_format("slablab %s experiments/smoke.yaml; slablab %s --help",
                       command_of(request), command_of(request));
}

static bool refuse(struct request const *request, char const *what, char const *word)
{
    char *const usage = usage_of(request);

    complain(usage, "%s: %s '%s'", command_of(request), what, word);
    free(usage);
    return false;
}

/* The example is an option with its number. */
static bool take_number(struct request const *request, char const *example, uint64_t most,
                        uint64_t *number)
{
    if (text_to_number(optarg, number) && *number > 0 && *number <= most)
        return true;
    complain(example, "%s: %.*s '%s' is not a whole number from 1 to %" PRIu64,
             command_of(request), (int)strcspn(example, " "), example, optarg, most);
    return false;
}

static bool take_option(struct request *request, int option)
{
    struct instrument *const instrument = request->measurement.instrument;
    uint64_t number = 0;

    switch (option) {
    case 'q': request->quick = true; return true;
    case 'f': request->measurement.fresh = true; return true;
    case 'w': request->measurement.wait = true; return true;
    case 'o': return option_out(command_of(request), &request->measurement.results);
    case 's': return take_number(request, "--seed 1", INT64_MAX, &request->measurement.seed);
    case 'b':
        if (!take_number(request, "--blocks 20", BLOCKS_MOST, &number))
            return false;
        request->blocks = optarg;
        if (instrument != NULL)
            instrument->blocks_max = number;
        return true;
    case 'r':
        if (!take_number(request, "--rate 10000", RATE_MOST, &number))
            return false;
        instrument->period_ns = NS_PER_SECOND / number;
        return true;
    default: return false;
    }
}

/* A command's options are the end of the list, from its own beginning on. What follows "--" is not
 * parsed. */
static bool take_options(int argc, char **argv, struct request *request)
{
    static struct option const options[] = {{"rate", required_argument, NULL, 'r'},
                                            {"blocks", required_argument, NULL, 'b'},
                                            {"quick", no_argument, NULL, 'q'},
                                            {"fresh", no_argument, NULL, 'f'},
                                            {"wait", no_argument, NULL, 'w'},
                                            {"seed", required_argument, NULL, 's'},
                                            {"out", required_argument, NULL, 'o'},
                                            {NULL, 0, NULL, 0}};
    struct run_kind const *const kind = request->measurement.kind;
    size_t const first = kind->period_ns > 0 ? 0 : 1;
    int option;

    opterr = 0;
    while ((option = getopt_long(argc, argv, "", options + first, NULL)) != -1) {
        if (option == '?')
            return refuse(request, "unknown or incomplete option", argv[optind - 1]);
        if (!take_option(request, option))
            return false;
    }
    return true;
}

static int place_of_words(int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        if (text_equal(argv[i], "--"))
            return i;
    return argc;
}

static bool parse(int argc, char **argv, struct request *request)
{
    int const end = place_of_words(argc, argv);

    if (!take_options(end, argv, request))
        return false;
    if (end == argc && request->blocks != NULL && request->measurement.kind->finding == NULL)
        return refuse(request, "an experiment states its blocks_max; not for one is --blocks",
                      request->blocks);
    if (end < argc && optind < end)
        return refuse(request, "either an experiment or -- ARM WORKLOAD is wanted, and not also",
                      argv[optind]);
    if (end == argc && end - optind != 1)
        return refuse(request, "one experiment is wanted, and it got",
                      end == optind ? "none" : argv[optind + 1]);
    if (end < argc)
        request->words = argv + end + 1;
    else
        request->experiment = argv[optind];
    return true;
}

static struct plan *plan_of(struct request const *request)
{
    uint64_t const seed = request->measurement.seed;

    return request->words != NULL
               ? plan_from_words(request->words, request->blocks, seed)
               : plan_from_experiment(request->experiment, request->quick, seed);
}

/* argv[0] is the subcommand of a kind of run. */
int command_run(int argc, char **argv)
{
    struct run_kind const *const kind = run_kind_of_command(argv[0]);
    struct instrument *const instrument = instrument_of(kind);
    struct request request = {
        .measurement = {.results = project_results(), .kind = kind, .instrument = instrument}};

    if (!parse(argc, argv, &request))
        return EXIT_STATUS_USAGE;
    struct plan *const plan = plan_of(&request);
    if (plan == NULL)
        return EXIT_STATUS_USAGE;
    if (kind->finding == NULL)
        return measurement_run(&request.measurement, plan);
    if (!instrument_open(instrument, request.quick)) {
        plan_free(plan);
        return EXIT_STATUS_USAGE;
    }
    int const status = measurement_run(&request.measurement, plan);
    instrument_close(instrument);
    return status;
}
