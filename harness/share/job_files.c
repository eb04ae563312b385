/* job_files.c -- the files, of at most 15 lines each.
 *
 * No engine is asked whether a worker succeeded: the shards say so.
 *
 * SPDX-License-Identifier: MIT */
#include "share/job_files.h"

#include "base/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

struct job {
    char const *share; /* as a shell's word */
    char const *experiment;
    uint64_t workers;
};

static void print_sbatch(struct job const *job)
{
    printf("#!/bin/bash\n"
           "#SBATCH --job-name=slablab\n"
           "#SBATCH --array=1-%" PRIu64 "\n"
           "#SBATCH --nodes=1\n"
           "#SBATCH --exclusive\n"
           "#SBATCH --requeue\n"
           "#SBATCH --output=slablab-%%A-%%a.txt\n"
           "exec %s/bin/slablab work %s --wait\n",
           job->workers, job->share, job->share);
}

static void print_parallel(struct job const *job)
{
    printf("#!/bin/bash\n"
           "# One worker on each host: ./jobs.sh HOST...\n"
           "set -euo pipefail\n"
           "parallel --nonall --tag --sshlogin \"$(IFS=,; echo \"$*\")\" \\\n"
           "    %s/bin/slablab work %s --wait\n",
           job->share, job->share);
}

/* The volume holds the share under the same path. */
static void print_kubernetes(struct job const *job)
{
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
           "      containers: [{name: work, image: \"slablab:bookworm\", command: [%s/bin/slablab, "
           "work, %s, --wait], volumeMounts: [{name: share, mountPath: %s}]}]\n",
           job->workers, job->workers, job->share, job->share, job->share);
}

/* Its runners have no folder in common: each does a part of the units, and gather takes all. */
static void print_github(struct job const *job)
{
    printf("on: workflow_dispatch\n"
           "jobs:\n"
           "  scatter: {runs-on: ubuntu-latest, container: \"debian:12\", steps: [{uses: "
           "actions/checkout@v4}, {run: ./run_all.sh --setup && make && build/slablab scatter "
           "%s --dir share && tar cf share.tar share}, {uses: actions/upload-artifact@v4, with: "
           "{name: share, path: share.tar}}]}\n"
           "  work:\n"
           "    needs: scatter\n"
           "    strategy: {matrix: {part: [",
           job->experiment);
    for (uint64_t i = 1; i <= job->workers; i++)
        printf("%s%" PRIu64, i > 1 ? ", " : "", i);
    printf("]}}\n"
           "    runs-on: ubuntu-latest\n"
           "    container: debian:12\n"
           "    steps:\n"
           "    - uses: actions/download-artifact@v4\n"
           "      with: {name: share}\n"
           "    - run: apt-get update && apt-get install --yes libdw1 libjansson4 libpfm4 "
           "libyaml-0-2 && tar xf share.tar && share/bin/slablab work share --part ${{ "
           "matrix.part }}/%" PRIu64 "\n"
           "    - uses: actions/upload-artifact@v4\n"
           "      with: {name: \"part-${{ matrix.part }}\", path: \"share/[ms]*\"}\n",
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
