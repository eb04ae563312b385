/* stored_pace.c -- how long a plan would take at the pace of a stored run of its experiment.
 *
 * SPDX-License-Identifier: MIT */
#include "run/stored_pace.h"

#include "base/memory.h"
#include "base/regular_file.h"
#include "base/text.h"

#include <glob.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

/* The duration of blocks and their number of samples: plans may differ in their arms. */
struct pace {
    double seconds;
    uint64_t samples;
};

struct paces {
    struct plan const *plan;
    struct pace *of_cell;
    struct pace of_all;
};

static void add(struct pace *pace, double seconds, size_t samples)
{
    pace->seconds += seconds;
    pace->samples += samples;
}

static void take_block(struct paces *paces, char const *line)
{
    json_t *const block = json_loads(line, 0, NULL);
    char const *cell = NULL;
    json_int_t duration_ns = 0;
    json_t *samples = NULL;

    /* An interrupted run may end in half a line; lines that are not blocks are skipped. */
    if (json_unpack(block, "{s:s, s:I, s:o}", "cell", &cell, "duration_ns", &duration_ns, "samples",
                    &samples)
            == 0
        && json_array_size(samples) > 0) {
        double const seconds = (double)duration_ns / 1e9;
        add(&paces->of_all, seconds, json_array_size(samples));
        for (size_t i = 0; i < paces->plan->cell_count; i++)
            if (text_equal(paces->plan->cells[i].id, cell))
                add(&paces->of_cell[i], seconds, json_array_size(samples));
    }
    json_decref(block);
}

static void take_file(struct paces *paces, char const *path)
{
    char const *why = NULL;
    size_t size = 0;
    char *const text = regular_file_text(path, SIZE_MAX, &size, &why);

    for (char *line = text; line != NULL && *line != '\0';) {
        char *const end = line + strcspn(line, "\n");
        bool const last = *end == '\0';
        *end = '\0';
        take_block(paces, line);
        line = last ? end : end + 1;
    }
    free(text);
}

static double seconds_in_all(struct paces const *paces)
{
    struct plan const *const plan = paces->plan;
    double seconds = 0;

    for (size_t i = 0; i < plan->cell_count; i++) {
        struct pace const pace = paces->of_cell[i].samples > 0 ? paces->of_cell[i] : paces->of_all;
        seconds += pace.seconds / (double)pace.samples;
    }
    return seconds * (double)plan->arm_count * (double)plan->stop.blocks_max;
}

struct stored_pace stored_pace_of(struct plan const *plan, char const *results)
{
    struct stored_pace found = {0};
    char *const pattern = text_format("%s/%s/*-%s/samples*.jsonl", results, plan->experiment,
                                      plan->form);
    glob_t files = {0};

    /* glob sorts, and a run's folder begins with its time: the last one is the newest. */
    size_t const count = glob(pattern, 0, NULL, &files) == 0 ? files.gl_pathc : 0;
    for (size_t i = count; i > 0 && found.run == NULL; i--) {
        struct paces paces = {.plan = plan,
                              .of_cell = memory_zeroed(plan->cell_count, sizeof *paces.of_cell)};
        take_file(&paces, files.gl_pathv[i - 1]);
        if (paces.of_all.samples > 0) {
            found.seconds = seconds_in_all(&paces);
            found.run = text_copy_bytes(
                files.gl_pathv[i - 1],
                (size_t)(strrchr(files.gl_pathv[i - 1], '/') - files.gl_pathv[i - 1]));
        }
        free(paces.of_cell);
    }
    globfree(&files);
    free(pattern);
    return found;
}
