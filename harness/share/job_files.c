/* job_files.c -- the files, of at most 15 lines each.
 *
 * No engine is asked whether a worker succeeded: the shards say so.
 *
 * SPDX-License-Identifier: MIT */
#include "share/job_files.h"

#include "base/shell_word.h"
#include "base/text.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct job {
    char const *share;
    char const *experiment;
    uint64_t workers;
};

/* A format whose every %s is the path as a shell's word. */
static char *command_on(char const *format, char const *path)
{
    char *const word = shell_word(path);
    char *command = text_copy("");

    for (char const *hole = strstr(format, "%s"); hole != NULL; hole = strstr(format, "%s")) {
        text_append(&command, "%.*s%s", (int)(hole - format), format, word);
        format = hole + strlen("%s");
    }
    text_append(&command, "%s", format);
    free(word);
    return command;
}

/* In double quotes, as JSON and YAML have them. The caller frees it. */
static char *quoted(char const *text)
{
    json_t *const string = json_string(text);
    char *const quoted = json_dumps(string, JSON_ENCODE_ANY);

    json_decref(string);
    return quoted != NULL ? quoted : text_copy("\"\"");
}

static void print_sbatch(struct job const *job)
{
    char *const command = command_on("%s/bin/slablab work %s --wait", job->share);

    printf("#!/bin/bash\n"
           "#SBATCH --job-name=slablab\n"
           "#SBATCH --array=1-%" PRIu64 "\n"
           "#SBATCH --nodes=1\n"
           "#SBATCH --exclusive\n"
           "#SBATCH --requeue\n"
           "#SBATCH --output=slablab-%%A-%%a.txt\n"
           "exec %s\n",
           job->workers, command);
    free(command);
}

/* --quote: a word is one behind ssh, too. */
static void print_parallel(struct job const *job)
{
    char *const command = command_on("%s/bin/slablab work %s --wait", job->share);

    printf("#!/bin/bash\n"
           "# One worker on each host: ./jobs.sh HOST...\n"
           "set -euo pipefail\n"
           "parallel --nonall --quote --tag --sshlogin \"$(IFS=,; echo \"$*\")\" \\\n"
           "    %s\n",
           command);
    free(command);
}

/* The volume holds the share under the same path. */
static void print_kubernetes(struct job const *job)
{
    char *const path = text_format("%s/bin/slablab", job->share);
    char *const program = quoted(path);
    char *const share = quoted(job->share);

    printf("apiVersion: batch/v1\n"
           "kind: Job\n"
           "metadata: {name: slablab, labels: {app: slablab}}\n"
           "spec:\n"
           "  completionMode: Indexed\n"
           "  completions: %" PRIu64 "\n"
           "  parallelism: %" PRIu64 "\n"
           "  template:\n"
           "    metadata: {labels: {app: slablab}}\n"
           "    spec:\n"
           "      restartPolicy: OnFailure\n"
           "      topologySpreadConstraints: [{maxSkew: 1, topologyKey: kubernetes.io/hostname, "
           "whenUnsatisfiable: DoNotSchedule, labelSelector: {matchLabels: {app: slablab}}}]\n"
           "      volumes: [{name: share, persistentVolumeClaim: {claimName: slablab-share}}]\n"
           "      containers: [{name: work, image: slablab, imagePullPolicy: IfNotPresent, "
           "command: [%s, work, %s, --wait], volumeMounts: [{name: share, mountPath: %s}]}]\n",
           job->workers, job->workers, program, share, share);
    free(share);
    free(program);
    free(path);
}

#define INSTALL "apt-get update && apt-get install --yes libdw1 libjansson4 libnettle8 libpfm4 " \
                "libyaml-0-2 && tar xf share.tar && "

static void print_scatter_job(struct job const *job)
{
    char *const scatter = command_on("./run_all.sh --setup && make && build/slablab scatter %s "
                                     "--dir share && tar cf share.tar share",
                                     job->experiment);
    char *const run = quoted(scatter);

    printf("  scatter: {runs-on: ubuntu-latest, container: \"debian:12\", steps: [{uses: "
           "actions/checkout@v4}, {run: %s}, {uses: actions/upload-artifact@v4, with: {name: "
           "share, path: share.tar}}]}\n",
           run);
    free(run);
    free(scatter);
}

/* Its runners have no folder in common: each does a part of the units, and one gathers all. */
static void print_github(struct job const *job)
{
    printf("on: workflow_dispatch\n"
           "jobs:\n");
    print_scatter_job(job);
    printf("  work:\n"
           "    needs: scatter\n"
           "    strategy: {matrix: {part: [");
    for (uint64_t i = 1; i <= job->workers; i++)
        printf("%s%" PRIu64, i > 1 ? ", " : "", i);
    printf("]}}\n"
           "    runs-on: ubuntu-latest\n"
           "    container: debian:12\n"
           "    steps:\n"
           "    - {uses: actions/download-artifact@v4, with: {name: share}}\n"
           "    - run: " INSTALL "share/bin/slablab work share --part ${{ matrix.part }}/%" PRIu64
           " && cd share && tar cf ../part-${{ matrix.part }}.tar machines shards\n"
           "    - {uses: actions/upload-artifact@v4, with: {name: \"part-${{ matrix.part }}\", "
           "path: \"part-${{ matrix.part }}.tar\"}}\n"
           "  gather: {needs: work, if: always(), runs-on: ubuntu-latest, container: "
           "\"debian:12\", steps: [{uses: actions/download-artifact@v4, with: {merge-multiple: "
           "true}}, {run: \"" INSTALL "for part in part-*.tar; do tar xf $part --directory=share; "
           "done && share/bin/slablab gather share\"}, {uses: actions/upload-artifact@v4, if: "
           "always(), with: {name: run, path: share/run}}]}\n",
           job->workers);
}

static struct {
    char const *name;
    void (*print)(struct job const *job);
} const engines[] = {{"sbatch", print_sbatch},
                     {"parallel", print_parallel},
                     {"kubernetes", print_kubernetes},
                     {"github", print_github}};

char const *job_files_names(void)
{
    return "sbatch, parallel, kubernetes, github";
}

bool job_file_print(char const *engine, char const *share, char const *experiment,
                    uint64_t workers)
{
    struct job const job = {.share = share, .experiment = experiment, .workers = workers};

    for (size_t i = 0; i < sizeof engines / sizeof *engines; i++)
        if (text_equal(engine, engines[i].name)) {
            engines[i].print(&job);
            return true;
        }
    return false;
}
