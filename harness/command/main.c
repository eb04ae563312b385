/* main.c -- slablab's command line: one table that serves help, listing and dispatch.
 *
 * SPDX-License-Identifier: MIT */
#include "base/complain.h"
#include "base/hint.h"
#include "base/memory.h"
#include "base/own_command.h"
#include "base/shell_word.h"
#include "base/text.h"
#include "base/wrapped.h"
#include "catalogue/settings.h"
#include "command/command.h"
#include "command/commands.h"
#include "command/completion.h"
#include "command/manual.h"
#include "command/reports.h"
#include "command/start.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char const version[] = "slablab " SLABLAB_VERSION;

static int command_manual(int argc, char **argv);
static int command_completion(int argc, char **argv);

static struct command const own[] = {
    {"run",
     "experiments/NAME.yaml [--quick] [--seed N] [--out DIR] [--fresh] [--wait] | [--blocks N] -- "
     "ARM ... WORKLOAD name=number ... | [--blocks N] -- ARM ... -- PROGRAM ARGUMENT ...",
     "measure an experiment, or go on with a run of it that was stopped",
     "Writes results/NAME/<time>-<form>/ (or DIR/NAME/...) and prints the tables at the end. The "
     "same command goes on with the newest run that has no outcome yet, the same plan and the same "
     "machine; --fresh begins a new one. One slablab at a time measures on a machine: --wait waits "
     "for another to end. Ctrl-C stops after the current sample. Behind -- stand arms, each "
     "ALLOCATOR NAME=value ..., the first of them the baseline, and what they run: a workload, a "
     "program of workloads/programs/ by its name, or any program behind another --, in N blocks "
     "(200). Exit status: 0 "
     "complete, 4 void, 2 nothing was measured, 130 interrupted.",
     command_run},
    {"gate",
     "[experiments/NAME.yaml] [--base SPEC] [--head SPEC] [--seconds N] [--explain] "
     "[--record[=DIR]] [--label TEXT] [--seed N] [--out DIR] [--fresh] [--wait] "
     "[--inconclusive=fail|pass|warn] [--bisect]",
     "decide, block by block, whether one build is worse than another",
     "A SPEC is an allocator (NAME or path/to/x.so, then NAME=value ...) or a git revision (REV "
     "or REV:NAME), which is built in a worktree of its own, once for each tree: by slablab.yaml's "
     "command, its first artifact or that of the name (docs/project.md); in Slablab's own "
     "repository the experiment's baseline, or the phase of the name. Where the experiment's "
     "programs have the word {artifact}, a SPEC is a program or a revision. What is not said: "
     "the experiment is slablab.yaml's suite, else experiments/gate.yaml; the base is its "
     "reference, else where HEAD left the default branch; the head is HEAD. --seconds N: no more "
     "than N seconds of blocks and counts, then INCONCLUSIVE. Writes results/NAME/<time>-gate/ "
     "with gate.json, gate.md, gate.xml (JUnit) and the logs of the builds, and appends gate.md "
     "to $GITHUB_STEP_SUMMARY where that is set; --record appends gate.json to DIR/NAME.jsonl, "
     "slablab.yaml's history or results/history/NAME.jsonl, where --label names it, --explain "
     "measures where failed rows differ. Exit status: 0 pass, 1 fail, 3 inconclusive, 4 void, 2 "
     "nothing was measured, 130 interrupted; --inconclusive takes an inconclusive gate for 1, for "
     "0, or for 0 with a warning. With --bisect, for `git bisect run`, 125 where this head can "
     "not be judged (it does not build, 3, 4) and 128 instead of any other 2, which ends the "
     "bisection (docs/ci/bisect.sh).",
     command_gate},
    {"init", "[--build COMMAND] [--artifact PATH] [--program] [--ci github|gitlab]",
     "write a slablab.yaml for your own repository",
     "Writes slablab.yaml into the working directory, so that slablab can build its revisions; "
     "with --program, which says that the artifact is a program and no allocator, also an "
     "experiments/gate.yaml that runs it; with --ci a job that gates each change. What is not "
     "said is guessed from Cargo.toml, meson.build, CMakeLists.txt or Makefile. Builds nothing "
     "and overwrites nothing. Exit status: 0, or 2.",
     command_init},
    {"comment", "RUN ...", "print finished gates as the text of one comment on a change",
     "A RUN is a gate's folder. Its first line is hidden, and the same in every comment, so that a "
     "CI job finds its comment and replaces it; the text is shorter than 64 kB however many rows "
     "there are (docs/ci).",
     command_comment},
    {"profile",
     "experiments/NAME.yaml [--quick] [--blocks N] [--rate HZ] [--seed N] [--out DIR] [--fresh] "
     "[--wait] | "
     "-- ARM WORKLOAD name=number ... | -- ARM -- PROGRAM ARGUMENT ...",
     "sample where the CPU time goes, function by function",
     "Samples every process of an experiment, or of one arm and workload, in N shuffled blocks "
     "(40, quick 20) at HZ samples in a second of CPU time (10,000), each beside a twin that is "
     "left alone, and writes results/NAME/<time>-profile/. An arm is ALLOCATOR NAME=value ...; "
     "`slablab where` turns the run into tables and flame graphs. Exit status as in run.",
     command_run},
    {"faults",
     "experiments/NAME.yaml [--quick] [--blocks N] [--seed N] [--out DIR] [--fresh] [--wait] | -- "
     "ARM WORKLOAD name=number ... | -- ARM -- PROGRAM ARGUMENT ...",
     "account for every page fault: which code, which memory, when",
     "Records every page fault of every process of an experiment, or of one arm and workload, in "
     "N shuffled blocks (5), compares their sum with getrusage's count, and writes "
     "results/NAME/<time>-faults/. `slablab where` turns the run into tables and heat maps. Exit "
     "status as in run.",
     command_run},
    {"plan", "experiments/NAME.yaml [--quick] [--seed N] [--out DIR]",
     "show what a run would do, and for how long, without doing it",
     "Lists the arms, the cells, the events and the stop rule. The time is that of all blocks at "
     "the pace of the latest stored run of the same experiment and form; without one, only the "
     "rule's own limit is known.",
     command_plan},
    {"attest", "experiments/NAME.yaml [--quick] | -- ARM ... WORKLOAD name=number ...",
     "check which object serves malloc in every arm, and each tier's share",
     "Runs each arm's observing build once in each cell. `run` does the same before it measures. "
     "It compares what a program prints under the arms, and asks each of its processes for its "
     "allocator.",
     command_attest},
    {"doctor", "", "say what on this machine will disturb a measurement",
     "Each line says ok, note or warn. Exit status: 0, or 2 if nothing can be measured at all.",
     command_doctor},
    {"scatter",
     "experiments/NAME.yaml --dir SHARE [--quick] [--units N] [--seed N] [--lease SECONDS] "
     "[--build-here] | --print sbatch|parallel|kubernetes|github [--workers N]",
     "prepare an experiment in a folder that many machines share",
     "Copies slablab, allocators, workloads and the files that the experiment names to "
     "SHARE/bin, calibrates, and writes the plan and its units of work: some blocks of one cell, "
     "all arms (8 blocks; --units says how many units in all). blocks_max counts the blocks of a "
     "cell over all machines; nothing else stops them. A worker that says nothing for SECONDS "
     "(120) loses its unit to another. With --build-here each machine compiles the phases "
     "itself, by what CC names there, so that compilers differ too. --print prints a job file "
     "that starts N workers (4). Exit status: 0, 2, 130 interrupted.",
     command_scatter},
    {"work", "SHARE [--part I/N] [--wait]", "run units of a share until none is left",
     "Claims a unit, runs it under the machine's lock, writes it as a shard, and goes on. Killed, "
     "requeued or run twice: a unit counts once. --part does every N-th unit, for machines "
     "without a common folder; --wait waits for units that others hold. Exit status: 0 none is "
     "left, 4 this machine does not run what the plan says, 2 a fault, 130 interrupted (the unit "
     "is given back).",
     command_work},
    {"gather", "SHARE [--out DIR]", "make a run of the units that are done",
     "Writes SHARE/run (or DIR), which `slablab table` reads: whatever shards are there, at any "
     "time. Exit status: 0 complete, 3 units are missing, 4 void, 2 a shard is "
     "damaged or of another plan.",
     command_gather},
    {"layouts", "ALLOCATOR [--links N]", "link an allocator many times, and print the files",
     "Each of the N links (16) has the same code in another order, a path a line; the first has "
     "the order of the source. An experiment with `layouts: N` draws among the same files "
     "(docs/method/layouts.md).",
     command_layouts},
    {"list", "[allocators|workloads|programs|experiments|events|metrics [--json]]",
     "list what there is to run and to count", "Without a word, lists everything.", command_list},
    {"manual", "[COMMAND | --all DIR]", "print a man page",
     "Of the command, or of slablab: `slablab manual gate | man -l -` shows it. --all writes them "
     "all to a folder, slablab.1 and slablab-COMMAND.1.",
     command_manual},
    {"completion", "bash|zsh|fish", "print what makes a shell complete slablab's words",
     "For bash: `source <(slablab completion bash)`.", command_completion},
};
enum { OWN = sizeof own / sizeof *own };

