/* gate_report.h -- a gate's result, for programs and for people.
 *
 * gate.json is made from the judge; all other forms are made from gate.json.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_GATE_REPORT_H
#define SLABLAB_GATE_REPORT_H

#include "gate/gate_spec.h"
#include "judge/gate_judge.h"

/* Facts that the judge does not have. */
struct gate_circumstances {
    struct gate_spec const *base;
    struct gate_spec const *head;
    char const *host;
    uint64_t started_unix_ns;
    double seconds; /* from the command's start */
    char const *label; /* what the user calls this gate; NULL */
    json_t *conditions; /* gate_conditions'; borrowed */
    json_t *cautions;   /* build_differences'; borrowed; NULL: none */
};

/* gate_conditions.c: what of plan.json and machine.json two gates must share to be compared with
 * each other. A new reference. */
json_t *gate_conditions(json_t const *plan, json_t const *machine);

/* gate.json as records.md has it; rows worst first. `reasons` are those of a VOID, borrowed. A new
 * reference. */
json_t *gate_describe(struct gate_judge const *judge, json_t *reasons,
                      struct gate_circumstances const *circumstances);

/* By gate.json's verdict: PASS, FAIL, INCONCLUSIVE or VOID. */
int gate_exit_status(json_t const *gate);

/* The caller frees what these return. */
char *gate_table(json_t const *gate); /* for a terminal of 80 columns */
char *gate_junit(json_t const *gate); /* XML: a test case for each row */

/* GitHub takes 65,536 characters of a comment, GitLab 1,000,000. */
enum { GATE_MARKDOWN_BYTES = 60000 };

/* For a CI job's summary or a comment: the verdict and the worst rows, then the rows that failed,
 * are undecided or moved, the others folded, and what holds of all of them. At most so many bytes,
 * 20,000 at least: the rows that tell least are left out first, and their number is said.
 * `certified` is gate_certified_text's. */
char *gate_markdown(json_t const *gate, char const *certified, size_t bytes_max);

#endif
