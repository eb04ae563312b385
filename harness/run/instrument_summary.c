/* instrument_summary.c -- sums over a run's records, as grids of rows by arms.
 *
 * SPDX-License-Identifier: MIT */
#include "run/instrument_summary.h"

#include "base/memory.h"
#include "base/record.h"
#include "base/text.h"
#include "experiment/plan.h"
#include "run/summary.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LABEL_WIDTH = 26, ARM_WIDTH = 13, ARMS_IN_LINE = 4, ROWS_SHOWN = 12 };

/* value[row * arm_count + arm]; total[arm] is the sum of a column, processes[arm] what it is of. */
struct grid {
    size_t arm_count;
    struct words labels;
    double *value;
    double *total;
    double *processes;
};

/* One of each cell. */
struct sums {
    struct plan const *plan;
    struct grid *layers;    /* or the memory that faults were in */
    struct grid *functions; /* by their own time, or faults */
    int64_t unplaced;
    int64_t lost;
};

static struct grid *grids_new(struct plan const *plan)
{
    struct grid *const grids = memory_zeroed(plan->cell_count, sizeof *grids);

    for (size_t i = 0; i < plan->cell_count; i++) {
        grids[i].arm_count = plan->arm_count;
        grids[i].total = memory_zeroed(plan->arm_count, sizeof(double));
        grids[i].processes = memory_zeroed(plan->arm_count, sizeof(double));
    }
    return grids;
}

static void grids_free(struct grid *grids, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        words_free(&grids[i].labels);
        free(grids[i].value);
        free(grids[i].total);
        free(grids[i].processes);
    }
    free(grids);
}

static size_t row_of(struct grid *grid, char const *label)
{
    for (size_t row = 0; row < grid->labels.count; row++)
        if (text_equal(grid->labels.word[row], label))
            return row;
    words_add(&grid->labels, label);
    grid->value =
        memory_room_for_one(grid->value, grid->labels.count - 1, grid->arm_count * sizeof(double));
    return grid->labels.count - 1;
}

