/* plan_command.c -- slablab plan: what a run would do, without doing it.
 *
 * SPDX-License-Identifier: MIT */
#include "base/complain.h"
#include "base/text.h"
#include "base/wrapped.h"
#include "catalogue/project.h"
#include "command/commands.h"
#include "command/options.h"
#include "experiment/check_arms.h"
#include "experiment/experiment.h"
#include "experiment/plan.h"
#include "judge/gate_reach.h"
#include "judge/stop.h"
#include "machine/cpus.h"
#include "run/stored_pace.h"

#include <getopt.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

enum { LABEL_WIDTH = 13 };

struct request {
    char const *experiment;
    char const *results;
    bool quick;
    uint64_t seed;
};

static bool parse(int argc, char **argv, struct request *request)
{
    static char const usage[] =
        "slablab plan experiments/smoke.yaml [--quick] [--seed N] [--out DIR]";
    static struct option const options[] = {{"quick", no_argument, NULL, 'q'},
                                            {"seed", required_argument, NULL, 's'},
                                            {"out", required_argument, NULL, 'o'},
                                            {NULL, 0, NULL, 0}};
    int option = 0;

    *request = (struct request){.results = project_results()};
    opterr = 0;
    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
        if (option == 'q') {
            request->quick = true;
        } else if (option == 'o') {
            if (!option_out("plan", &request->results))
                return false;
        } else if (option != 's') {
            complain(usage, "plan: unknown or incomplete option '%s'", argv[optind - 1]);
            return false;
        } else if (!text_to_number(optarg, &request->seed) || request->seed == 0) {
            complain("--seed 1", "plan: --seed '%s' is not a whole number above 0", optarg);
            return false;
        }
    }
    if (argc - optind != 1) {
        complain(usage, "plan: one experiment is wanted, and %d are given", argc - optind);
        return false;
    }
    request->experiment = argv[optind];
    return true;
}

static void print_arms(struct plan const *plan)
{
    printf("\narms:        %zu in each block\n", plan->arm_count);
    for (size_t i = 0; i < plan->arm_count; i++) {
        struct arm const *const arm = &plan->arms[i];
        char *const label = text_format("  %s", arm->id);
        char *const text = text_format(
            "%s%s%s%s", arm->role == ROLE_CONTROL ? "the baseline again, hidden: " : "", arm->spec,
            arm->version != NULL ? ", version " : "", arm->version != NULL ? arm->version : "");
        wrapped_print(stdout, 38, label, text);
        free(text);
        free(label);
    }
}

static void print_layouts(struct plan const *plan)
{
    size_t built = 0;

    if (plan->layouts == 0)
        return;
    for (size_t i = 0; i < plan->arm_count; i++)
        built += plan->arms[i].link_count > 0 && plan->arms[i].role != ROLE_CONTROL;
    char *const text = text_format("%" PRIu64 " links of each of %zu arm%s built here, one drawn "
                                   "for each block; by %s",
                                   plan->layouts, built, built == 1 ? "" : "s", plan->linker);
    printf("\n");
    wrapped_print(stdout, LABEL_WIDTH, "layouts:", text);
    free(text);
}

static void print_cells(struct plan const *plan)
{
    printf("\ncells:       %zu\n", plan->cell_count);
    for (size_t i = 0; i < plan->cell_count; i++) {
        struct cell const *const cell = &plan->cells[i];
        printf("  %s%s\n", cell->id,
               cell->operations == 0 && cell->program == NULL ? " (operations: to be calibrated)"
                                                            : "");
    }
    for (size_t i = 0; i < plan->left_out_count; i++)
        printf("  %s (left out: %s)\n", plan->left_out[i].cell, plan->left_out[i].why);
}

/* Only where cells have several: one CPU is what all samples of one thread have. */
static void print_cpus(struct plan const *plan)
{
    size_t const most = plan_cpus(plan);
    struct cpus const cpus = cpus_choose(most);
    bool const shared = cpus.harness == cpus.workload[cpus.count > 0 ? cpus.count - 1 : 0];

    if (most == 1)
        return;
    char *const text = text_format("%zu for samples at most, of %zu; the harness %s", most,
                                   cpus.allowed,
                                   shared ? "shares one of them" : "has one of its own");
    wrapped_print(stdout, LABEL_WIDTH, "cpus:", text);
    free(text);
}

static void print_list(char const *label, char *const *texts, size_t count)
{
    char *text = text_copy("");

    for (size_t i = 0; i < count; i++)
        text_append(&text, "%s%s", i > 0 ? ", " : "", texts[i]);
    wrapped_print(stdout, LABEL_WIDTH, label, text);
    free(text);
}

static void print_stop(struct plan const *plan)
{
    char *text = text_format("each cell after %" PRIu64 " blocks", plan->stop.blocks_max);

    if (plan->stop.half_width > 0)
        text_append(&text, ", or when every arm's interval is within +-%g %%",
                    100 * plan->stop.half_width);
    if (plan->stop.seconds_max > 0)
        text_append(&text, "; the run after %g s of blocks", plan->stop.seconds_max);
    wrapped_print(stdout, LABEL_WIDTH, "stop:", text);
    free(text);
}

