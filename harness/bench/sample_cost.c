/* sample_cost.c -- what slablab adds to the fork, exec and wait of a program.
 *
 * The program is the null workload. Bare, it is started with --describe: it starts, prints a line
 * and ends without measuring. As a sample it is pinned, given its environment and six counters,
 * measures, reads smaps_rollup, reports and is judged. As a block's share it carries its part of
 * weather, record and sync too. A block also copies what its arms load: here a phase's library. All
 * take turns, so that the machine's weather is the same for all.
 *
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "base/clock.h"
#include "base/complain.h"
#include "base/memory.h"
#include "base/record.h"
#include "base/text.h"
#include "catalogue/project.h"
#include "judge/statistics.h"
#include "machine/event_names.h"
#include "run/block.h"
#include "sample/served_files.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ROUNDS = 300, ARMS = 2 };

static double const ALPHA = 0.05;
static double const LIMIT_MS = 3;

static double now_ms(void)
{
    return (double)clock_ns(CLOCK_MONOTONIC) / 1e6;
}

static double bare_ms(char *program, int null_fd)
{
    char *const arguments[] = {program, "--describe", NULL};
    char *const environment[] = {NULL};
    double const started = now_ms();
    pid_t const child = fork();

    if (child == 0) {
        dup2(null_fd, STDOUT_FILENO);
        execve(program, arguments, environment);
        _exit(127);
    }
    waitpid(child, NULL, 0);
    return now_ms() - started;
}

static double sample_ms(struct rig *rig)
{
    struct sample sample;
    double const started = now_ms();
    bool const run = trial_run(rig, 0, 0, false, 0, &sample);
    double const ms = now_ms() - started;

    if (!run || sample.status != SAMPLE_OK) {
        complain("make workloads; build/workloads/null", "the null workload fails as a sample: %s",
                 run ? sample.stderr_text : "not started");
        exit(EXIT_STATUS_USAGE);
    }
    sample_release(&sample);
    return ms;
}

static double share_of_block_ms(struct rig *rig, struct block *block, uint64_t number,
                                struct record_file *file)
{
    double const started = now_ms();
    bool run = block_run(block, rig, 0, number) == BLOCK_DONE;
    json_t *const record = block_describe(block, rig, "here");

    run = run && record_append(file, record);
    json_decref(record);
    if (!run)
        exit(EXIT_STATUS_USAGE);
    return (now_ms() - started) / ARMS;
}

static double copy_ms(struct served_files *served)
{
    size_t const order = 0, link = 0;
    double const started = now_ms();

    if (!served_files_renew(served, &order, &link))
        exit(EXIT_STATUS_USAGE);
    return now_ms() - started;
}

static void print_row(char const *what, double *values)
{
    struct rank_interval const ranks = median_interval(ROUNDS, ALPHA, rules_default.blocks_min);

    sort_values(values, ROUNDS);
    printf("%-44s %7.3f ms  [%.3f, %.3f]\n", what, median_of_sorted(values, ROUNDS),
           values[ranks.low - 1], values[ranks.high - 1]);
}

static bool ignore(void *context, json_t const *record)
{
    (void)context;
    (void)record;
    return true;
}

static bool compare(struct rig *rig, struct record_file *file)
{
    static double bare[ROUNDS];
    static double sample[ROUNDS];
    static double sample_beyond[ROUNDS];
    static double share_beyond[ROUNDS];
    static double copy[ROUNDS];
    char *const library = text_format("%s/libbaseline.so", project_home_build());
    struct arm phase = {.id = "baseline", .object = library};
    struct plan const plan = {.arms = &phase, .arm_count = 1};
    struct served_files served = {.folder = NULL};
    struct block block;

    if (!served_files_open(&served, &plan))
        return false;
    block_allocate(&block, rig);
    for (uint64_t round = 0; round < ROUNDS; round++) {
        bare[round] = bare_ms(rig->terms[0].program, rig->sampler.null_fd);
        sample[round] = sample_ms(rig);
        sample_beyond[round] = sample[round] - bare[round];
        share_beyond[round] = share_of_block_ms(rig, &block, round, file) - bare[round];
        copy[round] = copy_ms(&served);
    }
    block_free(&block);
    served_files_close(&served);
    free(library);
    printf("null workload, %d rounds in turn, median [95 %% interval], wall time\n", ROUNDS);
    print_row("fork + exec + wait", bare);
    print_row("a sample", sample);
    print_row("a sample, beyond fork + exec + wait", sample_beyond);
    print_row("its share of a recorded block, beyond it", share_beyond);
    print_row("a new copy of libbaseline.so", copy);
    bool const within = median_of_sorted(share_beyond, ROUNDS) <= LIMIT_MS;
    printf("limit %g ms: %s\n", LIMIT_MS, within ? "kept" : "broken");
    return within;
}

int main(int argc, char **argv)
{
    struct arm arms[ARMS] = {{.id = "glibc", .object_build_id = "", .role = ROLE_BASELINE},
                             {.id = "control", .object_build_id = "", .role = ROLE_CONTROL}};
    struct cell cell = {.id = "null operations=1 cold", .workload = "null", .operations = 1};
    struct plan plan = {.experiment = "sample_cost",
                        .hash = "0123456789abcdef",
                        .arms = arms,
                        .arm_count = ARMS,
                        .cells = &cell,
                        .cell_count = 1};
    struct rig rig;
    struct record_file file;

    if (argc != 3) {
        complain("make bench-harness", "sample_cost: a root and a folder for records are wanted");
        return EXIT_STATUS_USAGE;
    }
    project_set(argv[1], argv[1]);
    plan.event_count = event_names_default_count;
    plan.events = memory_zeroed(plan.event_count, sizeof *plan.events);
    for (size_t i = 0; i < plan.event_count; i++)
        plan.events[i] = (char *)event_names_default[i];
    if (!rig_open(&rig, &plan, &run_kinds[RUN_TIMED]))
        return EXIT_STATUS_USAGE;
    if (!record_open(&file, argv[2], "samples.jsonl", ignore, NULL))
        return EXIT_STATUS_USAGE;
    bool const within = compare(&rig, &file);
    unlink(file.path);
    record_close(&file);
    rig_close(&rig);
    free(plan.events);
    return within ? EXIT_STATUS_PASS : EXIT_STATUS_FAIL;
}
