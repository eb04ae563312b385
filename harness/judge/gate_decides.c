/* gate_decides.c -- which rows of a gate decide.
 *
 * SPDX-License-Identifier: MIT */
#include "judge/gate_judge.h"

#include "base/text.h"
#include "experiment/program.h"

/* Does the gate also decide by the same of the whole process? */
static bool has_process_too(struct gate const *gate, struct metric const *metric)
{
    for (size_t i = 0; i < gate->metric_count; i++) {
        struct gate_metric const *const other = &gate->metrics[i];
        if (other->decides && other->metric->source == SOURCE_PROCESS &&
            other->metric->with != NULL && text_equal(other->metric->with, metric->name))
            return true;
    }
    return false;
}

bool gate_rule_decides(struct plan const *plan, size_t cell, struct gate_metric const *rule)
{
    struct program const *const program = plan->cells[cell].program;

    if (!rule->decides || program == NULL)
        return rule->decides;
    return rule->metric->source != SOURCE_CALLGRIND &&
           (program->server.count > 0 || !has_process_too(&plan->gate, rule->metric));
}

bool gate_row_decides(struct gate_judge const *judge, struct gate_row const *row)
{
    return gate_rule_decides(judge->plan, row->cell, row->rule);
}
