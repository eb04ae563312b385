/* made_gate_report.h -- gate.json of a gate made by hand.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_MADE_GATE_REPORT_H
#define SLABLAB_MADE_GATE_REPORT_H

#include "gate/gate_report.h"
#include "made_gate.h"

/* A third row, and what happens to its judge before it is described; either may be NULL. */
struct variation {
    char const *third;
    void (*happens)(struct gate_judge *judge);
};

/* `blocks` of both cells; the head of cell 1 takes 5 % longer where `slower` says so. */
static inline json_t *varied_report(size_t blocks, bool slower, char const *reason,
                             struct variation variation)
{
    static struct gate_spec const base = {
        .text = (char *)"main", .arm = (char *)"x", .revision = (char *)"0123456789abcdef"};
    static struct gate_spec const head = {.text = (char *)"<&\">", .arm = (char *)"x"};
    json_t *const conditions = json_pack("{s:{}}", "machine");
    json_t *const cautions = json_pack("[s]", "the compiler differs: <gcc>");
    struct gate_circumstances const circumstances = {
        &base, &head, "here", 1, 12.5, "v1|2", conditions, cautions};
    struct gate_judge *const judge = made_judge(variation.third);
    json_t *const reasons = json_array();

    for (size_t i = 0; i < blocks; i++) {
        made_block(judge, 0, 1e7 * made_noise(i), 1e7 * made_noise(i + 1), 1e7, 10, 10);
        made_block(judge, 1, 1e7, 1e7, slower ? 1.05e7 : 1e7, 10, 10);
    }
    if (variation.happens != NULL)
        variation.happens(judge);
    if (reason != NULL)
        json_array_append_new(reasons, json_string(reason));
    gate_judge_estimate(judge);
    json_t *const gate = gate_describe(judge, reasons, &circumstances);
    assert_non_null(gate);
    json_decref(cautions);
    json_decref(conditions);
    json_decref(reasons);
    gate_judge_free(judge);
    return gate;
}

static inline json_t *made_report(size_t blocks, bool slower, char const *reason)
{
    return varied_report(blocks, slower, reason, (struct variation){0});
}

static inline void assert_holds(char const *text, char const *part)
{
    if (strstr(text, part) == NULL)
        fail_msg("'%s' is not in:\n%s", part, text);
}

#endif
