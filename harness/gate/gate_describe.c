/* gate_describe.c -- gate.json: the rows, worst first, and the verdict.
 *
 * SPDX-License-Identifier: MIT */
#include "base/complain.h"
#include "base/memory.h"
#include "base/text.h"
#include "gate/gate_report.h"
#include "judge/gate_values.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static char const *const verdict_names[] = {
    [GATE_UNDECIDED] = "undecided",
    [GATE_PASS] = "pass",
    [GATE_FAIL] = "fail",
    [GATE_REPORTED] = "reported",
};

static json_t *number_or_null(double number)
{
    return isfinite(number) ? json_real(number) : json_null();
}

static char const *scale_of(struct gate_row const *row)
{
    if (gate_row_is_tail(row))
        return "points";
    return row->rule->metric->by_difference ? "absolute" : "ratio";
}

static int compare_numbers(void const *left, void const *right)
{
    double const a = *(double const *)left;
    double const b = *(double const *)right;

    return (a > b) - (a < b);
}

/* The counts that occurred, each with how often, in rising order: [[6594968, 12], ...]. */
static json_t *modes_of(struct gate_judge const *judge, struct gate_row const *row, size_t arm)
{
    size_t const n = gate_judge_blocks(judge, row);
    double *const values = memory_zeroed(n + 1, sizeof *values);
    json_t *const modes = json_array();

    for (size_t i = 0; i < n; i++)
        values[i] = gate_value(judge, row, i, arm);
    qsort(values, n, sizeof *values, compare_numbers);
    for (size_t first = 0, end; first < n; first = end) {
        for (end = first + 1; end < n && values[end] <= values[first];)
            end++;
        json_array_append_new(modes, json_pack("[I, I]", (json_int_t)values[first],
                                               (json_int_t)(end - first)));
    }
    free(values);
    return modes;
}

/* What one link alone may show, and whether that is more than the effect. */
static void describe_links(json_t *object, struct gate_estimate const *estimate)
{
    double const middle = log1p(estimate->effect);
    double const spread = estimate->link_spread;

    if (!isfinite(middle) || !isfinite(spread))
        return;
    json_object_set_new(object, "one_link",
                        json_pack("{s:f, s:f}", "low", expm1(middle - spread), "high",
                                  expm1(middle + spread)));
    json_object_set_new(object, "layout_bound", json_boolean(fabs(middle) < spread));
}

static json_t *describe_row(struct gate_judge const *judge, struct gate_row const *row)
{
    struct gate_estimate const *const estimate = &row->estimate;
    json_t *const object = json_pack(
        "{s:s, s:s, s:s, s:s, s:b, s:f, s:s}", "cell", judge->plan->cells[row->cell].id, "metric",
        row->rule->metric->name, "scale", scale_of(row), "unit", row->rule->metric->unit,
        "decides", gate_row_decides(judge, row), "margin", row->rule->margin, "verdict",
        verdict_names[row->verdict]);

    json_object_set_new(object, "decided_at",
                        row->decided_at > 0 ? json_integer((json_int_t)row->decided_at)
                                            : json_null());
    json_object_set_new(object, "blocks",
                        json_integer((json_int_t)gate_judge_blocks(judge, row)));
    json_object_set_new(object, "effect", number_or_null(estimate->effect));
    json_object_set_new(object, "low", number_or_null(estimate->low));
    json_object_set_new(object, "high", number_or_null(estimate->high));
    json_object_set_new(object, "mde", number_or_null(estimate->mde));
    json_object_set_new(object, "base_median", number_or_null(estimate->base));
    json_object_set_new(object, "head_median", number_or_null(estimate->head));
    json_object_set_new(object, "log_e_fail", number_or_null(row->log_e_fail));
    json_object_set_new(object, "log_e_pass", number_or_null(row->log_e_pass));
    describe_links(object, estimate);
    if (!gate_row_is_of_blocks(row))
        json_object_set_new(object, "modes",
                            json_pack("{s:o, s:o}", "base", modes_of(judge, row, GATE_BASE),
                                      "head", modes_of(judge, row, GATE_HEAD)));
    return object;
}