/* From which number of blocks on a table may say better or worse. */
static void print_verdicts(struct plan const *plan)
{
    uint64_t const blocks = stop_blocks_for_verdict(plan);
    size_t const comparisons = stop_comparisons(plan);
    char *const text =
        comparisons == 0 ? text_copy("no comparison")
        : blocks > plan->stop.blocks_max
            ? text_format("none of better or worse is possible: %zu comparisons need %" PRIu64
                          " blocks, and a cell stops after %" PRIu64,
                          comparisons, blocks, plan->stop.blocks_max)
            : text_format("better or worse is possible from %" PRIu64
                          " blocks on (%zu comparisons, Holm at %g)",
                          blocks, comparisons, plan->alpha);

    wrapped_print(stdout, LABEL_WIDTH, "verdicts:", text);
    free(text);
}

/* What `slablab gate` could say with the experiment, of its baseline against itself. */
static void print_gate(struct plan const *plan, char const *experiment)
{
    struct yaml_file *const file = experiment_open(experiment);
    bool const has_gate =
        file != NULL && ((struct experiment const *)yaml_file_data(file))->gate != NULL;
    struct plan_side const base = {.arm = plan->arms[0].spec};
    struct plan *const gate = has_gate ? plan_for_gate(file, &base, &base, 0, plan->seed) : NULL;

    if (gate != NULL) {
        char *const text = gate_reach_text(gate);
        wrapped_print(stdout, LABEL_WIDTH, "gate:", text);
        free(text);
    }
    plan_free(gate);
    yaml_file_close(file);
}

/* "1 h 02 min", "3 min 05 s", "12 s": rounded up, since it is a bound. */
static char *duration_text(double seconds)
{
    uint64_t const whole = (uint64_t)ceil(seconds);

    if (whole >= 3600)
        return text_format("%" PRIu64 " h %02" PRIu64 " min", whole / 3600, whole % 3600 / 60);
    if (whole >= 60)
        return text_format("%" PRIu64 " min %02" PRIu64 " s", whole / 60, whole % 60);
    return text_format("%" PRIu64 " s", whole);
}

/* The smaller bound: the rule's own, plus the current round, or every block at the pace of a stored
 * run. */
static void print_time(struct plan const *plan, char const *results)
{
    double const limit = plan->stop.seconds_max;
    struct stored_pace const pace = stored_pace_of(plan, results);
    char *text = text_copy("");

    if (pace.run == NULL && limit <= 0) {
        text_append(&text,
                    "unknown: no stored run of this experiment and form, and no seconds_max");
    } else {
        bool const by_limit = pace.run == NULL || (limit > 0 && limit < pace.seconds);
        char *const duration = duration_text(by_limit ? limit : pace.seconds);
        text_append(&text, "%s %s of blocks (%s%s)", by_limit ? "about" : "at most", duration,
                    by_limit ? "seconds_max" : "all blocks at the pace of ",
                    by_limit ? "" : pace.run);
        free(duration);
    }
    text_append(&text, "; attestation and calibration come on top");
    wrapped_print(stdout, LABEL_WIDTH, "time:", text);
    free(text);
    free(pace.run);
}

static void print_plan(struct plan const *plan, struct request const *request)
{
    uint64_t const samples = plan->stop.blocks_max * plan->arm_count * plan->cell_count;

    wrapped_print(stdout, LABEL_WIDTH, "question:", plan->question);
    wrapped_print(stdout, LABEL_WIDTH,
                  "expects:", *plan->expects != '\0' ? plan->expects : "(not stated)");
    printf("%-*s%s, plan %s, seed %" PRIu64 "\n", LABEL_WIDTH, "form:", plan->form, plan->hash,
           plan->seed);
    print_arms(plan);
    print_layouts(plan);
    print_cells(plan);
    putchar('\n');
    print_cpus(plan);
    print_list("events:", plan->events, plan->event_count);
    print_stop(plan);
    print_verdicts(plan);
    print_gate(plan, request->experiment);
    printf("%-*sat most %" PRIu64 " (%" PRIu64 " blocks x %zu arms x %zu cells)\n", LABEL_WIDTH,
           "processes:", samples, plan->stop.blocks_max, plan->arm_count, plan->cell_count);
    print_time(plan, request->results);
}

int command_plan(int argc, char **argv)
{
    struct request request;

    if (!parse(argc, argv, &request))
        return EXIT_STATUS_USAGE;
    struct plan *const plan = plan_from_experiment(request.experiment, request.quick, request.seed);
    if (plan == NULL)
        return EXIT_STATUS_USAGE;
    bool const good = check_arms(plan);
    if (good)
        print_plan(plan, &request);
    plan_free(plan);
    return good ? EXIT_STATUS_PASS : EXIT_STATUS_USAGE;
}
