/* contrast.c -- sums over an instrument's records, sorted by how far two arms are apart.
 *
 * SPDX-License-Identifier: MIT */
#include "gate/contrast.h"

#include "base/memory.h"
#include "base/record.h"
#include "base/text.h"
#include "experiment/run_kind.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { BASE, HEAD, CONTROL, SIDES, LABEL_WIDTH = 34, NS_PER_US = 1000 };

static double const LEAST_SHOWN = 0.5; /* less is +0 in print */

/* A function in its layer: what it took in all processes of a side. */
struct row {
    char *label;
    double sum[SIDES];
};

/* Invariant: total[s] is the sum of the rows' sum[s]. */
struct sides {
    struct contrast const *contrast;
    struct row *rows;
    size_t row_count;
    double total[SIDES];
    double processes[SIDES];
};

static void add(struct sides *sides, int side, char *label, double value)
{
    size_t row = 0;

    while (row < sides->row_count && !text_equal(sides->rows[row].label, label))
        row++;
    if (row == sides->row_count) {
        sides->rows = memory_room_for_one(sides->rows, sides->row_count++, sizeof *sides->rows);
        sides->rows[row].label = text_copy(label);
    }
    sides->rows[row].sum[side] += value;
    sides->total[side] += value;
    free(label);
}

static double number(json_t const *object, char const *key)
{
    return (double)json_integer_value(json_object_get(object, key));
}

static char const *text(json_t const *object, char const *key)
{
    char const *const found = json_string_value(json_object_get(object, key));

    return found != NULL ? found : "?";
}

/* The innermost function of a folded stack that is the program's, for the kernel works on its
 * behalf; the kernel's own where there is no other. The caller frees it. */
static char *innermost(char const *folded)
{
    static char const of_kernel[] = "_[k]";
    char *const stack = text_copy(folded);
    char *last = strrchr(stack, ';');

    while (last != NULL && text_ends_with(last, of_kernel)) {
        *last = '\0';
        last = strrchr(stack, ';');
    }
    bool const none = last == NULL && text_ends_with(stack, of_kernel);
    char const *const end = strrchr(folded, ';');
    char *const name = text_copy(last != NULL ? last + 1 : none && end != NULL ? end + 1 : stack);
    free(stack);
    return name;
}

/* A sample stands for the CPU time between two of them. */
static void add_profile(struct sides *sides, int side, json_t const *profile)
{
    double const period_us = number(profile, "period_ns") / NS_PER_US;
    size_t place;
    json_t *stack;

    json_array_foreach(json_object_get(profile, "stacks"), place, stack) {
        char *const function = innermost(text(stack, "stack"));
        add(sides, side, text_format("%s: %s", text(stack, "layer"), function),
            period_us * number(stack, "region"));
        free(function);
    }
}

static void add_faults(struct sides *sides, int side, json_t const *faults)
{
    size_t place;
    json_t *row;

    json_array_foreach(json_object_get(faults, "rows"), place, row) {
        if (text_equal(text(row, "stage"), "region"))
            add(sides, side, text_format("%s: %s", text(row, "layer"), text(row, "function")),
                number(row, "minor") + number(row, "major"));
    }
}

/* A record_visitor. */
static bool take_record(void *context, json_t const *record)
{
    struct sides *const sides = context;
    struct contrast const *const contrast = sides->contrast;
    struct plan const *const plan = contrast->plan;
    char const *const ids[SIDES] = {plan->arms[contrast->base].id, plan->arms[contrast->head].id,
                                    plan->arms[contrast->control].id};
    size_t place;
    json_t *sample;

    if (!text_equal(text(record, "cell"), plan->cells[contrast->cell].id)
        || !json_is_true(json_object_get(record, "valid")))
        return true;
    json_array_foreach(json_object_get(record, "samples"), place, sample) {
        json_t const *const profile = json_object_get(sample, "profile");
        json_t const *const faults = json_object_get(sample, "faults");
        for (int side = BASE; side < SIDES; side++) {
            if ((profile == NULL && faults == NULL) || !text_equal(text(sample, "arm"), ids[side]))
                continue;
            sides->processes[side]++;
            if (profile != NULL)
                add_profile(sides, side, profile);
            else
                add_faults(sides, side, faults);
        }
    }
    return true;
}

/* Per process. */
static double share(struct sides const *sides, double const *sum, int side)
{
    return sides->processes[side] > 0 ? sum[side] / sides->processes[side] : 0;
}

static double distance(struct sides const *sides, struct row const *row)
{
    return fabs(share(sides, row->sum, HEAD) - share(sides, row->sum, BASE));
}

/* The farthest first; rows that differ as much stay in the order of the records. */
static void sort(struct sides *sides)
{
    for (size_t i = 1; i < sides->row_count; i++) {
        struct row const row = sides->rows[i];
        size_t place = i;
        for (; place > 0 && distance(sides, &sides->rows[place - 1]) < distance(sides, &row);
             place--)
            sides->rows[place] = sides->rows[place - 1];
        sides->rows[place] = row;
    }
}

/* Rounded, and 0 without a sign. */
static double whole(double value)
{
    return round(value) + 0.0;
}

static void append_row(char **lines, struct sides const *sides, char const *label,
                       double const *sum)
{
    double const base = share(sides, sum, BASE);
    double const head = share(sides, sum, HEAD);
    double const control = share(sides, sum, CONTROL);

    text_append(lines, "  %-*.*s %10.0f %10.0f %+10.0f %+10.0f\n", LABEL_WIDTH, LABEL_WIDTH, label,
                base, head, whole(head - base), whole(control - base));
}

static char *table(struct sides *sides, char const *title, size_t rows)
{
    char *lines = text_format("  %-*s %10s %10s %10s %10s\n", LABEL_WIDTH, title, "base", "head",
                              "change", "of control");
    double others[SIDES];
    size_t i = 0;

    sort(sides);
    append_row(&lines, sides, "all", sides->total);
    memcpy(others, sides->total, sizeof others);
    while (i < rows && i < sides->row_count && distance(sides, &sides->rows[i]) >= LEAST_SHOWN) {
        append_row(&lines, sides, sides->rows[i].label, sides->rows[i].sum);
        for (int side = BASE; side < SIDES; side++)
            others[side] -= sides->rows[i].sum[side];
        i++;
    }
    if (i < sides->row_count)
        append_row(&lines, sides, "others", others);
    return lines;
}

static char *read_table(struct contrast const *contrast, char const *folder, char const *file,
                        char const *title, size_t rows)
{
    struct sides sides = {.contrast = contrast};
    char *const lines = record_read(folder, file, take_record, &sides)
                            ? table(&sides, title, rows)
                            : NULL;

    for (size_t i = 0; i < sides.row_count; i++)
        free(sides.rows[i].label);
    free(sides.rows);
    return lines;
}

char *contrast_time(struct contrast const *contrast, char const *folder, size_t rows)
{
    return read_table(contrast, folder, run_kinds[RUN_PROFILE].file,
                      "CPU time of the region, us", rows);
}

char *contrast_faults(struct contrast const *contrast, char const *folder, size_t rows)
{
    return read_table(contrast, folder, run_kinds[RUN_FAULTS].file,
                      "page faults of the region", rows);
}
