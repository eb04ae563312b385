/* after_peak.c -- half of the objects of a peak are freed, and little happens after it.
 *
 *   | aaaa | aaaa | aaaa | aaaa |      `objects` of `size`
 *   | aaaa |      | aaaa |      |      every other `run` of neighbours is freed; then a few objects
 *                                      come and go, with a pause of 1 ms in every `pace` of them
 *
 * What a long-lived process keeps of a peak is an old question of allocators' users; the form is
 * cheese's (Robson 1974), with runs in place of single objects, since no allocator can give back a
 * page that holds a live byte. The first call of run makes the peak, so that operations=100000 is
 * one second after it. `resident_percent` is asked at the end; an allocator that gives memory back
 * only where it is called is called.
 *
 * It does not show a peak whose survivors are strewn at random, of which nothing can be given back.
 *
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "workload.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { PAGE = 4096, RING = 64, SMALLEST = 16, SIZES = 32, FILE_MOST = 4096 };

static struct {
    unsigned char **object; /* NULL: it is freed */
    uint64_t objects;
    uint64_t run;
    uint64_t pace;
    size_t size;
    unsigned char *ring[RING]; /* what comes and goes */
    uint64_t done;
    uintptr_t *page; /* for report */
    size_t mapped;   /* bytes of all of this bookkeeping */
    uint64_t checksum;
} state;

static void *book(size_t bytes)
{
    state.mapped += (bytes + PAGE - 1) / PAGE * PAGE;
    return workload_map(bytes);
}

static size_t pages_most(size_t size)
{
    return size / PAGE + 2;
}

static void setup(void)
{
    state.objects = workload_parameter("objects");
    state.size = workload_parameter("size");
    state.run = workload_parameter("run");
    state.pace = workload_parameter("pace");
    state.checksum = CHECKSUM_START;
    state.object = book(state.objects * sizeof *state.object);
    state.page = book((state.objects * pages_most(state.size) + (size_t)RING * 2) *
                      sizeof *state.page);
}

static unsigned char *put(uint64_t number, size_t size)
{
    unsigned char *const block = malloc(size);

    if (block == NULL)
        workload_out_of_memory(size);
    content_write(block, size, content_tag((uint32_t)number));
    for (size_t at = PAGE; at < size; at += PAGE)
        block[at - 1] = 0; /* so that every page is touched */
    state.checksum = checksum_add(state.checksum, size);
    return block;
}

/* What content_read finds in it. */
static uint32_t expect(unsigned char const *block, uint64_t number, size_t size)
{
    uint32_t const expected = content_expected(content_tag((uint32_t)number));
    uint32_t const content = content_read(block, size);

    if (content != expected)
        workload_corrupted(block, size, expected, content);
    return content;
}

static void take(unsigned char *block, uint64_t number, size_t size)
{
    state.checksum = checksum_add(state.checksum, expect(block, number, size));
    free(block);
}

static void make_peak(void)
{
    for (uint64_t i = 0; i < state.objects; i++)
        state.object[i] = put(i, state.size);
    for (uint64_t i = 0; i < state.objects; i++)
        if (i / state.run % 2 == 1) {
            take(state.object[i], i, state.size);
            state.object[i] = NULL;
        }
}

static size_t size_of(uint64_t number)
{
    return SMALLEST * (1 + number % SIZES);
}

static void operate(uint64_t number)
{
    unsigned char **const place = &state.ring[number % RING];
    struct timespec const pause = {.tv_nsec = 1000000};

    if (*place != NULL)
        take(*place, number - RING, size_of(number - RING));
    *place = put(number, size_of(number));
    if ((number + 1) % state.pace == 0)
        nanosleep(&pause, NULL);
}

static uint64_t run(uint64_t operations)
{
    if (state.object[0] == NULL)
        make_peak();
    for (; operations > 0; operations--)
        operate(state.done++);
    return state.checksum;
}

/* Of the process, without an allocation; 0: the kernel does not say. */
static uint64_t anonymous_bytes(void)
{
    static char const word[] = "\nAnonymous:";
    char text[FILE_MOST] = {0};
    int const file = open("/proc/self/smaps_rollup", O_RDONLY | O_CLOEXEC);
    size_t length = 0;
    ssize_t got = 0;

    while (file >= 0 && length < sizeof text - 1 &&
           (got = read(file, text + length, sizeof text - 1 - length)) > 0)
        length += (size_t)got;
    if (file >= 0)
        close(file);
    char const *const found = strstr(text, word);
    return found != NULL ? strtoull(found + strlen(word), NULL, 10) * 1024 : 0;
}

static size_t add_pages(size_t count, unsigned char const *block, size_t size)
{
    uintptr_t const last = ((uintptr_t)block + size - 1) / PAGE;

    for (uintptr_t page = (uintptr_t)block / PAGE; page <= last; page++)
        state.page[count++] = page;
    return count;
}

static int compare_pages(void const *left, void const *right)
{
    uintptr_t const one = *(uintptr_t const *)left;
    uintptr_t const other = *(uintptr_t const *)right;

    return (one > other) - (one < other);
}

/* That hold a byte of a live object; its contents are looked at, too. */
static uint64_t live_pages(void)
{
    size_t count = 0;
    uint64_t pages = 0;

    for (uint64_t i = 0; i < state.objects; i++)
        if (state.object[i] != NULL) {
            expect(state.object[i], i, state.size);
            count = add_pages(count, state.object[i], state.size);
        }
    for (uint64_t i = state.done < RING ? 0 : state.done - RING; i < state.done; i++)
        count = add_pages(count, state.ring[i % RING], size_of(i));
    qsort(state.page, count, sizeof *state.page, compare_pages);
    for (size_t i = 0; i < count; i++)
        pages += i == 0 || state.page[i] != state.page[i - 1];
    return pages;
}

static void report(void)
{
    uint64_t const bytes = anonymous_bytes(); /* before what follows can ask for any */
    uint64_t const pages = live_pages();

    if (bytes > state.mapped && pages > 0)
        workload_report("resident_percent", (bytes - state.mapped) * 100 / (pages * PAGE));
}

static struct parameter const params[] = {
    {"objects", 131072, 2, UINT64_C(1) << 28, "objects", "of the peak"},
    {"size", 256, 1, UINT64_C(1) << 30, "bytes", "of each of them"},
    {"run", 1024, 1, UINT64_C(1) << 28, "objects", "that are freed, or stay, in a row"},
    {"pace", 100, 1, UINT64_C(1) << 40, "operations", "between two pauses of 1 ms"},
    {.name = NULL},
};

static struct measure const measures[] = {
    {"resident_percent", "%", "less",
     "Resident memory, of the pages that hold a byte of a live object"},
    {.name = NULL},
};

struct workload const workload = {
    .name = "after_peak",
    .models = "a server after its busiest hour: half of what it had is freed",
    .params = params,
    .setup = setup,
    .run = run,
    .measures = measures,
    .report = report,
};