/* Its own commands, then those that read what was measured. */
static struct commands all_commands(void)
{
    static struct command *all;
    struct commands const reports = reports_commands();

    if (all == NULL) {
        all = memory_zeroed(OWN + reports.count, sizeof *all);
        memcpy(all, own, sizeof own);
        if (reports.count > 0)
            memcpy(all + OWN, reports.command, reports.count * sizeof *all);
    }
    return (struct commands){all, OWN + reports.count};
}

/* NULL where there is none of that name. */
static struct command const *named(struct commands const *commands, char const *name)
{
    for (size_t i = 0; i < commands->count; i++)
        if (text_equal(commands->command[i].name, name))
            return &commands->command[i];
    return NULL;
}

/* commands.json is read where the name is none of its own commands'. */
static struct command const *find_command(char const *name)
{
    struct command const *const found = named(&(struct commands){own, OWN}, name);
    struct commands const reports = found == NULL ? reports_commands() : (struct commands){0};

    return found != NULL ? found : named(&reports, name);
}

static bool is_help(char const *word)
{
    return text_equal(word, "--help") || text_equal(word, "-h") || text_equal(word, "help");
}

static void list_summaries(FILE *stream, struct commands commands)
{
    for (size_t i = 0; i < commands.count; i++) {
        char *const name = text_format("  %s", commands.command[i].name);
        wrapped_print(stream, 15, name, commands.command[i].summary);
        free(name);
    }
}

