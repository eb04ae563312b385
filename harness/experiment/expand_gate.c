/* expand_gate.c -- the metrics that a gate decides by, and their margins.
 *
 * SPDX-License-Identifier: MIT */
#include "experiment/expansion.h"

#include "base/text.h"
#include "experiment/experiment_words.h"
#include "machine/event_names.h"

#include <stdio.h>
#include <stdlib.h>

static double const alpha_fail_default = 0.005;
static double const alpha_pass_default = 0.05;

static bool is_there(struct gate const *gate, struct metric const *metric)
{
    for (size_t i = 0; i < gate->metric_count; i++)
        if (gate->metrics[i].metric == metric)
            return true;
    return false;
}

/* What this machine cannot count cannot decide here: it is shown as absent, the rest decides. */
static bool can_be_counted(struct expansion const *expansion, struct metric const *metric)
{
    char *const absence = metric->event != NULL ? event_absence(metric->event) : NULL;
    bool const counted = absence == NULL;

    if (!counted)
        fprintf(stderr, "%s: %s cannot be counted here (%s: %s): it decides nothing\n",
                expansion->plan->experiment, metric->name, metric->event, absence);
    free(absence);
    return counted;
}

static void add_metric(struct expansion const *expansion, struct gate_metric asked)
{
    struct gate *const gate = &expansion->plan->gate;

    asked.decides = asked.decides && can_be_counted(expansion, asked.metric);
    gate->metrics = arena_room_for_one(&expansion->plan->arena, gate->metrics, gate->metric_count,
                                       sizeof *gate->metrics);
    gate->metrics[gate->metric_count++] = asked;
    if (asked.metric->event != NULL)
        expansion_add_event(expansion->plan, asked.metric->event);
}

/* Of the table, or of what the workloads report. */
static struct metric const *find_metric(struct plan const *plan, char const *name)
{
    for (size_t i = 0; i < plan->reported_count; i++)
        if (plan->reported[i]->gated && text_equal(plan->reported[i]->name, name))
            return plan->reported[i];
    return metric_named(name);
}

static char *names_of_metrics(struct plan const *plan)
{
    char *names = metric_names();

    for (size_t i = 0; i < plan->reported_count; i++)
        if (plan->reported[i]->gated)
            text_append(&names, ", %s", plan->reported[i]->name);
    return names;
}

static bool reports(struct cell const *cell, struct metric const *metric)
{
    for (size_t i = 0; i < cell->reported_count; i++)
        if (cell->reported[i] == metric)
            return true;
    return metric->source != SOURCE_WORKLOAD;
}

/* How long a thread looks for another one's turn is no count of the allocator's. */
static bool may_count_instructions(struct expansion const *expansion, char const *place)
{
    struct plan const *const plan = expansion->plan;

    for (size_t i = 0; i < plan->cell_count; i++)
        if (plan->cells[i].threads > 1) {
            yaml_file_complain(expansion->file, place,
                               "an experiment of cells of one thread; futex, context_switches",
                               "%s: threads that wait for one another execute another number of "
                               "instructions each time",
                               plan->cells[i].id);
            return false;
        }
    return true;
}

/* A row for each cell: each must have a value. */
static bool is_everywhere(struct expansion const *expansion, char const *place,
                          struct metric const *metric)
{
    struct plan const *const plan = expansion->plan;

    if (metric->name == metric_instructions)
        return may_count_instructions(expansion, place);
    for (size_t i = 0; i < plan->cell_count; i++)
        if (!reports(&plan->cells[i], metric)) {
            yaml_file_complain(expansion->file, place,
                               "an experiment of the workloads that report it",
                               "%s is reported by some of the workloads, and not by %s",
                               metric->name, plan->cells[i].workload);
            return false;
        }
    return true;
}

/* "time 2%" */
static bool take_metric(struct expansion const *expansion, char const *place, char const *text,
                        bool decides)
{
    struct gate *const gate = &expansion->plan->gate;
    struct words words = words_of(text);
    struct gate_metric asked = {.decides = decides};
    bool taken = words.count == 2 && text_to_ratio(words.word[1], &asked.margin);

    if (!taken)
        yaml_file_complain(expansion->file, place, "a metric and its margin, like: time 2%",
                           "'%s' is no metric with a margin", text);
    asked.metric = taken ? find_metric(expansion->plan, words.word[0]) : NULL;
    if (taken && asked.metric == NULL) {
        char *const names = names_of_metrics(expansion->plan);
        yaml_file_complain(expansion->file, place, names, "unknown metric '%s'", words.word[0]);
        free(names);
        taken = false;
    } else if (taken && decides && asked.margin <= 0 && !asked.metric->by_difference) {
        yaml_file_complain(expansion->file, place, "a margin above 0 %, like: time 2%",
                           "%s varies: that it is not more at all cannot be established",
                           asked.metric->name);
        taken = false;
    } else if (taken && is_there(gate, asked.metric)) {
        yaml_file_complain(expansion->file, place, "each metric once", "%s is there already",
                           asked.metric->name);
        taken = false;
    }
    words_free(&words);
    taken = taken && is_everywhere(expansion, place, asked.metric);
    if (taken)
        add_metric(expansion, asked);
    return taken;
}

