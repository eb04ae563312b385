/* gate.c -- slablab gate: the command line.
 *
 * SPDX-License-Identifier: MIT */
#include "base/clock.h"
#include "base/complain.h"
#include "base/interrupt.h"
#include "base/text.h"
#include "catalogue/project.h"
#include "catalogue/worktree.h"
#include "command/commands.h"
#include "command/measurement.h"
#include "command/options.h"
#include "experiment/experiment.h"
#include "experiment/program.h"
#include "gate/callgrind.h"
#include "gate/gate_defaults.h"
#include "gate/gate_outcome.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char const usage[] =
    "slablab gate experiments/gate.yaml --base HEAD~1 --head HEAD; slablab gate --help";

struct words_of_gate {
    char *experiment;
    char *base;
    char *head;
    uint64_t seconds;
};

static void words_of_gate_free(struct words_of_gate *words)
{
    free(words->experiment);
    free(words->base);
    free(words->head);
}

static bool refuse(char const *what, char const *word)
{
    complain(usage, "gate: %s '%s'", what, word);
    return false;
}

static bool take_number(char const *option, uint64_t *number)
{
    if (text_to_number(optarg, number) && *number > 0)
        return true;
    char *const hint = text_format("--%s %s", option, text_equal(option, "seed") ? "1" : "300");
    complain(hint, "gate: --%s '%s' is not a whole number above 0", option, optarg);
    free(hint);
    return false;
}

static void take_word(char **slot, char const *word)
{
    free(*slot);
    *slot = text_copy(word);
}

static bool take_option(int option, struct words_of_gate *words, struct gate_request *request,
                        struct measurement *measurement)
{
    switch (option) {
    case 'b': take_word(&words->base, optarg); return true;
    case 'h': take_word(&words->head, optarg); return true;
    case 't': return take_number("seconds", &words->seconds);
    case 'l': request->label = optarg; return true;
    case 'e': request->explain = true; return true;
    case 'r': request->record = true; return true;
    case 'f': measurement->fresh = true; return true;
    case 'w': measurement->wait = true; return true;
    case 'i': return true; /* command_gate has seen it */
    case 'o': return option_out("gate", &measurement->results);
    default: break;
    }
    return take_number("seed", &measurement->seed);
}

static bool parse(int argc, char **argv, struct words_of_gate *words, struct gate_request *request,
                  struct measurement *measurement)
{
    static struct option const options[] = {{"base", required_argument, NULL, 'b'},
                                            {"head", required_argument, NULL, 'h'},
                                            {"label", required_argument, NULL, 'l'},
                                            {"explain", no_argument, NULL, 'e'},
                                            {"record", no_argument, NULL, 'r'},
                                            {"seconds", required_argument, NULL, 't'},
                                            {"seed", required_argument, NULL, 's'},
                                            {"out", required_argument, NULL, 'o'},
                                            {"fresh", no_argument, NULL, 'f'},
                                            {"wait", no_argument, NULL, 'w'},
                                            {"bisect", no_argument, NULL, 'i'},
                                            {NULL, 0, NULL, 0}};
    int option;

    opterr = 0;
    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
        if (option == '?')
            return refuse("unknown or incomplete option", argv[optind - 1]);
        if (!take_option(option, words, request, measurement))
            return false;
    }
    if (argc - optind > 1)
        return refuse("one experiment is wanted, and not also", argv[optind + 1]);
    words->experiment = argc > optind ? text_copy(argv[optind]) : gate_default_experiment();
    if (words->head == NULL)
        words->head = text_copy("HEAD");
    if (words->base == NULL)
        words->base = gate_default_base();
    return words->base != NULL;
}

static struct plan_side side_of(struct gate_spec const *spec)
{
    return (struct plan_side){spec->arm, spec->label, spec->program};
}

/* A revision without an allocator means the experiment's baseline. */
static struct plan *plan_of(struct words_of_gate const *words, struct gate_request *request,
                            uint64_t seed)
{
    struct yaml_file *const file = experiment_open(words->experiment);
    struct plan *plan = NULL;

    if (file == NULL)
        return NULL;
    struct experiment const *const experiment = yaml_file_data(file);
    bool const of_programs = experiment_runs_artifact(experiment);
    if (gate_spec_resolve(words->base, experiment->baseline, of_programs, &request->base) &&
        gate_spec_resolve(words->head, experiment->baseline, of_programs, &request->head)) {
        struct plan_side const base = side_of(&request->base);
        struct plan_side const head = side_of(&request->head);
        plan = plan_for_gate(file, &base, &head, words->seconds, seed);
    }
    yaml_file_close(file);
    return plan;
}

static bool tools_are_there(struct plan const *plan)
{
    for (size_t i = 0; i < plan->gate.metric_count; i++)
        if (plan->gate.metrics[i].metric->name == metric_instructions)
            return callgrind_is_there(plan->experiment);
    return true;
}

/* git bisect run: good, bad, or neither. An interrupt ends the bisection: 128 and more do. */
static int status_for_bisect(int status)
{
    switch (status) {
    case EXIT_STATUS_PASS:
    case EXIT_STATUS_FAIL:
    case EXIT_STATUS_INTERRUPTED: return status;
    default: return EXIT_STATUS_SKIP;
    }
}

static int gate(int argc, char **argv)
{
    struct words_of_gate words = {.experiment = NULL};
    struct gate_request request = {
        .started_unix_ns = clock_ns(CLOCK_REALTIME),
        .started_monotonic_ns = clock_ns(CLOCK_MONOTONIC),
    };
    struct measurement measurement = {
        .results = project_results(), .kind = &run_kinds[RUN_GATE], .gate = &request};
    int status = EXIT_STATUS_USAGE;

    if (!parse(argc, argv, &words, &request, &measurement)) {
        words_of_gate_free(&words);
        return EXIT_STATUS_USAGE;
    }
    request.results = measurement.results;
    worktree_sweep();
    struct plan *const plan = plan_of(&words, &request, measurement.seed);
    words_of_gate_free(&words);
    if (plan != NULL && tools_are_there(plan))
        status = measurement_run(&measurement, plan);
    else
        plan_free(plan);
    if (plan == NULL && interrupted())
        status = EXIT_STATUS_INTERRUPTED;
    gate_spec_free(&request.base);
    gate_spec_free(&request.head);
    return status;
}

/* As getopt_long takes it: whole, or begun so far that it is no other option. */
static bool is_bisect(char const *word)
{
    static char const whole[] = "--bisect";

    return strlen(word) >= strlen("--bi") && strncmp(word, whole, strlen(word)) == 0;
}

/* Neither a fault in the other words nor output that does not arrive must say `bad` to git. */
int command_gate(int argc, char **argv)
{
    bool bisects = false;

    for (int i = 1; i < argc; i++)
        bisects = bisects || is_bisect(argv[i]);
    int const status = gate(argc, argv);
    if (!bisects)
        return status;
    return fflush(stdout) == 0 && ferror(stdout) == 0 ? status_for_bisect(status)
                                                       : EXIT_STATUS_SKIP;
}