static int help(FILE *stream)
{
    fputs("slablab: is allocator phase B better than phase A, by how much, and why?\n\n"
          "usage: slablab COMMAND ...\n\n",
          stream);
    list_summaries(stream, (struct commands){own, OWN});
    fputs("\nof what was measured:\n", stream);
    list_summaries(stream, reports_commands());
    fputs("\n`slablab COMMAND --help` says more, `slablab --version` which slablab this is.\n"
          "Begin with: slablab doctor\n",
          stream);
    return EXIT_STATUS_PASS;
}

static int help_with(struct command const *command)
{
    char *const usage = text_format("slablab %s %s", command->name, command->usage);

    wrapped_print(stdout, 7, "usage:", usage);
    char *const summary = text_format("%s.\n", command->summary);
    putchar('\n');
    wrapped_print(stdout, 0, "", summary);
    putchar('\n');
    wrapped_print(stdout, 0, "", command->details);
    free(summary);
    struct command_option const *option = reports_options(command);
    if (option->words != NULL)
        putchar('\n');
    for (; option->words != NULL; option++)
        wrapped_print(stdout, 20, option->words, option->meaning);
    free(usage);
    return EXIT_STATUS_PASS;
}

static int complain_of(char const *name)
{
    struct commands const all = all_commands();
    char **const known = memory_zeroed(all.count, sizeof *known);

    for (size_t i = 0; i < all.count; i++)
        known[i] = (char *)all.command[i].name;
    char const *const nearest = text_nearest(name, known, all.count);
    char hint[64];
    snprintf(hint, sizeof hint, "slablab %s", nearest != NULL ? nearest : "--help");
    complain(hint, "unknown command '%s'", name);
    free(known);
    return EXIT_STATUS_USAGE;
}

