/* workload.h -- all that a workload includes: its declaration, and the runtime's functions.
 *
 * A workload is one file that defines `workload`; the runtime brings main(), arguments, --help and
 * the measuring. Its life in one process:
 *
 *   setup()                  bookkeeping, by workload_map; the allocator is not called yet
 *   run(warmup)              outside the region; 0 operations for a cold start
 *   run(operations)          the measured region: state continues from the warm-up
 *
 * The checksum is over sizes and contents, never over addresses, so it is the same under every
 * allocator; the workload keeps it from run to run.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_WORKLOAD_H
#define SLABLAB_WORKLOAD_H

#include "content.h"
#include "random.h"

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

struct workload {
    char const *name;   /* the file's name without its ending */
    char const *models; /* which real use it stands for */
    struct parameter const *params;
    struct text_parameter const *texts;   /* NULL: none */
    void (*setup)(void);                  /* NULL: nothing to prepare */
    uint64_t (*run)(uint64_t operations); /* does exactly so many; returns the checksum so far */
};

extern struct workload const workload;

/* The value from the command line, or the default. */
uint64_t workload_parameter(char const *name);

/* The text from the command line, or the default. */
char const *workload_text(char const *name);

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
