/* instrument_summary.c -- sums over a run's records, as tables of rows by arms.
 *
 * SPDX-License-Identifier: MIT */
#include "run/instrument_summary.h"

#include "base/memory.h"
#include "base/text.h"
#include "instrument/findings.h"
#include "instrument/sums.h"
#include "run/summary.h"
#include "symbols/function_name.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LABEL_WIDTH = 26, LABEL_BYTES_MAX = 78, ARM_WIDTH = 13, ARMS_IN_LINE = 4, ROWS_SHOWN = 12 };

/* One of each cell. */
struct found {
    struct sums *layers;    /* or the memory that faults were in */
    struct sums *functions; /* by their own time, or faults */
    int64_t unplaced;
    int64_t lost;
};

static struct sums *sums_of_cells(struct plan const *plan)
{
    struct sums *const sums = memory_zeroed(plan->cell_count, sizeof *sums);

    for (size_t i = 0; i < plan->cell_count; i++)
        sums[i] = sums_new(plan->arm_count);
    return sums;
}

static void free_sums(struct sums *sums, size_t count)
{
    for (size_t i = 0; i < count; i++)
        sums_free(&sums[i]);
    free(sums);
}

static void take_process(void *context, struct finding const *finding)
{
    struct found *const found = context;

    found->layers[finding->cell].processes[finding->arm]++;
    found->functions[finding->cell].processes[finding->arm]++;
    found->lost += json_integer_value(json_object_get(finding->found, "lost"));
    found->unplaced += json_integer_value(json_object_get(finding->found, "unplaced"));
}

static void take_stack(void *context, struct finding const *finding, struct finding_row const *row)
{
    struct found *const found = context;

    if (row->count == 0)
        return;
    char *const function = findings_function(row->function);
    sums_add(&found->layers[finding->cell], finding->arm, row->layer, row->count);
    sums_add(&found->functions[finding->cell], finding->arm, function, row->count);
    free(function);
}

/* Faults outside the region stand under their stage. */
static void take_faults(void *context, struct finding const *finding, struct finding_row const *row)
{
    struct found *const found = context;
    bool const region = text_equal(row->stage, "region");

    if (row->count == 0)
        return;
    char *const label = region ? text_copy(row->memory)
                               : text_format("%s: %s", row->stage, row->memory);
    sums_add(&found->layers[finding->cell], finding->arm, label, row->count);
    if (region)
        sums_add(&found->functions[finding->cell], finding->arm, row->function, row->count);
    free(label);
}

/* The largest row, summed over these arms, that was not shown yet. */
static size_t next_row(struct sums const *sums, size_t const *arms, size_t arm_count, bool *shown)
{
    size_t found = sums->labels.count;
    double most = 0;

    for (size_t row = 0; row < sums->labels.count; row++) {
        double sum = 0;
        for (size_t i = 0; i < arm_count; i++)
            sum += sums_at(sums, row, arms[i]);
        if (!shown[row] && sum > most) {
            most = sum;
            found = row;
        }
    }
    if (found < sums->labels.count)
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
static void print_row(struct sums const *sums, size_t row, size_t const *arms, size_t arm_count,
                      bool shares)
{
    char *const label = function_name_short(sums->labels.word[row], LABEL_BYTES_MAX);

    if (strlen(label) > LABEL_WIDTH)
        printf("  %s\n  %*s", label, LABEL_WIDTH, "");
    else
        printf("  %-*s", LABEL_WIDTH, label);
    for (size_t i = 0; i < arm_count; i++) {
        double const value = sums_at(sums, row, arms[i]);
        double const whole = shares ? sums->total[arms[i]] / 100 : sums->processes[arms[i]];
        if (value == 0 || whole == 0)
            printf(" %*s", ARM_WIDTH - 1, "-");
        else
            printf(" %*.*f", ARM_WIDTH - 1, shares ? 1 : 0, value / whole);
    }
    putchar('\n');
    free(label);
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
static void print_sums(struct sums const *sums, struct plan const *plan, char const *title,
                       size_t const *arms, size_t arm_count, bool shares)
{
    bool *const shown = memory_zeroed(sums->labels.count, sizeof *shown);
    size_t row = next_row(sums, arms, arm_count, shown);

    print_heading(plan, title, arms, arm_count);
    if (row == sums->labels.count)
        puts(shares ? "  no sample: a higher --rate, more --blocks or more operations" : "  none");
    for (size_t rows = 0; rows < ROWS_SHOWN && row < sums->labels.count; rows++) {
        print_row(sums, row, arms, arm_count, shares);
        row = next_row(sums, arms, arm_count, shown);
    }
    if (row < sums->labels.count)
        puts("  ... (analysis has all of them)");
    free(shown);
}

/* The control is the baseline again; it is in the records but not shown here. */
static void print_cell(struct found const *found, struct plan const *plan, size_t cell,
                       bool profile)
{
    static char const *const of_profile[] = {"% of region, by layer", "% by function itself"};
    static char const *const of_faults[] = {"faults a process", "region, by function"};
    char const *const *const titles = profile ? of_profile : of_faults;
    size_t arms[ARMS_IN_LINE];
    size_t count = 0;

    printf("\n%s\n", plan->cells[cell].id);
    for (size_t arm = 0; arm < plan->arm_count; arm++) {
        if (plan->arms[arm].role != ROLE_CONTROL)
            arms[count++] = arm;
        if (count == 0 || (count < ARMS_IN_LINE && arm + 1 < plan->arm_count))
            continue;
        print_sums(&found->layers[cell], plan, titles[0], arms, count, profile);
        print_sums(&found->functions[cell], plan, titles[1], arms, count, profile);
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
        puts("note: system calls are not recorded: it is unknown who mapped memory");
}

void instrument_summary_print(struct instrument const *instrument, struct tally const *tally,
                              json_t const *outcome, char const *folder)
{
    struct plan const *const plan = tally->plan;
    struct found found = {.layers = sums_of_cells(plan), .functions = sums_of_cells(plan)};
    bool const profile = run_kind_index(instrument->kind) == RUN_PROFILE;
    struct finding_visitor const visitor = {take_process, profile ? take_stack : take_faults,
                                            &found};

    printf("%s (%s)\n", plan->experiment, instrument->kind->command);
    for (size_t arm = 0; has_long_ids(plan) && arm < plan->arm_count; arm++)
        if (plan->arms[arm].role != ROLE_CONTROL)
            printf("  (%zu) %s\n", arm, plan->arms[arm].id);
    if (findings_read(instrument->kind, plan, folder, &visitor))
        for (size_t i = 0; i < plan->cell_count; i++)
            if (tally_valid(tally, i) > 0)
                print_cell(&found, plan, i, profile);
    putchar('\n');
    print_limits(instrument);
    printf("lost records: %lld%s\n", (long long)found.lost,
           found.lost == 0 ? "" : profile ? "; try a lower --rate" : "; try as root, or ulimit -l");
    if (!profile)
        printf("faults that getrusage counts and nothing explains: %lld\n",
               (long long)found.unplaced);
    summary_print_verdict(outcome);
    summary_print_next("where", folder);
    free_sums(found.layers, plan->cell_count);
    free_sums(found.functions, plan->cell_count);
}