/* One row for all cells: how many processes failed. */
static json_t *describe_failures(struct gate_judge const *judge)
{
    struct gate_failures const *const failures = &judge->failures;
    enum gate_verdict const verdict = gate_judge_failures(judge);

    return json_pack("{s:s, s:I, s:I, s:I, s:I, s:I, s:I, s:f, s:s?, s:s?}", "verdict",
                     verdict_names[verdict], "pairs", (json_int_t)failures->pairs, "head_alone",
                     (json_int_t)failures->head_alone, "base_alone",
                     (json_int_t)failures->base_alone, "both", (json_int_t)failures->both,
                     "head_elsewhere", (json_int_t)failures->head_elsewhere, "base_elsewhere",
                     (json_int_t)failures->base_elsewhere, "log_e",
                     gate_judge_failures_log_e(judge), "status", failures->status, "stderr",
                     failures->stderr_text);
}

static json_t *describe_control(struct gate_judge const *judge, struct gate_row const *row)
{
    struct gate_estimate const estimate = gate_judge_control(judge, row);
    json_t *const object = json_pack("{s:s, s:s}", "cell", judge->plan->cells[row->cell].id,
                                     "metric", row->rule->metric->name);

    json_object_set_new(object, "effect", number_or_null(estimate.effect));
    json_object_set_new(object, "low", number_or_null(estimate.low));
    json_object_set_new(object, "high", number_or_null(estimate.high));
    json_object_set_new(object, "log_e", number_or_null(row->log_e_control));
    return object;
}

/* The head's increase in units of the margin; 0 for a row without an estimate. */
static double severity(struct gate_row const *row)
{
    double const relative = row->rule->margin;
    double const margin = row->rule->metric->by_difference ? fmax(1, relative * row->estimate.base)
                                                      : fmax(relative, 1e-9);
    double const margins = row->estimate.effect / margin;

    return isfinite(margins) ? margins : 0;
}

static int rank_of(struct gate_row const *row)
{
    static int const ranks[] = {
        [GATE_FAIL] = 0, [GATE_UNDECIDED] = 1, [GATE_PASS] = 2, [GATE_REPORTED] = 3};

    return ranks[row->verdict];
}

/* The worst first; ties in the plan's order. */
static int compare_rows(void const *left, void const *right)
{
    struct gate_row const *const a = left;
    struct gate_row const *const b = right;
    double const worse = severity(b) - severity(a);

    if (rank_of(a) != rank_of(b))
        return rank_of(a) - rank_of(b);
    if (worse > 0 || worse < 0)
        return worse > 0 ? 1 : -1;
    if (a->cell != b->cell)
        return a->cell < b->cell ? -1 : 1;
    return (a->rule > b->rule) - (a->rule < b->rule);
}

static json_t *describe_rows(struct gate_judge const *judge)
{
    size_t const count = judge->plan->cell_count * judge->plan->gate.metric_count;
    struct gate_row *const rows = memory_zeroed(count, sizeof *rows);
    json_t *const array = json_array();

    memcpy(rows, judge->rows, count * sizeof *rows);
    qsort(rows, count, sizeof *rows, compare_rows);
    for (size_t i = 0; i < count; i++)
        json_array_append_new(array, describe_row(judge, &rows[i]));
    free(rows);
    return array;
}

static json_t *describe_controls(struct gate_judge const *judge)
{
    json_t *const array = json_array();

    for (size_t i = 0; i < judge->plan->cell_count * judge->plan->gate.metric_count; i++)
        if (gate_row_decides(judge, &judge->rows[i]) && !gate_row_is_tail(&judge->rows[i]))
            json_array_append_new(array, describe_control(judge, &judge->rows[i]));
    return array;
}

