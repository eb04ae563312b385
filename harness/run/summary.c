/* summary.c -- medians, effects and the verdict for the terminal; tables are made by analysis/.
 *
 * SPDX-License-Identifier: MIT */
#include "run/summary.h"

#include "base/memory.h"
#include "base/reason.h"
#include "base/shell_word.h"
#include "base/text.h"
#include "catalogue/project.h"
#include "judge/sparkline.h"
#include "judge/stop.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { ID_WIDTH = 29 };

static bool is_program(struct tally const *tally, size_t cell)
{
    return tally->plan->cells[cell].program != NULL;
}

/* On speed; of a program, which has no rate, on its time. */
static struct tally_effect effect_of(struct tally const *tally, size_t cell, size_t arm)
{
    struct tally_effect const speed = tally_speed_effect(tally, cell, arm, tally->plan->alpha);

    if (!is_program(tally, cell))
        return speed;
    return (struct tally_effect){.median = 1 / (1 + speed.median) - 1,
                                 .low = 1 / (1 + speed.high) - 1,
                                 .high = 1 / (1 + speed.low) - 1};
}

static void print_arm(struct tally const *tally, size_t cell, size_t arm)
{
    char const *const id = tally->plan->arms[arm].id;
    struct tally_effect const effect = effect_of(tally, cell, arm);
    char words[64] = "";

    if (arm != 0)
        snprintf(words, sizeof words, "%+7.2f", 100 * effect.median);
    if (arm != 0 && !isnan(effect.low))
        snprintf(words, sizeof words, "%+7.2f [%+7.2f, %+7.2f]", 100 * effect.median,
                 100 * effect.low, 100 * effect.high);
    if (strlen(id) > ID_WIDTH)
        printf("  %s\n", id);
    printf("  %-*s %9.4g %-26s %10.0f\n", ID_WIDTH, strlen(id) > ID_WIDTH ? "" : id,
           is_program(tally, cell) ? tally_median_ms(tally, cell, arm)
                                   : tally_median_speed(tally, cell, arm) / 1e6,
           words, tally_median_faults(tally, cell, arm));
}

/* The blocks' effects in order, as bars, and the range of the bars. */
static void print_blocks(struct tally const *tally, size_t cell, size_t arm)
{
    size_t const blocks = tally_valid(tally, cell);
    double *const ratio = memory_zeroed(blocks, sizeof *ratio);
    double median[SPARKLINE_COLUMNS_MAX];
    char text[SPARKLINE_BYTES];
    double low = INFINITY;
    double high = -INFINITY;

    tally_speed_ratios(tally, cell, arm, ratio);
    for (size_t i = 0; is_program(tally, cell) && i < blocks; i++)
        ratio[i] = 1 / ratio[i];
    size_t const columns = sparkline_medians(ratio, blocks, median);
    sparkline_write(text, median, columns);
    for (size_t i = 0; i < columns; i++) {
        low = fmin(low, median[i]);
        high = fmax(high, median[i]);
    }
    printf("    %s %+.3g to %+.3g %%\n", text, 100 * (low - 1), 100 * (high - 1));
    free(ratio);
}

static void print_cell(struct tally const *tally, size_t cell)
{
    bool const enough = tally_valid(tally, cell) >= tally->plan->rules.blocks_min;

    printf("\n%s\n", tally->plan->cells[cell].id);
    printf("  %-*s %9s %-26s %10s\n", ID_WIDTH, "",
           is_program(tally, cell) ? "CPU ms" : "M ops/s", "effect % [interval]", "faults");
    for (size_t arm = 0; arm < tally->plan->arm_count && tally_valid(tally, cell) > 0; arm++) {
        print_arm(tally, cell, arm);
        if (arm != 0 && enough)
            print_blocks(tally, cell, arm);
    }
    printf("  %zu blocks%s\n", tally_valid(tally, cell),
           enough ? "; bars: their effects in the order in which they were taken" : "");
}

