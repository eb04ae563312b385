/* job_files.h -- what starts workers: a complete file for each engine that people have.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_JOB_FILES_H
#define SLABLAB_JOB_FILES_H

#include <stdbool.h>
#include <stdint.h>

/* "sbatch, parallel, kubernetes, github" */
char const *job_files_names(void);

/* Prints the engine's file: so many workers on the share of that path, which the engine that has no
 * common folder makes of the experiment. False if there is no such engine. */
bool job_file_print(char const *engine, char const *share, char const *experiment,
                    uint64_t workers);

#endif
