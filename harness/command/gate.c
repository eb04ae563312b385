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
#include "experiment/check_arms.h"
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
    bool bisects;
    struct inconclusive const *inconclusive; /* NULL: its own exit status */
};

static void words_of_gate_free(struct words_of_gate *words)
{
    free(words->experiment);
    free(words->base);
    free(words->head);
}

/* What an INCONCLUSIVE is taken for. */
struct inconclusive {
    char const *word;
    int status;
    bool warns;
};

static struct inconclusive const inconclusives[] = {{"fail", EXIT_STATUS_FAIL, false},
                                                    {"pass", EXIT_STATUS_PASS, false},
                                                    {"warn", EXIT_STATUS_PASS, true}};

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

static bool take_inconclusive(char const *word, struct words_of_gate *words)
{
    for (size_t i = 0; i < sizeof inconclusives / sizeof *inconclusives; i++)
        if (text_equal(inconclusives[i].word, word))
            words->inconclusive = &inconclusives[i];
    if (words->inconclusive == NULL)
        complain("--inconclusive=fail, =pass or =warn; without it the exit status is 3",
                 "gate: --inconclusive '%s' is none of fail, pass and warn", word);
    return words->inconclusive != NULL;
}

static bool take_history(char const *folder, struct gate_request *request)
{
    if (*folder == '\0')
        complain("--record=history", "gate: --record '' names no folder");
    else
        request->history = folder;
    return *folder != '\0';
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
    case 'r': request->record = true; return optarg == NULL || take_history(optarg, request);
    case 'f': measurement->fresh = true; return true;
    case 'w': measurement->wait = true; return true;
    case 'i': words->bisects = true; return true;
    case 'n': return take_inconclusive(optarg, words);
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
                                            {"record", optional_argument, NULL, 'r'},
                                            {"seconds", required_argument, NULL, 't'},
                                            {"seed", required_argument, NULL, 's'},
                                            {"out", required_argument, NULL, 'o'},
                                            {"fresh", no_argument, NULL, 'f'},
                                            {"wait", no_argument, NULL, 'w'},
                                            {"bisect", no_argument, NULL, 'i'},
                                            {"inconclusive", required_argument, NULL, 'n'},
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
    if (words->bisects && words->inconclusive != NULL)
        return refuse("with --bisect an INCONCLUSIVE is 125, so it cannot be taken for a",
                      words->inconclusive->word);
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

/* A revision without an allocator means the experiment's baseline. Where there is no plan,
 * *of_head says whether the head is why: there is such a revision, and it cannot be built. */
static struct plan *plan_of(struct words_of_gate const *words, struct gate_request *request,
                            uint64_t seed, bool *of_head)
{
    struct yaml_file *const file = experiment_open(words->experiment);
    struct plan *plan = NULL;

    if (file == NULL)
        return NULL;
    struct experiment const *const experiment = yaml_file_data(file);
    bool const of_programs = experiment_runs_artifact(experiment);
    bool const based =
        gate_spec_resolve(words->base, experiment->baseline, of_programs, &request->base);
    bool const resolved = based && gate_spec_resolve(words->head, experiment->baseline,
                                                     of_programs, &request->head);
    *of_head = based && !resolved && request->head.revision != NULL;
    if (resolved) {
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

/* git bisect run: good, bad, neither, or an end of the bisection, which 128 and more are. What
 * every commit would meet ends it: a step that is passed over only hides it. */
static int status_for_bisect(int status, bool of_head)
{
    switch (status) {
    case EXIT_STATUS_PASS:
    case EXIT_STATUS_FAIL:
    case EXIT_STATUS_INTERRUPTED: return status;
    case EXIT_STATUS_USAGE: return of_head ? EXIT_STATUS_SKIP : EXIT_STATUS_ABORT;
    default: return EXIT_STATUS_SKIP;
    }
}

/* GitHub shows a line that begins so beside the change. */
static void warn_of_inconclusive(void)
{
    static char const what[] =
        "INCONCLUSIVE: the cap came before the gate could tell, and --inconclusive=warn lets it "
        "pass";
    char const *const actions = getenv("GITHUB_ACTIONS");

    if (actions != NULL && text_equal(actions, "true"))
        printf("::warning title=slablab gate::%s\n", what);
    else
        complain("more blocks_max or seconds_max in the experiment's stop", "warning: %s", what);
}

static int status_for_inconclusive(struct inconclusive const *wanted, int status)
{
    if (status != EXIT_STATUS_INCONCLUSIVE || wanted == NULL)
        return status;
    if (wanted->warns)
        warn_of_inconclusive();
    return wanted->status;
}

/* *of_head: the exit status is for what the head alone is to blame. */
static int gate(struct words_of_gate const *words, struct gate_request *request,
                struct measurement *measurement, bool *of_head)
{
    int status = EXIT_STATUS_USAGE;

    worktree_sweep();
    struct plan *const plan = plan_of(words, request, measurement->seed, of_head);
    /* A bisection passes over a head that no process can load; otherwise it is asked later. */
    *of_head = *of_head || (plan != NULL && words->bisects && !check_arms(plan));
    if (plan != NULL && !*of_head && tools_are_there(plan))
        status = measurement_run(measurement, plan);
    else
        plan_free(plan);
    if (plan == NULL && interrupted())
        status = EXIT_STATUS_INTERRUPTED;
    gate_spec_free(&request->base);
    gate_spec_free(&request->head);
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
    struct words_of_gate words = {.experiment = NULL};
    struct gate_request request = {
        .started_unix_ns = clock_ns(CLOCK_REALTIME),
        .started_monotonic_ns = clock_ns(CLOCK_MONOTONIC),
    };
    struct measurement measurement = {
        .results = project_results(), .kind = &run_kinds[RUN_GATE], .gate = &request};
    int status = EXIT_STATUS_USAGE;
    bool bisects = false;
    bool of_head = false;

    for (int i = 1; i < argc; i++)
        bisects = bisects || is_bisect(argv[i]);
    if (parse(argc, argv, &words, &request, &measurement)) {
        request.results = measurement.results;
        status = gate(&words, &request, &measurement, &of_head);
    }
    words_of_gate_free(&words);
    status = status_for_inconclusive(words.inconclusive, status);
    if (!bisects)
        return status;
    return fflush(stdout) == 0 && ferror(stdout) == 0 ? status_for_bisect(status, of_head)
                                                       : EXIT_STATUS_ABORT;
}