static void add(struct grid *grid, size_t arm, char const *label, double value)
{
    if (value == 0)
        return;
    size_t const row = row_of(grid, label); /* may move the values */
    grid->value[row * grid->arm_count + arm] += value;
    grid->total[arm] += value;
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

static void add_profile(struct grid *layers, struct grid *functions, size_t arm,
                        json_t const *profile)
{
    size_t place;
    json_t *stack;

    json_array_foreach(json_object_get(profile, "stacks"), place, stack) {
        char const *const folded = text(stack, "stack");
        char const *const innermost = strrchr(folded, ';');
        add(layers, arm, text(stack, "layer"), number(stack, "region"));
        add(functions, arm, innermost != NULL ? innermost + 1 : folded, number(stack, "region"));
    }
}

static void add_faults(struct grid *memory, struct grid *functions, size_t arm,
                       json_t const *faults)
{
    size_t place;
    json_t *row;

    json_array_foreach(json_object_get(faults, "rows"), place, row) {
        double const count = number(row, "minor") + number(row, "major");
        char const *const stage = text(row, "stage");
        bool const region = text_equal(stage, "region");
        char *const label = text_format("%s: %s", stage, text(row, "memory"));
        add(memory, arm, region ? text(row, "memory") : label, count);
        if (region)
            add(functions, arm, text(row, "function"), count);
        free(label);
    }
}

/* A record_visitor. */
static bool take_record(void *context, json_t const *record)
{
    struct sums *const sums = context;
    struct plan const *const plan = sums->plan;
    size_t cell = 0;
    size_t place;
    json_t *sample;

    while (cell < plan->cell_count && !text_equal(plan->cells[cell].id, text(record, "cell")))
        cell++;
    if (cell == plan->cell_count || !json_is_true(json_object_get(record, "valid")))
        return true;
    json_array_foreach(json_object_get(record, "samples"), place, sample) {
        json_t const *const profile = json_object_get(sample, "profile");
        json_t const *const faults = json_object_get(sample, "faults");
        json_t const *const found = profile != NULL ? profile : faults;
        size_t arm = 0;
        if (found == NULL || !plan_find_arm(plan, text(sample, "arm"), true, &arm))
            continue;
        if (profile != NULL)
            add_profile(&sums->layers[cell], &sums->functions[cell], arm, profile);
        else
            add_faults(&sums->layers[cell], &sums->functions[cell], arm, faults);
        sums->layers[cell].processes[arm]++;
        sums->functions[cell].processes[arm]++;
        sums->lost += json_integer_value(json_object_get(found, "lost"));
        sums->unplaced += json_integer_value(json_object_get(found, "unplaced"));
    }
    return true;
}

/* The largest row of these arms together that was not shown yet. */
static size_t next_row(struct grid const *grid, size_t const *arms, size_t arm_count, bool *shown)
{
    size_t found = grid->labels.count;
    double most = 0;

    for (size_t row = 0; row < grid->labels.count; row++) {
        double sum = 0;
        for (size_t i = 0; i < arm_count; i++)
            sum += grid->value[row * grid->arm_count + arms[i]];
        if (!shown[row] && sum > most) {
            most = sum;
            found = row;
        }
    }
    if (found < grid->labels.count)
        shown[found] = true;
    return found;
}

static bool has_long_ids(struct plan const *plan)
{
    for (size_t arm = 0; arm < plan->arm_count; arm++)
        if (strlen(plan->arms[arm].id) >= ARM_WIDTH)
            return true;
    return false;
}

/* In per cent of the column, or per process. */
static void print_row(struct grid const *grid, size_t row, size_t const *arms, size_t arm_count,
                      bool shares)
{
    char const *const label = grid->labels.word[row];

    if (strlen(label) > LABEL_WIDTH)
        printf("  %s\n  %*s", label, LABEL_WIDTH, "");
    else
        printf("  %-*s", LABEL_WIDTH, label);
    for (size_t i = 0; i < arm_count; i++) {
        double const value = grid->value[row * grid->arm_count + arms[i]];
        double const whole = shares ? grid->total[arms[i]] / 100 : grid->processes[arms[i]];
        if (value == 0 || whole == 0)
            printf(" %*s", ARM_WIDTH - 1, "-");
        else
            printf(" %*.*f", ARM_WIDTH - 1, shares ? 1 : 0, value / whole);
    }
    putchar('\n');
}

/* An arm's id, or its number where one of them is too long for its column. */
static void print_heading(struct plan const *plan, char const *title, size_t const *arms,
                          size_t arm_count)
{
    bool const numbers = has_long_ids(plan);

    printf("  %-*s", LABEL_WIDTH, title);
    for (size_t i = 0; i < arm_count; i++) {
        char *const number = text_format("(%zu)", arms[i]);
        printf(" %*s", ARM_WIDTH - 1, numbers ? number : plan->arms[arms[i]].id);
        free(number);
    }
    putchar('\n');
}

/* The largest rows, up to ROWS_SHOWN, for these arms. */
static void print_grid(struct grid const *grid, struct plan const *plan, char const *title,
                       size_t const *arms, size_t arm_count, bool shares)
{
    bool *const shown = memory_zeroed(grid->labels.count, sizeof *shown);
    size_t row = next_row(grid, arms, arm_count, shown);

    print_heading(plan, title, arms, arm_count);
    if (row == grid->labels.count)
        puts(shares ? "  no sample: a higher --rate, more --blocks or more operations" : "  none");
    for (size_t rows = 0; rows < ROWS_SHOWN && row < grid->labels.count; rows++) {
        print_row(grid, row, arms, arm_count, shares);
        row = next_row(grid, arms, arm_count, shown);
    }
    if (row < grid->labels.count)
        puts("  ... (analysis has all of them)");
    free(shown);
}

/* The control is the baseline again: it is in the records, and not shown here. */
static void print_cell(struct sums const *sums, size_t cell, bool profile)
{
    static char const *const of_profile[] = {"% of region, by layer", "% by function itself"};
    static char const *const of_faults[] = {"faults a process", "region, by function"};
    char const *const *const titles = profile ? of_profile : of_faults;
    struct plan const *const plan = sums->plan;
    size_t arms[ARMS_IN_LINE];
    size_t count = 0;

    printf("\n%s\n", plan->cells[cell].id);
    for (size_t arm = 0; arm < plan->arm_count; arm++) {
        if (plan->arms[arm].role != ROLE_CONTROL)
            arms[count++] = arm;
        if (count == 0 || (count < ARMS_IN_LINE && arm + 1 < plan->arm_count))
            continue;
        print_grid(&sums->layers[cell], plan, titles[0], arms, count, profile);
        print_grid(&sums->functions[cell], plan, titles[1], arms, count, profile);
        count = 0;
    }
}

/* What this user may not see. */
static void print_limits(struct instrument const *instrument)
{
    bool const profile = instrument->recording == RECORD_CPU_TIME;
    bool const hidden = symbols_kernel_names(instrument->symbols) == KERNEL_NAMES_HIDDEN;

    if (!recorder_sees_kernel(instrument->recorder))
        puts(profile ? "note: this user may not sample the kernel: shares are of the program's own "
                       "time"
                     : "note: this user may not record the kernel: faults in system calls are "
                       "unplaced");
    else if (hidden)
        puts("note: the kernel's names are hidden (kptr_restrict)");
    if (!profile && !recorder_sees_calls(instrument->recorder))
        puts("note: system calls are not recorded: nobody knows who mapped memory");
}

void instrument_summary_print(struct instrument const *instrument, struct tally const *tally,
                              json_t const *outcome, char const *folder)
{
    struct plan const *const plan = tally->plan;
    struct sums sums = {
        .plan = plan, .layers = grids_new(plan), .functions = grids_new(plan)};
    bool const profile = instrument->recording == RECORD_CPU_TIME;

    printf("%s (%s)\n", plan->experiment, instrument->kind->command);
    for (size_t arm = 0; has_long_ids(plan) && arm < plan->arm_count; arm++)
        if (plan->arms[arm].role != ROLE_CONTROL)
            printf("  (%zu) %s\n", arm, plan->arms[arm].id);
    if (record_read(folder, instrument->kind->file, take_record, &sums))
        for (size_t i = 0; i < plan->cell_count; i++)
            if (tally_valid(tally, i) > 0)
                print_cell(&sums, i, profile);
    putchar('\n');
    print_limits(instrument);
    printf("lost records: %lld%s\n", (long long)sums.lost,
           sums.lost == 0 ? "" : profile ? "; try a lower --rate" : "; try as root, or ulimit -l");
    if (!profile)
        printf("faults that getrusage counts and nothing explains: %lld\n",
               (long long)sums.unplaced);
    summary_print_verdict(outcome);
    summary_print_next("profile", folder);
    grids_free(sums.layers, plan->cell_count);
    grids_free(sums.functions, plan->cell_count);
}