static int command_manual(int argc, char **argv)
{
    struct commands const all = all_commands();

    if (argc == 3 && text_equal(argv[1], "--all"))
        return manual_write_files(argv[2], &all) ? EXIT_STATUS_PASS : EXIT_STATUS_USAGE;
    if (argc > 2) {
        complain("slablab manual gate; slablab manual --all DIR", "manual: one command at a time");
        return EXIT_STATUS_USAGE;
    }
    if (argc < 2) {
        manual_write_all(stdout, &all);
        return EXIT_STATUS_PASS;
    }
    struct command const *const command = named(&all, argv[1]);
    if (command == NULL)
        return complain_of(argv[1]);
    manual_write(stdout, command);
    return EXIT_STATUS_PASS;
}

static int command_completion(int argc, char **argv)
{
    struct commands const all = all_commands();

    if (argc == 2 && completion_write(stdout, argv[1], &all))
        return EXIT_STATUS_PASS;
    complain("slablab completion bash", "completion: one of bash, zsh, fish is wanted");
    return EXIT_STATUS_USAGE;
}

/* The status of a command whose output may not have arrived. */
static int status_of_output(int status)
{
    errno = 0;
    if (fflush(stdout) == 0 && ferror(stdout) == 0)
        return status;
    complain(hint_for(errno, "df -h; or another place to print to"), "cannot print all of it: %s",
             errno != 0 ? strerror(errno) : "a write failed");
    return status == EXIT_STATUS_PASS ? EXIT_STATUS_USAGE : status;
}

/* Complains where a run's folder stands for an experiment, and says what reads it. */
static bool is_run_folder(char const *command, char const *path)
{
    static char const *const readers[][2] = {
        {"run", "table"}, {"gate", "judge"}, {"profile", "where"}, {"faults", "where"}};
    char *const plan = text_format("%s/plan.json", path);
    char const *reader = NULL;

    for (size_t i = 0; i < sizeof readers / sizeof *readers; i++)
        if (text_equal(readers[i][0], command) && access(plan, F_OK) == 0)
            reader = readers[i][1];
    free(plan);
    if (reader == NULL)
        return false;
    char *const word = shell_word(path);
    char *const hint = text_format("slablab %s %s", reader, word);
    complain(hint, "%s: %s is a run's folder, and no experiment", command, path);
    free(hint);
    free(word);
    return true;
}

static int dispatch(int argc, char **argv)
{
    if (argc < 2) {
        help(stderr);
        return EXIT_STATUS_USAGE;
    }
    if (is_help(argv[1]))
        return help(stdout);
    if (text_equal(argv[1], "--version"))
        return puts(version) < 0 ? EXIT_STATUS_USAGE : EXIT_STATUS_PASS;
    struct command const *const command = find_command(argv[1]);
    if (command == NULL)
        return complain_of(argv[1]);
    for (int i = 2; i < argc; i++)
        if (is_help(argv[i]) && *argv[i] == '-')
            return help_with(command);
    if (argc == 3 && is_run_folder(command->name, argv[2]))
        return EXIT_STATUS_USAGE;
    return start_is_possible() && settings_read() ? command->function(argc - 1, argv + 1)
                                                  : EXIT_STATUS_USAGE;
}

int main(int argc, char **argv)
{
    start_clean();
    complain_command(own_command);
    return status_of_output(dispatch(argc, argv));
}
