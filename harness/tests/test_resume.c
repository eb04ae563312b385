/* test_resume.c -- a run that was killed, interrupted or locked out ends as the one that was left
 * alone.
 *
 * The real build/slablab runs a tiny experiment of the C library against itself. The moments of the
 * kills come from a seed and are fractions of the time that the run takes undisturbed, so they fall
 * everywhere on any machine.
 *
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/text.h"

#include <dirent.h>
#include <fcntl.h>
#include <jansson.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { KILLS = 20, CELLS = 3, BLOCKS = 40, RUNS_PER_KILL = 15 };

static char const experiment[] = "question: Does a killed run go on?\n"
                                 "expects: It does.\n"
                                 "baseline: glibc\n"
                                 "arms:\n"
                                 "  - glibc COPY=1\n"
                                 "workloads:\n"
                                 "  - run: \"null operations=1\"\n"
                                 "    start: cold\n"
                                 "  - run: fixed_random size=64,128 slots=16 operations=100\n"
                                 "    start: cold\n"
                                 "stop: {blocks_max: 40}\n";

static char directory[] = "/tmp/slablab-resume-XXXXXX";
static char *slablab;
static char *experiment_path;
static char *undisturbed_schedule;
static uint64_t undisturbed_ns;

static void sleep_ns(uint64_t ns)
{
    struct timespec const time = {(time_t)(ns / 1000000000u), (long)(ns % 1000000000u)};

    nanosleep(&time, NULL);
}

/* Starts `slablab run` with its results under DIRECTORY/name; what it says goes to
 * DIRECTORY/name.log. */
static pid_t start(char const *name)
{
    char *const out = text_format("%s/%s", directory, name);
    char *const log = text_format("%s/%s.log", directory, name);
    pid_t const child = fork();

    if (child == 0) {
        int const fd = open(log, O_WRONLY | O_CREAT | O_APPEND, 0644);
        dup2(fd, STDOUT_FILENO);
        dup2(fd, STDERR_FILENO);
        execl(slablab, slablab, "run", experiment_path, "--seed", "7", "--out", out, (char *)NULL);
        _exit(127);
    }
    free(out);
    free(log);
    return child;
}

static int wait_for(pid_t child)
{
    int status = 0;

    assert_int_equal(waitpid(child, &status, 0), child);
    return status;
}

/* Complete, or void because the control arm happened to differ: both are an end. */
static void assert_ended(int status)
{
    assert_true(WIFEXITED(status));
    assert_true(WEXITSTATUS(status) == 0 || WEXITSTATUS(status) == 4);
}

/* The path of a file in the one run folder under `name` that has it; NULL when there is none. */
static char *find_file(char const *name, char const *file)
{
    char *const parent = text_format("%s/%s/tiny", directory, name);
    DIR *const folder = opendir(parent);
    char *found = NULL;
    struct dirent const *entry;

    while (folder != NULL && (entry = readdir(folder)) != NULL) {
        char *const path = text_format("%s/%s/%s", parent, entry->d_name, file);
        if (entry->d_name[0] == '.' || access(path, F_OK) != 0) {
            free(path);
            continue;
        }
        assert_null(found); /* a second run was started where one was to be resumed */
        found = path;
    }
    if (folder != NULL)
        closedir(folder);
    free(parent);
    return found;
}

/* A line per block, in recorded order: its cell, its number, its pad, the arm of its unmeasured
 * sample, its arms in the order in which they ran. */
static char *schedule_of(char const *name)
{
    char *const path = find_file(name, "samples.jsonl");
    FILE *const file = path == NULL ? NULL : fopen(path, "r");
    char *schedule = text_copy("");
    json_t *block;

    assert_non_null(file);
    while ((block = json_loadf(file, JSON_DISABLE_EOF_CHECK, NULL)) != NULL) {
        size_t place;
        json_t *sample;
        text_append(&schedule,
                    "%s: %lld, %lld bytes, %s:", json_string_value(json_object_get(block, "cell")),
                    json_integer_value(json_object_get(block, "block")),
                    json_integer_value(json_object_get(block, "pad_bytes")),
                    json_string_value(
                        json_object_get(json_object_get(block, "lead_in"), "arm")));
        json_array_foreach(json_object_get(block, "samples"), place, sample) {
            text_append(&schedule, " %s,", json_string_value(json_object_get(sample, "arm")));
        }
        text_append(&schedule, "\n");
        json_decref(block);
    }
    fclose(file);
    free(path);
    return schedule;
}

static void assert_same_schedule(char const *name)
{
    char *const schedule = schedule_of(name);
    char *const outcome = find_file(name, "outcome.json");

    assert_non_null(outcome);
    assert_string_equal(schedule, undisturbed_schedule);
    free(outcome);
    free(schedule);
}

/* Waits for the first block; false where the run has come to its end meanwhile. */
static bool wait_for_blocks(char const *name, pid_t child)
{
    struct stat blocks = {0};
    int status = 0;

    while (blocks.st_size == 0) {
        if (waitpid(child, &status, WNOHANG) != 0) {
            assert_ended(status);
            return false;
        }
        char *const path = find_file(name, "samples.jsonl");
        if (path != NULL)
            assert_int_equal(stat(path, &blocks), 0);
        free(path);
        sleep_ns(2000000);
    }
    return true;
}

static size_t lines_of(char const *text)
{
    size_t lines = 0;

    for (char const *line = text; (line = strchr(line, '\n')) != NULL; line++)
        lines++;
    return lines;
}

