/* workload.h -- all that a workload includes: its declaration, and the runtime's functions.
 *
 * A workload is one file that defines `workload`; the runtime brings main(), arguments, --help and
 * the measuring. Its life in one process:
 *
 *   setup()                  bookkeeping, by workload_map; the allocator is not called yet
 *   run(warmup)              outside the region; 0 operations for a cold start
 *   run(operations)          the measured region: state continues from the warm-up
 *
 * A threaded workload has .run = workload_run_threads, a function work(), and a parameter
 * `threads`; `seed`, where it has that, is its streams' too. The runtime creates the threads before
 * the warm-up, and calls work() in all of them at once, for the warm-up and for the region. They
 * begin together; the region ends with the last of them, and they are joined after it. Thread 0 is
 * the main thread, so threads=1 is a process of one thread.
 *
 * The checksum is over sizes and contents, never over addresses or turns, so it is the same under
 * every allocator; the workload keeps it from run to run.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_WORKLOAD_H
#define SLABLAB_WORKLOAD_H

#include "content.h"
#include "random.h"
#include "turn.h"

#include <stddef.h>
#include <stdint.h>

/* A number that the command line may set as name=digits. A table ends with name == NULL. */
struct parameter {
    char const *name;
    uint64_t value; /* the default */
    uint64_t least;
    uint64_t most;
    char const *unit;
    char const *meaning;
};

/* A word, or the path of a file, that the command line may set as name=text. A table ends with name
 * == NULL. */
struct text_parameter {
    char const *name;
    char const *text; /* the default; "" where it must be given */
    int is_file;      /* it must be there to be read; the plan holds its digest */
    char const *meaning;
};

/* A number that the workload itself finds out, beside the runtime's: a metric in tables and gates.
 * A table ends with name == NULL. */
struct measure {
    char const *name;
    char const *unit;
    char const *better; /* "less" or "more" */
    char const *title;
};

/* One of the threads that call work(). Each lies on cache lines of its own. */
struct worker {
    uint32_t number; /* 0 ... threads - 1 */
    uint32_t threads;
    uint32_t random;   /* for random_draw: a stream of its own, from `seed` and its number */
    uint64_t before;   /* operations that all threads had done when this phase began */
    uint64_t checksum; /* of what it did; the sample's is over all, in the order of numbers */
};

struct workload {
    char const *name;   /* the file's name without its ending */
    char const *models; /* which real use it stands for */
    struct parameter const *params;
    struct text_parameter const *texts;   /* NULL: none */
    void (*setup)(void);                  /* NULL: nothing to prepare */
    uint64_t (*run)(uint64_t operations); /* does exactly so many; returns the checksum so far */
    void (*work)(struct worker *worker, uint64_t operations); /* so many by all threads together */
    struct measure const *measures;                           /* NULL: it reports nothing itself */
    void (*report)(void); /* once the region is over: workload_report for each of the measures */
};

extern struct workload const workload;

/* run() of a threaded workload. A workload that does not name it has no code for threads. */
uint64_t workload_run_threads(uint64_t operations);

/* What number `part` of `parts` threads does of `operations`, after those of earlier phases: with
 * them, the parts differ by one at most. */
static inline uint64_t workload_share(struct worker const *worker, uint64_t operations,
                                      uint64_t part, uint64_t parts)
{
    uint64_t const before = worker->before;
    uint64_t const whole = before + operations;

    return whole / parts - before / parts + (part < whole % parts) - (part < before % parts);
}

/* The value from the command line, or the default. */
uint64_t workload_parameter(char const *name);

/* The text from the command line, or the default. */
char const *workload_text(char const *name);
/* In report(): the value of a declared measure, over the region. */
void workload_report(char const *name, uint64_t value);

/* Memory for bookkeeping, zeroed, mapped and touched: it costs neither malloc nor a page fault of
 * the region. Ends the program if there is no memory. */
void *workload_map(size_t bytes);

/* Ends the program with status 2: the arguments make no sense together. */
__attribute__((noreturn, format(printf, 2, 3))) void workload_refuse(char const *hint,
                                                                     char const *format, ...);

/* Ends the program with status 1: malloc returned NULL, or a block's content has changed. */
__attribute__((noreturn)) void workload_out_of_memory(size_t size);
__attribute__((noreturn)) void workload_corrupted(void const *block, size_t size,
                                                  uint32_t expected, uint32_t found);

#endif