static bool any_row(struct gate_judge const *judge, enum gate_verdict verdict)
{
    for (size_t i = 0; i < judge->plan->cell_count * judge->plan->gate.metric_count; i++)
        if (judge->rows[i].verdict == verdict)
            return true;
    return false;
}

static char const *verdict_of(struct gate_judge const *judge, json_t const *reasons)
{
    enum gate_verdict const failures = gate_judge_failures(judge);

    if (failures == GATE_FAIL)
        return "fail";
    if (json_array_size(reasons) > 0)
        return "void";
    if (any_row(judge, GATE_FAIL))
        return "fail";
    return failures == GATE_UNDECIDED || any_row(judge, GATE_UNDECIDED) ? "inconclusive" : "pass";
}

/* Of what differs between the sides: the program, or the allocator. */
static char const *build_id_of(struct arm const *arm)
{
    return arm->program != NULL ? arm->program_build_id : arm->object_build_id;
}

/* Settings make another allocator of the same file. */
static json_t *describe_side(struct gate_judge const *judge, struct gate_spec const *spec,
                             size_t side)
{
    struct arm const *const arm = &judge->plan->arms[side];
    json_t *const environment = json_array();

    for (size_t i = 0; i < arm->environment_count; i++)
        json_array_append_new(environment, json_string(arm->environment[i]));
    json_t *const object = json_pack(
        "{s:s, s:s?, s:s, s:s?, s:o}", "spec", spec->text, "revision", spec->revision, "build_id",
        build_id_of(arm), "version", arm->version, "environment", environment);
    if (spec->build.facts != NULL)
        json_object_set(object, "build", spec->build.facts);
    return object;
}

json_t *gate_describe(struct gate_judge const *judge, json_t *reasons,
                      struct gate_circumstances const *circumstances)
{
    struct plan const *const plan = judge->plan;
    char const *const base = build_id_of(&plan->arms[GATE_BASE]);
    bool const identical =
        *base != '\0' && text_equal(base, build_id_of(&plan->arms[GATE_HEAD]));
    json_t *const object = json_pack("{s:s, s:s, s:s, s:s, s:O}", "schema", "slablab-gate/3",
                                     "plan", plan->hash, "experiment", plan->experiment, "verdict",
                                     verdict_of(judge, reasons), "reasons", reasons);

    json_object_set_new(object, "base", describe_side(judge, circumstances->base, GATE_BASE));
    json_object_set_new(object, "head", describe_side(judge, circumstances->head, GATE_HEAD));
    json_object_set_new(object, "identical", json_boolean(identical));
    if (circumstances->cautions != NULL)
        json_object_set(object, "cautions", circumstances->cautions);
    json_object_set_new(object, "decisions", json_integer((json_int_t)judge->decisions));
    json_object_set_new(object, "seconds", json_real(circumstances->seconds));
    json_object_set_new(object, "started_unix_ns",
                        json_integer((json_int_t)circumstances->started_unix_ns));
    if (circumstances->label != NULL)
        json_object_set_new(object, "label", json_string(circumstances->label));
    json_object_set_new(object, "host", json_string(circumstances->host));
    json_object_set(object, "conditions", circumstances->conditions);
    json_object_set_new(object, "failures", describe_failures(judge));
    json_object_set_new(object, "rows", describe_rows(judge));
    json_object_set_new(object, "control", describe_controls(judge));
    return object;
}

int gate_exit_status(json_t const *gate)
{
    char const *const verdict = json_string_value(json_object_get(gate, "verdict"));

    if (text_equal(verdict, "pass"))
        return EXIT_STATUS_PASS;
    if (text_equal(verdict, "fail"))
        return EXIT_STATUS_FAIL;
    return text_equal(verdict, "void") ? EXIT_STATUS_VOID : EXIT_STATUS_INCONCLUSIVE;
}
