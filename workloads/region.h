/* region.h -- the shared page through which harness and workload exchange one sample.
 *
 * The harness maps one struct region from a memfd, leaves the descriptor open across exec, and
 * names it in the environment: SLABLAB_REGION=<descriptor>. The workload maps the same bytes,
 * measures its region and writes what it saw. Nothing here is allocated; both sides are built from
 * this header.
 *
 *   harness:  fills `magic` ... `counter_fd`, forks, execs
 *   workload: fills `state` ... while it runs, `state` last of all
 *
 * An ordinary program knows nothing of it: launcher/ fills the page in its stead, and witness.c,
 * loaded into each of its processes, `object`, `build_id` and `witness`.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_REGION_H
#define SLABLAB_REGION_H

#include <stdint.h>

enum {
    REGION_MAGIC = 0x534c4142, /* "SLAB" */
    REGION_VERSION = 4,
    REGION_COUNTERS_MAX = 32,
    REGION_TIERS_MAX = 32,
    REGION_MEASURES_MAX = 8,
    REGION_NAME_MAX = 32,
    REGION_PATH_MAX = 512,
    REGION_BUILD_ID_MAX = 64 /* hexadecimal digits, with the final 0 */
};

enum region_state { REGION_UNTOUCHED, REGION_BEGUN, REGION_ENDED, REGION_REPORTED };

/* What one perf counter read in the region; enabled and running differ if it was multiplexed. */
struct region_counter {
    uint64_t value;
    uint64_t enabled_ns;
    uint64_t running_ns;
};

/* One count of an observing allocator, by name: the difference over the region. */
struct region_tier {
    char name[REGION_NAME_MAX];
    uint64_t value;
};

/* One number that the workload itself reports. */
struct region_measure {
    char name[REGION_NAME_MAX];
    uint64_t value;
};

/* From getrusage(RUSAGE_SELF). A kernel that accounts user and system time by ticks splits the CPU
 * time of the process so far by where its ticks fell: a difference over a region of a few ticks
 * says next to nothing, the sum over many samples of long regions a good deal. */
struct region_usage {
    uint64_t user_ns;
    uint64_t system_ns;
    uint64_t minor_faults;
    uint64_t major_faults;
    uint64_t voluntary_switches;
    uint64_t involuntary_switches;
};

/* Of the programs that a program started, itself included, each when it was loaded. */
struct region_witness {
    uint32_t images;                      /* how many said who serves their malloc */
    uint32_t foreign;                     /* of them, how many by another object than the first */
    uint32_t unserved;                    /* processes that ended without it, as far as traced */
    char program[REGION_PATH_MAX];        /* the first of either, and its object */
    char object[REGION_PATH_MAX];
};

/* What runs as {artifact} of a program's command line, when it was loaded. */
struct region_artifact {
    uint32_t images;
    char build_id[REGION_BUILD_ID_MAX];   /* as mapped; empty where it has none */
};

struct region {
    uint32_t magic;
    uint32_t version;
    uint32_t counter_count;                   /* each disabled, or led by one that is */
    int32_t counter_fd[REGION_COUNTERS_MAX];  /* -1: absent on this machine, left alone */
    int32_t counter_errno[REGION_COUNTERS_MAX]; /* why it is absent */

    uint32_t state;                 /* enum region_state */
    uint64_t operations;            /* done inside the region */
    uint64_t checksum;              /* over everything the workload did, warm-up included */
    uint64_t cpu_ns;                /* CLOCK_PROCESS_CPUTIME_ID over the region: all threads' */
    uint64_t wall_ns;               /* CLOCK_MONOTONIC over the region: ended - began */
    uint64_t began_monotonic_ns;    /* that clock at both ends, so events recorded elsewhere */
    uint64_t ended_monotonic_ns;    /* can be placed inside or outside the region */
    uint64_t threads;               /* that did them */
    uint64_t slowest_thread_ns;     /* from the region's begin to the last thread's own end, */
    uint64_t median_thread_ns;      /* and their median; both wall_ns where there is one thread */
    struct region_usage start_up;   /* process start to the region's begin */
    struct region_usage usage;      /* over the region */
    struct region_counter counter[REGION_COUNTERS_MAX];

    uint64_t vm_hwm_bytes;          /* these five at the region's end, from /proc/self */
    uint64_t rss_bytes;
    uint64_t pss_bytes;
    uint64_t private_dirty_bytes;
    uint64_t anon_huge_bytes;

    char object[REGION_PATH_MAX];         /* the mapped file that holds `malloc` */
    char build_id[REGION_BUILD_ID_MAX];   /* of that object as mapped; empty where it has none */
    uint32_t tier_count;                  /* 0: the allocator does not observe itself */
    struct region_tier tier[REGION_TIERS_MAX];
    struct region_witness witness;        /* of a program; else nothing */
    uint32_t measure_count;
    struct region_measure measure[REGION_MEASURES_MAX];
    struct region_artifact artifact;      /* of a program that is one of two builds; else nothing */
};

#endif
