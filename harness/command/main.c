/* main.c -- slablab's command line: one table that serves help, listing and dispatch.
 *
 * SPDX-License-Identifier: MIT */
#include "base/complain.h"
#include "base/hint.h"
#include "base/text.h"
#include "base/wrapped.h"
#include "command/commands.h"
#include "command/start.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char const version[] = "slablab " SLABLAB_VERSION;

struct command {
    char const *name;
    char const *usage;
    char const *summary;
    char const *details;
    int (*function)(int argc, char **argv);
};

static struct command const commands[] = {
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
     "experiments/gate.yaml --base SPEC --head SPEC [--explain] [--record[=DIR]] [--label TEXT] "
     "[--seed N] [--out DIR] [--fresh] [--wait] [--inconclusive=fail|pass|warn] [--bisect]",
     "decide, block by block, whether one build is worse than another",
     "A SPEC is an allocator (NAME or path/to/x.so, then NAME=value ...) or a git revision (REV "
     "or REV:ALLOCATOR; REV alone means the experiment's baseline), which is built in a worktree "
     "of its own. Writes results/NAME/<time>-gate/ with gate.json, gate.md and gate.xml (JUnit), "
     "and appends gate.md to $GITHUB_STEP_SUMMARY where that is set; --record appends gate.json "
     "to results/history/NAME.jsonl or DIR/NAME.jsonl, where --label names it, --explain "
     "measures where failed rows differ. Exit status: 0 pass, 1 fail, 3 inconclusive, 4 void, 2 "
     "nothing was measured, 130 interrupted; --inconclusive takes an inconclusive gate for 1, for "
     "0, or for 0 with a warning. With --bisect, for `git bisect run`, 125 where this head can "
     "not be judged (it does not build, 3, 4) and 128 instead of any other 2, which ends the "
     "bisection (docs/ci/bisect.sh).",
     command_gate},
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
     "`python3 -m analysis profile` turns the run into tables and flame graphs. Exit status as in "
     "run.",
     command_run},
    {"faults",
     "experiments/NAME.yaml [--quick] [--blocks N] [--seed N] [--out DIR] [--fresh] [--wait] | -- "
     "ARM WORKLOAD name=number ... | -- ARM -- PROGRAM ARGUMENT ...",
     "account for every page fault: which code, which memory, when",
     "Records every page fault of every process of an experiment, or of one arm and workload, in "
     "N shuffled blocks (5), compares their sum with getrusage's count, and writes "
     "results/NAME/<time>-faults/. `python3 -m analysis profile` turns the run into tables and "
     "heat maps. Exit status as in run.",
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
     "experiments/NAME.yaml --dir SHARE [--quick] [--units N] [--seed N] [--lease SECONDS] | "
     "--print sbatch|parallel|kubernetes|github [--workers N]",
     "prepare an experiment in a folder that many machines share",
     "Copies slablab, allocators and workloads to SHARE/bin, calibrates, and writes the plan and "
     "its units of work: some blocks of one cell, all arms (8 blocks; --units says how many units "
     "in all). blocks_max counts the blocks of a cell over all machines; nothing else stops them. "
     "A worker that says nothing for SECONDS (120) loses its unit to another. --print prints a "
     "job file that starts N workers (4). Exit status: 0, 2, 130 interrupted.",
     command_scatter},
    {"work", "SHARE [--part I/N] [--wait]", "run units of a share until none is left",
     "Claims a unit, runs it under the machine's lock, writes it as a shard, and goes on. Killed, "
     "requeued or run twice: a unit counts once. --part does every N-th unit, for machines "
     "without a common folder; --wait waits for units that others hold. Exit status: 0 none is "
     "left, 4 this machine does not run what the plan says, 2 a fault, 130 interrupted (the unit "
     "is given back).",
     command_work},
    {"gather", "SHARE [--out DIR]", "make a run of the units that are done",
     "Writes SHARE/run (or DIR), which `python3 -m analysis table` reads: whatever shards are "
     "there, at any time. Exit status: 0 complete, 3 units are missing, 4 void, 2 a shard is "
     "damaged or of another plan.",
     command_gather},
    {"list", "[allocators|workloads|programs|experiments|events|metrics [--json]]",
     "list what there is to run and to count", "Without a word, lists everything.", command_list},
};
enum { COMMANDS = sizeof commands / sizeof *commands };

static struct command const *find_command(char const *name)
{
    for (size_t i = 0; i < COMMANDS; i++)
        if (text_equal(commands[i].name, name))
            return &commands[i];
    return NULL;
}

static bool is_help(char const *word)
{
    return text_equal(word, "--help") || text_equal(word, "-h") || text_equal(word, "help");
}

static int help(FILE *stream)
{
    fputs("slablab: is allocator phase B better than phase A, by how much, and why?\n\n"
          "usage: slablab COMMAND ...\n\n",
          stream);
    for (size_t i = 0; i < COMMANDS; i++)
        fprintf(stream, "  %-8s %s\n", commands[i].name, commands[i].summary);
    fputs("\n`slablab COMMAND --help` says more, `slablab --version` which slablab this is.\n"
          "Begin with: slablab doctor\n",
          stream);
    return EXIT_STATUS_PASS;
}

static int help_with(struct command const *command)
{
    char *const usage = text_format("slablab %s %s", command->name, command->usage);

    wrapped_print(stdout, 7, "usage:", usage);
    printf("\n%s.\n\n", command->summary);
    wrapped_print(stdout, 0, "", command->details);
    free(usage);
    return EXIT_STATUS_PASS;
}

static int complain_of(char const *name)
{
    char *known[COMMANDS];

    for (size_t i = 0; i < COMMANDS; i++)
        known[i] = (char *)commands[i].name;
    char const *const nearest = text_nearest(name, known, COMMANDS);
    char hint[64];
    snprintf(hint, sizeof hint, "slablab %s", nearest != NULL ? nearest : "--help");
    complain(hint, "unknown command '%s'", name);
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
    return start_is_possible() ? command->function(argc - 1, argv + 1) : EXIT_STATUS_USAGE;
}

int main(int argc, char **argv)
{
    start_clean();
    return status_of_output(dispatch(argc, argv));
}
