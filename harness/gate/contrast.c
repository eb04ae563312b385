/* contrast.c -- adds up an instrument's records, and sorts by the difference between two arms.
 *
 * SPDX-License-Identifier: MIT */
#include "gate/contrast.h"

#include "base/memory.h"
#include "base/text.h"
#include "gate/callgrind_functions.h"
#include "instrument/findings.h"
#include "instrument/sums.h"
#include "symbols/function_name.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { LABEL_WIDTH = 34, LABEL_BYTES_MAX = 78, NS_PER_US = 1000 };

static double const LEAST_SHOWN = 0.5; /* less is +0 in print */

/* A function in its layer: what it took in all processes of an arm. */
struct differences {
    struct contrast const *contrast;
    struct sums sums;
};

/* The innermost function of the program in a folded stack, because the kernel works on its behalf;
 * the kernel's own if there is no other. The caller frees it. */
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

static void add(struct differences *differences, struct finding const *finding,
                struct finding_row const *row, char const *function, double value)
{
    char *const name = findings_function(function);
    char *const label = text_format("%s: %s", row->layer, name);

    sums_add(&differences->sums, finding->arm, label, value);
    free(label);
    free(name);
}

/* Both are parts of a finding_visitor. A sample stands for the CPU time between two of them. */
static void take_stack(void *context, struct finding const *finding, struct finding_row const *row)
{
    struct differences *const differences = context;

    if (finding->cell != differences->contrast->cell)
        return;
    char *const function = innermost(row->stack);
    add(differences, finding, row, function, row->period_ns / NS_PER_US * row->count);
    free(function);
}

static void take_faults(void *context, struct finding const *finding, struct finding_row const *row)
{
    struct differences *const differences = context;

    if (finding->cell == differences->contrast->cell && text_equal(row->stage, "region"))
        add(differences, finding, row, row->function, row->count);
}

static void take_process(void *context, struct finding const *finding)
{
    struct differences *const differences = context;

    if (finding->cell == differences->contrast->cell)
        differences->sums.processes[finding->arm]++;
}

/* Per process. */
static double share(struct sums const *sums, double const *of_arms, size_t arm)
{
    return sums->processes[arm] > 0 ? of_arms[arm] / sums->processes[arm] : 0;
}

static double const *row_of(struct sums const *sums, size_t row)
{
    return &sums->value[row * sums->arm_count];
}

static double distance(struct differences const *differences, size_t row)
{
    struct contrast const *const contrast = differences->contrast;
    struct sums const *const sums = &differences->sums;

    return fabs(share(sums, row_of(sums, row), contrast->head)
                - share(sums, row_of(sums, row), contrast->base));
}

/* The rows, the farthest first; those that differ as much stay in the order of the records. The
 * caller frees them. */
static size_t *sorted(struct differences const *differences)
{
    size_t *const order = memory_zeroed(differences->sums.labels.count, sizeof *order);

    for (size_t i = 0; i < differences->sums.labels.count; i++) {
        size_t slot = i;
        for (; slot > 0 && distance(differences, order[slot - 1]) < distance(differences, i);
             slot--)
            order[slot] = order[slot - 1];
        order[slot] = i;
    }
    return order;
}

/* Rounded, and 0 without a sign. */
static double whole(double value)
{
    return round(value) + 0.0;
}

/* "layer: function" on the row's own line, or above it; of a name that is too long, a part. */
static void append_label(char **lines, char const *label)
{
    char const *const colon = strstr(label, ": ");
    size_t const layer = colon != NULL ? (size_t)(colon + 2 - label) : 0;
    char *const function = function_name_short(label + layer, LABEL_BYTES_MAX - layer);
    char *const shown = text_format("%.*s%s", (int)layer, label, function);

    if (strlen(shown) > LABEL_WIDTH)
        text_append(lines, "  %s\n  %*s", shown, LABEL_WIDTH, "");
    else
        text_append(lines, "  %-*s", LABEL_WIDTH, shown);
    free(shown);
    free(function);
}

static void append_row(char **lines, struct differences const *differences, char const *label,
                       double const *of_arms)
{
    struct contrast const *const contrast = differences->contrast;
    double const base = share(&differences->sums, of_arms, contrast->base);
    double const head = share(&differences->sums, of_arms, contrast->head);
    double const control = share(&differences->sums, of_arms, contrast->control);

    append_label(lines, label);
    text_append(lines, " %10.0f %10.0f %+10.0f %+10.0f\n", base, head, whole(head - base),
                whole(control - base));
}

static char *table(struct differences const *differences, char const *title, size_t rows)
{
    struct sums const *const sums = &differences->sums;
    char *lines = text_format("  %-*s %10s %10s %10s %10s\n", LABEL_WIDTH, title, "base", "head",
                              "change", "of control");
    size_t *const order = sorted(differences);
    double *const others = memory_zeroed(sums->arm_count, sizeof *others);
    size_t i = 0;

    append_row(&lines, differences, "all", sums->total);
    memcpy(others, sums->total, sums->arm_count * sizeof *others);
    while (i < rows && i < sums->labels.count && distance(differences, order[i]) >= LEAST_SHOWN) {
        append_row(&lines, differences, sums->labels.word[order[i]], row_of(sums, order[i]));
        for (size_t arm = 0; arm < sums->arm_count; arm++)
            others[arm] -= sums_at(sums, order[i], arm);
        i++;
    }
    if (i < sums->labels.count)
        append_row(&lines, differences, "others", others);
    free(others);
    free(order);
    return lines;
}

static char *read_table(struct contrast const *contrast, char const *folder,
                        enum run_kind_index kind, char const *title, size_t rows)
{
    struct differences differences = {contrast, sums_new(contrast->plan->arm_count)};
    struct finding_visitor const visitor = {
        take_process, kind == RUN_PROFILE ? take_stack : take_faults, &differences};
    char *const lines = findings_read(&run_kinds[kind], contrast->plan, folder, &visitor)
                            ? table(&differences, title, rows)
                            : NULL;

    sums_free(&differences.sums);
    return lines;
}

char *contrast_time(struct contrast const *contrast, char const *folder, size_t rows)
{
    return read_table(contrast, folder, RUN_PROFILE, "CPU time of the region, us", rows);
}

char *contrast_faults(struct contrast const *contrast, char const *folder, size_t rows)
{
    return read_table(contrast, folder, RUN_FAULTS, "page faults of the region", rows);
}

/* Of one arm's report. */
struct counted {
    struct sums *sums;
    size_t arm;
};

/* A callgrind_visitor. */
static void take_instructions(void *context, char const *function, double instructions)
{
    struct counted const *const counted = context;

    sums_add(counted->sums, counted->arm, function, instructions);
}

char *contrast_instructions(struct contrast const *contrast, char *const *reports, size_t rows)
{
    size_t const arm_count = contrast->plan->arm_count;
    struct differences differences = {contrast, sums_new(arm_count)};

    for (size_t arm = 0; arm < arm_count; arm++) {
        struct counted counted = {&differences.sums, arm};
        callgrind_functions(reports[arm], take_instructions, &counted);
        differences.sums.processes[arm] = 1;
    }
    char *const lines = table(&differences, "instructions of the region", rows);
    sums_free(&differences.sums);
    return lines;
}
