/* sample.h -- one fresh process with a minimal environment, timed and reaped.
 *
 * This module knows processes; the caller chooses workload and allocator.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_SAMPLE_H
#define SLABLAB_SAMPLE_H

#include "machine/cpus.h"
#include "machine/thp.h"
#include "sample/counters.h"
#include "trace/recorder.h"
#include "workloads/region.h"

#include <stdbool.h>
#include <stdint.h>

enum sample_status {
    SAMPLE_OK,
    SAMPLE_FAILED,    /* exit_code is not 0 */
    SAMPLE_CRASHED,   /* by `signal` */
    SAMPLE_TIMEOUT,   /* and was killed */
    SAMPLE_CHECKSUM,  /* another checksum, or another number of operations, than the attested one */
    SAMPLE_ALLOCATOR, /* another object served malloc */
    SAMPLE_PROTOCOL   /* exited 0 without a report */
};

/* The outcome of one process. status, exit_code and signal describe its end; region is valid if
 * SAMPLE_OK. */
struct sample {
    enum sample_status status;
    int exit_code;
    int signal;
    uint32_t pid;
    size_t cpu_count; /* it could run on so many of the sampler's CPUs, the first ones */
    uint64_t exec_bytes; /* of path, arguments and environment, which exec copies */
    struct region region;
    uint64_t process_cpu_ns; /* these four from fork to exit, by wait4 */
    uint64_t process_wall_ns;
    uint64_t process_minor_faults;
    uint64_t process_major_faults;
    size_t left_behind; /* processes of its own that outlived it, and were killed */
    char *stderr_text; /* its first bytes, printable; NULL if SAMPLE_OK and it said
                        * nothing. Owned by the sample. */
};

/* What samples share. Invariant: page_fd refers to page, stderr_fd to a file of fixed size. */
struct sampler {
    struct counters *counters;
    struct region *page;
    int page_fd;
    int stderr_fd;
    int stdout_fd; /* what a program prints, up to the offset */
    int null_fd;
    struct cpus cpus; /* of all samples */
    size_t cpu_count; /* of them, how many the next samples get: the first ones */
    struct recorder *recorder; /* records the next samples; NULL: none does. Borrowed. */
    uint64_t timeout_ns;
    enum thp thp;      /* transparent huge pages of the next samples */
    bool keeps_output; /* in stdout_fd; no file of the sample may then be too large */
};

/* Opens what samples need, and moves the harness off their `cpus` CPUs, if there is another (if
 * that fails, it only prints a note). Complains and returns false on an error. */
bool sampler_open(struct sampler *sampler, char *const *events, size_t event_count,
                  size_t cpus);
void sampler_close(struct sampler *sampler);

/* Runs arguments[0] to its end. status is any but CHECKSUM and ALLOCATOR, which sample_judge adds.
 * Returns false, after a complaint, if no process could be started: then there is no sample. */
bool sample_run(struct sampler *sampler, char *const *arguments, char *const *environment,
                struct sample *sample);

/* The expected allocator and checksum. */
struct sample_expectation {
    char const *object;   /* NULL: the C library's own malloc */
    char const *build_id; /* of the serving object; "" without one: then the file's name decides */
    char const *program_build_id; /* of what is to run as {artifact}; NULL: nothing is */
    bool timed;           /* it must have taken time; a profiled one may have no region */
    bool witnessed;       /* each of its processes has said who serves it */
    bool attested;        /* are these two known? */
    uint64_t operations;
    uint64_t checksum;
};

/* Turns OK into ALLOCATOR, CHECKSUM or PROTOCOL if the sample is not as expected. */
void sample_judge(struct sample *sample, struct sample_expectation const *expectation);

/* "ok", "failed" ... as in records.md. */
char const *sample_status_name(enum sample_status status);

/* Releases what the sample owns. */
void sample_release(struct sample *sample);

#endif
