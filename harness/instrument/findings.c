/* findings.c -- records of blocks, taken apart into processes and rows.
 *
 * SPDX-License-Identifier: MIT */
#include "instrument/findings.h"

#include "base/record.h"
#include "base/text.h"

#include <string.h>

struct reading {
    struct run_kind const *kind;
    struct plan const *plan;
    struct finding_visitor const *visitor;
};

static double number(json_t const *object, char const *key)
{
    return (double)json_integer_value(json_object_get(object, key));
}

static char const *text(json_t const *object, char const *key)
{
    char const *const found = json_string_value(json_object_get(object, key));

    return found != NULL ? found : "?";
}

char *findings_function(char const *frame)
{
    static char const mark[] = "_[i]";
    size_t const marked = text_ends_with(frame, mark) ? strlen(mark) : 0;

    return text_copy_bytes(frame, strlen(frame) - marked);
}

static struct finding_row row_of_profile(json_t const *profile, json_t const *stack)
{
    char const *const folded = text(stack, "stack");
    char const *const last = strrchr(folded, ';');

    return (struct finding_row){
        .stage = "region",
        .layer = text(stack, "layer"),
        .function = last != NULL ? last + 1 : folded,
        .stack = folded,
        .memory = "?",
        .count = number(stack, "region"),
        .period_ns = number(profile, "period_ns"),
    };
}

static struct finding_row row_of_faults(json_t const *row)
{
    return (struct finding_row){
        .stage = text(row, "stage"),
        .layer = text(row, "layer"),
        .function = text(row, "function"),
        .stack = "?",
        .memory = text(row, "memory"),
        .count = number(row, "minor") + number(row, "major"),
    };
}

static void visit_rows(struct reading const *reading, struct finding const *finding)
{
    bool const profile = run_kind_index(reading->kind) == RUN_PROFILE;
    struct finding_visitor const *const visitor = reading->visitor;
    size_t index;
    json_t *entry;

    json_array_foreach(json_object_get(finding->found, profile ? "stacks" : "rows"), index, entry) {
        struct finding_row const row =
            profile ? row_of_profile(finding->found, entry) : row_of_faults(entry);
        visitor->row(visitor->context, finding, &row);
    }
}

/* A record_visitor. */
static bool take_record(void *context, json_t const *record)
{
    struct reading const *const reading = context;
    struct plan const *const plan = reading->plan;
    struct finding finding = {.cell = 0};
    size_t index;
    json_t *sample;

    while (finding.cell < plan->cell_count
           && !text_equal(plan->cells[finding.cell].id, text(record, "cell")))
        finding.cell++;
    if (finding.cell == plan->cell_count || !json_is_true(json_object_get(record, "valid")))
        return true;
    json_array_foreach(json_object_get(record, "samples"), index, sample) {
        finding.found = json_object_get(sample, reading->kind->finding);
        if (finding.found == NULL || !plan_find_arm(plan, text(sample, "arm"), true, &finding.arm))
            continue;
        reading->visitor->process(reading->visitor->context, &finding);
        visit_rows(reading, &finding);
    }
    return true;
}

bool findings_read(struct run_kind const *kind, struct plan const *plan, char const *folder,
                   struct finding_visitor const *visitor)
{
    struct reading reading = {kind, plan, visitor};

    return record_read(folder, kind->file, take_record, &reading);
}
