/* runtime.h -- the interface among the runtime's files; no workload includes it.
 *
 *   main.c -> sample.c -> declaration.c  is `struct workload` filled in?
 *                      -> arguments.c    the command line, --help, --describe, --check
 *                      -> page.c         the harness's page, or one of our own
 *                      -> threads.c      a threaded workload's threads (no other has its code)
 *                      -> measure.c      the region's two ends
 *                      -> memory.c tiers.c object.c measures.c   the rest, after the region
 *                      -> report.c       for people, if there is no harness
 *
 * Until the region has ended nothing here calls malloc, and nothing calls what might call it: no
 * stdio, no dlsym of a name that may be missing (its error message is allocated). Where there are
 * several threads, the C library allocates a little for each, before the warm-up.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_RUNTIME_H
#define SLABLAB_RUNTIME_H

#include "../region.h"
#include "../workload.h"

#include <stdbool.h>

enum { THREADS_MAX = 256 };
enum { STATUS_OK = 0, STATUS_FAILED = 1, STATUS_REFUSED = 2 };

struct arguments {
    uint64_t operations;
    uint64_t warmup;
    bool check; /* set up, and end */
};

/* main() of every workload. */
int workload_main(int argc, char **argv);

/* arguments.c: ends the program for --help, --describe and whatever is wrong. */
struct arguments arguments_parse(int argc, char **argv);

/* declaration.c: ends the program where the workload's declaration cannot be used. */
void declaration_check(void);

/* describe.c: both print on standard output. */
void describe_for_people(void);
void describe_for_programs(void);

/* The two parameters that every workload has: operations, warmup. Ends with name == NULL. */
extern struct parameter const runtime_params[];

/* page.c: *measured is false when no harness waits for the page. */
struct region *page_open(bool *measured);

/* measure.c: prepare, begin, end, finish. End fills cpu_ns and wall_ns, finish began_monotonic_ns,
 * ended_monotonic_ns, start_up, usage and counter; begin and end may be called again and again
 * between the other two. */
void region_prepare(struct region *region);
void region_begin(struct region *region);
void region_end(struct region *region);
void region_finish(struct region *region);

/* threads.c sets this in the first call of workload_run_threads. Called once the region is over, it
 * fills `threads` and the threads' times, and joins them. NULL: the workload has no threads. */
extern void (*threads_finish)(struct region *region);

/* memory.c, object.c, tiers.c, measures.c: the rest of the page. tiers_remember: before the
 * region. */
void collect_memory(struct region *region);
void collect_object(struct region *region);
void tiers_remember(void);
void collect_tiers(struct region *region);
void collect_measures(struct region *region);

/* report.c */
void report_print(struct region const *region, struct arguments const *arguments);

/* complain.c: "slablab: <workload>: <message>", "  try: <hint>", exit. */
__attribute__((noreturn, format(printf, 3, 4))) void end_with(int status, char const *hint,
                                                              char const *format, ...);

#endif