/* The difference between two copies of the same allocator in the worst cell. */
static void print_noise_floor(struct tally const *tally)
{
    double worst = NAN;

    for (size_t i = 0; i < tally->plan->cell_count; i++) {
        struct tally_effect const effect = tally_speed_effect(tally, i, 1, tally->plan->alpha);
        worst = fmax(worst, 100 * fmax(fabs(effect.low), fabs(effect.high)));
    }
    if (isnan(worst))
        printf("noise floor: no interval (fewer than %" PRIu64 " blocks)\n",
               tally->plan->rules.blocks_min);
    else
        printf("noise floor: the control arm's interval reaches %.2f %% in the worst cell\n",
               worst);
    if (!stop_control_can_void(tally))
        puts("the control arm had too few blocks to void this run");
}

/* Behind "<arm>: <status>". A sample that a memory limit killed wrote nothing to stderr. */
static char const *hint_for_loss(char const *what)
{
    static char const *const hints[][2] = {
        {": allocator", "    was it rebuilt during the run?\n"},
        {": crashed",
         "    signal and stderr are in its record; a memory limit is signal 9 (dmesg)\n"},
        {": failed", "    exit_code and stderr are in its record\n"},
        {": timeout", "    a sample may take 60 s\n"},
        {": protocol", "    something in it calls exit before the report is written\n"},
    };

    for (size_t i = 0; i < sizeof hints / sizeof *hints; i++)
        if (text_ends_with(what, hints[i][0]))
            return hints[i][1];
    return "";
}

void summary_print_verdict(json_t const *outcome)
{
    json_int_t blocks = 0;
    json_int_t lost = 0;
    char const *what;
    size_t index;
    json_t *entry;

    json_array_foreach(json_object_get(outcome, "cells"), index, entry) {
        blocks += json_integer_value(json_object_get(entry, "blocks"));
        lost += json_integer_value(json_object_get(entry, "lost"));
    }
    printf("blocks: %" JSON_INTEGER_FORMAT ", lost: %" JSON_INTEGER_FORMAT "\n", blocks, lost);
    json_object_foreach(json_object_get(outcome, "losses"), what, entry) {
        printf("  %s, %" JSON_INTEGER_FORMAT " samples\n%s", what, json_integer_value(entry),
               hint_for_loss(what));
    }
    json_object_foreach(json_object_get(outcome, "left_behind"), what, entry) {
        json_int_t const count = json_integer_value(entry);
        printf("  %s: %" JSON_INTEGER_FORMAT " processes left behind by its samples, killed\n",
               what, count);
    }
    printf("verdict: %s\n", json_string_value(json_object_get(outcome, "verdict")));
    json_array_foreach(json_object_get(outcome, "reasons"), index, entry) {
        char *const line = reason_line(entry);
        printf("  %s\n", line);
        free(line);
    }
}

void summary_print_next(char const *command, char const *folder)
{
    char *const whole = realpath(folder, NULL);
    char *const word = shell_word(whole != NULL ? whole : folder);

    printf("run: %s\n", folder);
    summary_print_analysis("next: ", command, word);
    free(word);
    free(whole);
}

void summary_print_analysis(char const *label, char const *command, char const *words)
{
    /* Debian's pandas is for this interpreter, whichever python is first on the PATH. */
    char const *const python =
        access("/usr/bin/python3", X_OK) == 0 ? "/usr/bin/python3" : "python3";
    char *const root = shell_word(project_home());

    printf("%sPYTHONPATH=%s %s -m analysis %s %s\n", label, root, python, command, words);
    free(root);
}

void summary_print(struct tally const *tally, json_t *outcome, char const *folder)
{
    printf("%s (%s)\n", tally->plan->experiment, tally->plan->form);
    if (json_array_size(json_object_get(outcome, "cells")) > 0) {
        for (size_t i = 0; i < tally->plan->cell_count; i++)
            print_cell(tally, i);
        putchar('\n');
        print_noise_floor(tally);
    }
    summary_print_verdict(outcome);
    summary_print_next("table", folder);
}
