/* distribution.c -- sizes, rates and live counts as a file has them.
 *
 *   workloads/data/compiler.txt     "56 106086 1460": of a million allocations 106,086 are of 56
 *                                   bytes, and 1,460 objects of that size are alive
 *
 * An operation draws a size by its rate, and replaces one of that size's live objects, drawn at
 * random. So each size's objects live as long as rate and live count say, on average. The idea is
 * that of Fleetbench's empirical driver, whose files hold these three columns of fleets of servers;
 * ours are of two programs (workloads/data/README.md). Each thread has all of it to itself.
 *
 * It does not show what a program does in which order, objects that die together, nor frees from
 * other threads.
 *
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "workload.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FILE_MOST = 1 << 16, ROWS_MOST = 1024, PICKS = 4096, PER_MILLION = 1000000 };

static char const *const files[] = {"compiler", "python"};

struct row {
    uint64_t size;
    uint64_t rate;
    uint64_t live;
    uint64_t first; /* of its objects among a thread's */
};

/* A thread's objects; NULL: not there yet. */
struct pool {
    _Alignas(128) unsigned char **object;
};

static struct {
    struct row row[ROWS_MOST];
    uint32_t rows;
    uint16_t pick[PICKS]; /* rows, each as often as its rate asks for: the nearest of 4,096ths */
    struct pool *pool;
    uint64_t live; /* objects of a thread, in the long run */
} state;

/* Beside the folder of builds, wherever that is: build/workloads/distribution and the like. */
static int open_file(char const *name, char *path)
{
    static char const tail[] = "/workloads/data/compiler.txt";
    ssize_t const length = readlink("/proc/self/exe", path, PATH_MAX - sizeof tail);
    int file = -1;

    path[length > 0 ? length : 0] = 0;
    for (char *slash; file < 0 && (slash = strrchr(path, '/')) != NULL;) {
        sprintf(slash, "/workloads/data/%s.txt", name);
        file = open(path, O_RDONLY | O_CLOEXEC);
        *slash = 0;
    }
    return file;
}

/* One number and the blanks before it; false at anything else. */
static bool take_number(char const **text, uint64_t *number)
{
    char const *const digits = *text + strspn(*text, " ");
    size_t const length = strspn(digits, "0123456789");

    *number = 0;
    for (size_t i = 0; i < length; i++)
        *number = *number * 10 + (uint64_t)(digits[i] - '0');
    *text = digits + length;
    return length > 0 && length < 16;
}

static bool take_row(char const **text, struct row *row)
{
    bool const taken = take_number(text, &row->size) && take_number(text, &row->rate) &&
                       take_number(text, &row->live) && **text == '\n';

    *text += **text == '\n';
    return taken && row->size > 0;
}

static void take_rows(char const *text, char const *name)
{
    uint64_t rate = 0;

    while (*text != 0 && state.rows < ROWS_MOST) {
        struct row *const row = &state.row[state.rows++];
        if (!take_row(&text, row))
            workload_refuse("SIZE RATE LIVE, as whole numbers with a blank between them",
                            "workloads/data/%s.txt: line %u is not of that form", name,
                            (unsigned)state.rows);
        rate += row->rate;
    }
    if (rate == 0 || rate > PER_MILLION || *text != 0)
        workload_refuse("rates that add up to a million at most, in 1,024 lines at most",
                        "workloads/data/%s.txt: its rates add up to %llu", name,
                        (unsigned long long)rate);
}

/* Row r has the picks up to its rate and those before it, as a share of all. */
static void fill_picks(void)
{
    uint64_t all = 0;
    uint64_t sum = 0;
    uint32_t pick = 0;

    for (uint32_t i = 0; i < state.rows; i++)
        all += state.row[i].rate;
    for (uint32_t i = 0; i < state.rows; i++) {
        sum += state.row[i].rate;
        while (pick < (sum * PICKS + all / 2) / all)
            state.pick[pick++] = (uint16_t)i;
    }
}

static void count_live(uint64_t percent)
{
    for (uint32_t i = 0; i < state.rows; i++) {
        struct row *const row = &state.row[i];
        row->live = row->live * percent / 100;
        row->live += row->live == 0; /* it lives until the next of its size */
        row->first = state.live;
        state.live += row->live;
    }
}

static void setup(void)
{
    uint32_t const threads = (uint32_t)workload_parameter("threads");
    char const *const name = files[workload_parameter("file") - 1];
    char path[PATH_MAX];
    char *const text = workload_map(FILE_MOST);
    int const file = open_file(name, path);
    ssize_t const bytes = file >= 0 ? read(file, text, FILE_MOST - 1) : -1;

    if (bytes < 0)
        workload_refuse("the project's folder workloads/data, in a folder above this program",
                        "cannot read workloads/data/%s.txt: %s", name, strerror(errno));
    close(file);
    take_rows(text, name);
    fill_picks();
    count_live(workload_parameter("live"));
    state.pool = workload_map(threads * sizeof *state.pool);
    for (uint32_t i = 0; i < threads; i++)
        state.pool[i].object = workload_map(state.live * sizeof *state.pool[i].object);
}

static void work(struct worker *worker, uint64_t operations)
{
    unsigned char **const objects = state.pool[worker->number].object;
    uint64_t left = workload_share(worker, operations, worker->number, worker->threads);
    uint64_t checksum = worker->checksum;

    for (; left > 0; left--) {
        struct row const *const row = &state.row[state.pick[random_draw(&worker->random) % PICKS]];
        uint64_t const number = row->first + random_draw(&worker->random) % (uint32_t)row->live;
        unsigned char const tag = content_tag((uint32_t)number);
        unsigned char *block = objects[number];
        if (block != NULL) {
            uint32_t const content = content_read(block, row->size);
            if (content != content_expected(tag))
                workload_corrupted(block, row->size, content_expected(tag), content);
            free(block);
            checksum = checksum_add(checksum, content);
        }
        block = malloc(row->size);
        if (block == NULL)
            workload_out_of_memory(row->size);
        content_write(block, row->size, tag);
        objects[number] = block;
        checksum = checksum_add(checksum, row->size);
    }
    worker->checksum = checksum;
}

static struct parameter const params[] = {
    {"threads", 1, 1, 256, "threads", "each with objects of its own"},
    {"file", 1, 1, 2, "", "of workloads/data: 1 compiler, 2 python"},
    {"live", 100, 1, 10000, "%", "of the file's live counts"},
    {"seed", 42, 1, UINT32_MAX, "", "of the generators"},
    {.name = NULL},
};

struct workload const workload = {
    .name = "distribution",
    .models = "a known program or server, by its sizes, rates and live counts",
    .params = params,
    .setup = setup,
    .run = workload_run_threads,
    .work = work,
};