static bool is_among(char const *name, char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (text_equal(names[i], name))
            return true;
    return false;
}

/* What decides wherever another metric does, unless the experiment says `without` or has it. */
static void add_implied(struct expansion const *expansion)
{
    struct experiment_gate const *const written = expansion->experiment->gate;
    struct gate const *const gate = &expansion->plan->gate;
    size_t const stated = gate->metric_count;
    struct metric const *implied;

    for (size_t i = 0; i < stated; i++) {
        struct gate_metric const decided = gate->metrics[i];
        for (size_t k = 0; (implied = metric_implied(decided.metric->name, k)) != NULL; k++)
            if (decided.decides && !is_there(gate, implied) &&
                !is_among(implied->name, written->without, written->without_count))
                add_metric(expansion, (struct gate_metric){implied, implied->margin, true});
    }
}

static bool check_without(struct expansion const *expansion)
{
    struct experiment_gate const *const written = expansion->experiment->gate;

    for (size_t i = 0; i < written->without_count; i++) {
        struct metric const *const metric = metric_named(written->without[i]);
        if (metric != NULL && metric->with != NULL)
            continue;
        char *const place = text_format("gate/without/%zu", i);
        yaml_file_complain(expansion->file, place, "time_tail, process_time, process_page_faults",
                           "'%s' does not go with another metric", written->without[i]);
        free(place);
        return false;
    }
    return true;
}

static bool take_metrics(struct expansion const *expansion, char const *key, char *const *texts,
                         size_t count, bool decides)
{
    bool taken = true;

    for (size_t i = 0; taken && i < count; i++)
        taken = take_metric(expansion,
                            arena_format(&expansion->plan->arena, "gate/%s/%zu", key, i), texts[i],
                            decides);
    return taken;
}

static bool any_decides(struct expansion const *expansion)
{
    struct gate const *const gate = &expansion->plan->gate;

    for (size_t i = 0; i < gate->metric_count; i++)
        if (gate->metrics[i].decides)
            return true;
    yaml_file_complain(expansion->file, "gate/decides", "as root; or a metric such as: time 2%",
                       "nothing that decides can be counted here");
    return false;
}

static bool take_alpha(struct expansion const *expansion, char const *place, char const *text,
                       double *alpha)
{
    if (!expansion_take_ratio(expansion->file, place, text, alpha))
        return false;
    if (*alpha > 0 && *alpha < 1)
        return true;
    yaml_file_complain(expansion->file, place, "0.5%", "'%s' leaves no room for error, or for none",
                       text);
    return false;
}

/* A key that is read and checked, and does nothing in this kind of run. */
static void note_unused(struct expansion const *expansion)
{
    struct experiment const *const written = expansion->experiment;

    if (expansion->base == NULL && written->gate != NULL)
        yaml_file_complain(expansion->file, "gate", "slablab gate, with --base and --head",
                           "note: gate is for slablab gate, and does nothing here");
    if (expansion->base != NULL && written->arms_count > 0)
        yaml_file_complain(expansion->file, "arms", "--base and --head name a gate's arms",
                           "note: arms is for slablab run, and does nothing here");
}

/* A workload is the same under two builds of a program. */
static bool compares_programs(struct expansion const *expansion)
{
    struct plan const *const plan = expansion->plan;

    for (size_t i = 0; plan->arms[0].program != NULL && i < plan->cell_count; i++)
        if (plan->cells[i].program == NULL) {
            yaml_file_complain(expansion->file, "workloads", "an experiment of its own for them",
                               "%s does not run {artifact}, so it would not tell the builds apart",
                               plan->cells[i].id);
            return false;
        }
    return true;
}

/* A build that finds its files by its own path cannot be copied. */
static bool take_place(struct expansion const *expansion, char const *written)
{
    expansion->plan->gate.in_place = written != NULL;
    if (written == NULL || text_equal(written, plan_in_place))
        return true;
    yaml_file_complain(expansion->file, "gate/artifact", "artifact: in place; or leave it out",
                       "'%s' is no place: a build runs in place, or as a copy", written);
    return false;
}

bool expand_gate(struct expansion const *expansion)
{
    struct experiment_gate const *const written = expansion->experiment->gate;
    struct gate *const gate = &expansion->plan->gate;

    note_unused(expansion);
    if (expansion->base == NULL)
        return true;
    if (written == NULL || written->decides_count == 0) {
        yaml_file_complain(expansion->file, written == NULL ? "question" : "gate",
                           "experiments/gate.yaml; or: gate: {decides: [time 2%, page_faults 1%]}",
                           "a gate needs to know what decides");
        return false;
    }
    if (!compares_programs(expansion))
        return false;
    gate->alpha_fail = alpha_fail_default;
    gate->alpha_pass = alpha_pass_default;
    if (!take_metrics(expansion, "decides", written->decides, written->decides_count, true) ||
        !any_decides(expansion) || !check_without(expansion) ||
        !take_metrics(expansion, "reports", written->reports, written->reports_count, false))
        return false;
    add_implied(expansion);
    return take_place(expansion, written->artifact) &&
           take_alpha(expansion, "gate/alpha_fail", written->alpha_fail, &gate->alpha_fail) &&
           take_alpha(expansion, "gate/alpha_pass", written->alpha_pass, &gate->alpha_pass);
}