/* Has the run of that name blocks still to come? */
static bool goes_on(char const *name)
{
    char *const schedule = schedule_of(name);
    bool const found = lines_of(schedule) < (size_t)CELLS * BLOCKS;

    free(schedule);
    return found;
}

/* Stops a run; false where it has come to its end before. */
static bool stopped(pid_t child)
{
    int status = 0;

    kill(child, SIGSTOP);
    assert_int_equal(waitpid(child, &status, WUNTRACED), child);
    if (!WIFSTOPPED(status))
        assert_ended(status);
    return WIFSTOPPED(status);
}

/* A run that stands still with blocks behind it and blocks before it, and its name. One that this
 * process was too slow to stop, on a busy machine, is left to end, and another is begun. */
static pid_t start_and_stop(char const *stem, char **name)
{
    for (int runs = 1;; runs++) {
        *name = text_format("%s-%d", stem, runs);
        pid_t const child = start(*name);
        if (wait_for_blocks(*name, child) && stopped(child)) {
            if (goes_on(*name))
                return child;
            kill(child, SIGCONT);
            assert_ended(wait_for(child));
        }
        free(*name);
    }
}

static int set_up(void **state)
{
    char executable[4096] = "";
    FILE *file;

    (void)state;
    /* <build>/harness/tests/test_resume -> <build>/slablab */
    if (mkdtemp(directory) == NULL ||
        readlink("/proc/self/exe", executable, sizeof executable - 1) < 0)
        return -1;
    for (int level = 0; level < 3; level++)
        *strrchr(executable, '/') = 0;
    slablab = text_format("%s/slablab", executable);
    experiment_path = text_format("%s/tiny.yaml", directory);
    file = fopen(experiment_path, "w");
    fputs(experiment, file);
    fclose(file);
    uint64_t const started_ns = clock_ns(CLOCK_MONOTONIC);
    assert_ended(wait_for(start("undisturbed")));
    undisturbed_ns = clock_ns(CLOCK_MONOTONIC) - started_ns;
    undisturbed_schedule = schedule_of("undisturbed");
    return 0;
}

static int tear_down(void **state)
{
    char *const command = text_format("rm -rf %s", directory);
    int const status = system(command);

    (void)state;
    free(command);
    free(slablab);
    free(experiment_path);
    free(undisturbed_schedule);
    return status;
}

static void every_cell_has_every_block(void **state)
{
    (void)state;
    assert_int_equal(lines_of(undisturbed_schedule), CELLS * BLOCKS);
    assert_null(strstr(undisturbed_schedule, "(null)")); /* each begins with an unmeasured sample */
}

/* A linear congruential generator (Knuth's MMIX): moments need no better. A run that reached its
 * end before the kill, on a machine that is faster than it was, is compared, and the next begun. */
static void killed_at_random_moments(void **state)
{
    uint64_t random = 20261123;
    int runs = 1;
    char *name = text_format("killed-%d", runs);

    (void)state;
    for (int kills = 0; kills < KILLS;) {
        random = random * 6364136223846793005u + 1442695040888963407u;
        pid_t const child = start(name);
        sleep_ns((random >> 33) % (undisturbed_ns / RUNS_PER_KILL));
        kill(child, SIGKILL);
        int const status = wait_for(child);
        char *const outcome = find_file(name, "outcome.json");
        if (outcome == NULL) {
            assert_true(WIFSIGNALED(status));
            kills++;
            continue;
        }
        free(outcome);
        assert_same_schedule(name);
        free(name);
        name = text_format("killed-%d", ++runs);
    }
    assert_ended(wait_for(start(name)));
    assert_same_schedule(name);
    free(name);
}

static void interrupted_once(void **state)
{
    char *name = NULL;

    (void)state;
    pid_t const child = start_and_stop("interrupted", &name);
    kill(child, SIGINT);
    kill(child, SIGCONT);
    int const status = wait_for(child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 130);
    assert_null(find_file(name, "outcome.json"));
    assert_ended(wait_for(start(name)));
    assert_same_schedule(name);
    free(name);
}

/* Did a run under `name` say that? */
static bool said(char const *name, char const *words)
{
    char *const path = text_format("%s/%s.log", directory, name);
    char *const text = text_of_file(path, NULL);
    bool const found = text != NULL && strstr(text, words) != NULL;

    free(text);
    free(path);
    return found;
}

/* In the same folder or in another: two at a time would disturb each other. */
static void one_measures_at_a_time(void **state)
{
    char *name = NULL;

    (void)state;
    pid_t const first = start_and_stop("locked", &name);
    int const same = wait_for(start(name));
    int const another = wait_for(start("beside"));
    kill(first, SIGCONT);
    assert_true(WIFEXITED(same) && WIFEXITED(another));
    assert_int_equal(WEXITSTATUS(same), 2);
    assert_int_equal(WEXITSTATUS(another), 2);
    assert_true(said(name, "another slablab is measuring on this machine"));
    assert_true(said("beside", "try: --wait, or wait for it to end"));
    assert_null(find_file("beside", "plan.json"));
    assert_ended(wait_for(first));
    assert_same_schedule(name);
    free(name);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(every_cell_has_every_block),
        cmocka_unit_test(killed_at_random_moments),
        cmocka_unit_test(interrupted_once),
        cmocka_unit_test(one_measures_at_a_time),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
