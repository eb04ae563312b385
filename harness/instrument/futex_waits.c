/* futex_waits.c -- names the call site of each wait, and adds waits up by it.
 *
 * SPDX-License-Identifier: MIT */
#include "instrument/futex_waits.h"

#include "base/memory.h"
#include "base/text.h"

#include <linux/futex.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>

enum { FRAMES_SHOWN = 4 };

struct futex_wait {
    enum stage stage;
    char const *call_site;
    uint64_t waits;
    uint64_t wait_ns;
};

bool futex_is_wait(struct trace_call const *call)
{
    int const operation = (int)call->argument[1] & FUTEX_CMD_MASK;

    return call->number == SYS_futex &&
           (operation == FUTEX_WAIT || operation == FUTEX_WAIT_BITSET ||
            operation == FUTEX_LOCK_PI || operation == FUTEX_LOCK_PI2 ||
            operation == FUTEX_WAIT_REQUEUE_PI);
}

/* The outermost location of the C library before code of any other file. */
static size_t first_shown(struct layer_objects const *objects, struct location const *location,
                          size_t count)
{
    size_t first = 0;

    while (first + 1 < count &&
           layer_of_object(objects, location[first + 1].object) == layer_c_library)
        first++;
    return first;
}

/* "malloc < replace < work", inlined functions included, but for those of the C library. The caller
 * frees it. */
static char *call_site_of(struct layer_objects const *objects, struct location const *location,
                          size_t count)
{
    char *site = text_copy("");
    size_t shown = 0;

    for (size_t i = first_shown(objects, location, count); i < count && shown < FRAMES_SHOWN; i++) {
        struct frames const frames = location_frames(&location[i]);
        bool const whole = layer_of_object(objects, location[i].object) == layer_c_library;
        for (size_t f = whole ? frames.count - 1 : 0; f < frames.count && shown < FRAMES_SHOWN;
             f++, shown++) {
            char *const nameless =
                frames.frame[f].function == NULL ? location_nameless(location[i].object) : NULL;
            text_append(&site, "%s%s", shown == 0 ? "" : " < ",
                        nameless != NULL ? nameless : frames.frame[f].function);
            free(nameless);
        }
    }
    return site;
}

static struct futex_wait *wait_of(struct futex_waits *waits, enum stage stage,
                                  char const *call_site)
{
    char *const key = text_format("%s\t%s", stage_name(stage), call_site);
    size_t const number = intern_text(&waits->keys, key);
    char const *const kept = intern_bytes(&waits->keys, number);

    if (number == waits->count) {
        waits->waits = memory_room_for_one(waits->waits, waits->count, sizeof *waits->waits);
        waits->waits[waits->count++] =
            (struct futex_wait){.stage = stage, .call_site = strchr(kept, '\t') + 1};
    }
    free(key);
    return &waits->waits[number];
}

void futex_waits_add(struct futex_waits *waits, struct trace const *trace,
                     struct locations *locations, struct layer_objects const *objects,
                     struct stages const *stages, struct trace_event const *call,
                     uint64_t returned_ns)
{
    struct location location[UNWIND_FRAMES_MAX] = {{0}};
    size_t const count =
        locations_of_stack(locations, call->pid, &trace->stacks[call->stack], location);
    char *const site = call_site_of(objects, location, count);
    struct futex_wait *const wait = wait_of(waits, stage_of(stages, call->time_ns), site);

    wait->waits++;
    wait->wait_ns += returned_ns - call->time_ns;
    free(site);
}

static int longest_first(void const *one, void const *other)
{
    struct futex_wait const *const first = one;
    struct futex_wait const *const second = other;

    if (first->wait_ns != second->wait_ns)
        return first->wait_ns < second->wait_ns ? 1 : -1;
    return strcmp(first->call_site, second->call_site);
}

json_t *futex_waits_describe(struct futex_waits const *waits)
{
    if (waits->count == 0)
        return NULL;
    json_t *const array = json_array();
    struct futex_wait *const sorted = memory_zeroed(waits->count, sizeof *sorted);
    memcpy(sorted, waits->waits, waits->count * sizeof *sorted);
    qsort(sorted, waits->count, sizeof *sorted, longest_first);
    for (size_t i = 0; i < waits->count; i++)
        json_array_append_new(
            array,
            json_pack("{s:s, s:s, s:I, s:I}", "stage", stage_name(sorted[i].stage), "call_site",
                      sorted[i].call_site, "waits", (json_int_t)sorted[i].waits, "wait_ns",
                      (json_int_t)sorted[i].wait_ns));
    free(sorted);
    return array;
}

void futex_waits_free(struct futex_waits *waits)
{
    intern_free(&waits->keys);
    free(waits->waits);
}
