/* plan_write.c -- a plan as plan.json.
 *
 * SPDX-License-Identifier: MIT */
#include "experiment/plan.h"

#include "base/complain.h"
#include "base/durable.h"
#include "base/portable.h"
#include "catalogue/build_id.h"
#include "catalogue/catalogue.h"
#include "experiment/plan_file.h"
#include "experiment/program.h"

#include <stdlib.h>

char const plan_schema[] = "slablab-plan/2";

static char const *const role_names[] = {
    [ROLE_BASELINE] = "baseline",
    [ROLE_CONTROL] = "control",
    [ROLE_ARM] = "arm",
};

static json_t *texts_to_json(char *const *texts, size_t count)
{
    json_t *const array = json_array();

    for (size_t i = 0; i < count; i++)
        json_array_append_new(array, json_string(texts[i]));
    return array;
}

/* What a variant's constants are, and what they are in its phase. */
static json_t *constants_to_json(struct arm const *arm)
{
    json_t *const array = json_array();

    for (size_t i = 0; i < arm->constant_count; i++) {
        struct constant_value const *const constant = &arm->constants[i];
        json_array_append_new(array, json_pack("{s:s, s:I, s:s, s:s}", "name", constant->name,
                                               "value", (json_int_t)constant->value, "standard",
                                               constant->standard, "unit", constant->unit));
    }
    return array;
}

static json_t *links_to_json(struct arm const *arm)
{
    json_t *const array = json_array();

    for (size_t i = 0; i < arm->link_count; i++)
        json_array_append_new(array, json_pack("{s:s, s:s}", "object", arm->links[i].object,
                                               "build_id", arm->links[i].build_id));
    return array;
}

static json_t *arm_to_json(struct arm const *arm)
{
    json_t *const object =
        json_pack("{s:s, s:s, s:s, s:s, s:s?, s:s, s:s?, s:s?, s:o}", "id", arm->id, "role",
                  role_names[arm->role], "spec", arm->spec, "allocator", arm->allocator, "object",
                  arm->object, "object_build_id", arm->object_build_id, "observer", arm->observer,
                  "version", arm->version, "environment",
                  texts_to_json(arm->environment, arm->environment_count));

    if (arm->phase != NULL) {
        json_object_set_new(object, "phase", json_string(arm->phase));
        json_object_set_new(object, "constants", constants_to_json(arm));
    }
    if (arm->link_count > 0)
        json_object_set_new(object, "links", links_to_json(arm));
    if (arm->program != NULL) {
        json_object_set_new(object, "program", json_string(arm->program));
        json_object_set_new(object, "program_build_id", json_string(arm->program_build_id));
    }
    return object;
}

static json_t *cell_to_json(struct plan const *plan, struct cell const *cell)
{
    json_t *const parameters = json_object();
    json_t *const serves = json_array();
    json_t *const files = json_object();

    for (size_t i = 0; i < cell->parameter_count; i++) {
        struct parameter const *const parameter = &cell->parameters[i];
        json_object_set_new(parameters, parameter->name,
                            parameter->text == NULL ? json_integer((json_int_t)parameter->value)
                                                    : json_string(parameter->shown));
        if (parameter->digest != NULL)
            json_object_set_new(files, parameter->name, json_string(parameter->digest));
    }
    for (size_t i = 0; i < cell->serves_count; i++)
        json_array_append_new(
            serves,
            json_pack("{s:s, s:s, s:s, s:f}", "arm", plan->arms[cell->serves[i].arm].id, "tier",
                      cell->serves[i].tier, "relation",
                      cell->serves[i].relation == SERVES_AT_LEAST ? ">=" : "<=", "share",
                      cell->serves[i].share));
    json_t *const object = json_pack(
        "{s:s, s:s, s:s, s:o, s:I, s:I, s:o, s:I, s:o}", "id", cell->id, "workload", cell->workload,
        "start", cell->warm ? "warm" : "cold", "parameters", parameters, "threads",
        (json_int_t)cell->threads, "cpus", (json_int_t)cell->cpus, "operations",
        cell->operations != 0 ? json_integer((json_int_t)cell->operations) : json_null(),
        "warmup_operations", (json_int_t)cell->warmup_operations, "serves", serves);
    if (json_object_size(files) > 0)
        json_object_set(object, "files", files);
    json_decref(files);
    if (cell->thp != THP_INHERITED)
        json_object_set_new(object, "thp", json_string(thp_name(cell->thp)));
    if (cell->program != NULL)
        json_object_set_new(object, cell->program->server.count > 0 ? "server" : "program",
                            program_to_json(cell->program));
    return object;
}

static json_t *left_out_to_json(struct plan const *plan)
{
    json_t *const array = json_array();

    for (size_t i = 0; i < plan->left_out_count; i++)
        json_array_append_new(array, json_pack("{s:s, s:s}", "cell", plan->left_out[i].cell, "why",
                                               plan->left_out[i].why));
    return array;
}

/* The workloads' executables decide too: what each is called by its build. */
static json_t *workloads_to_json(struct plan const *plan)
{
    json_t *const workloads = json_object();

    for (size_t i = 0; i < plan->cell_count; i++) {
        if (plan->cells[i].program != NULL)
            continue;
        char *const build_id = catalogue_build_id(plan->cells[i].executable);
        json_object_set_new(workloads, plan->cells[i].workload, json_string(build_id));
        free(build_id);
    }
    return workloads;
}

static json_t *arms_to_json(struct plan const *plan)
{
    json_t *const array = json_array();

    for (size_t i = 0; i < plan->arm_count; i++)
        json_array_append_new(array, arm_to_json(&plan->arms[i]));
    return array;
}

static json_t *cells_to_json(struct plan const *plan)
{
    json_t *const array = json_array();

    for (size_t i = 0; i < plan->cell_count; i++)
        json_array_append_new(array, cell_to_json(plan, &plan->cells[i]));
    return array;
}

static json_t *comparisons_to_json(struct plan const *plan)
{
    json_t *const array = json_array();

    for (size_t i = 0; i < plan->comparison_count; i++)
        json_array_append_new(array,
                              json_pack("{s:s, s:s}", "arm",
                                        plan->arms[plan->comparisons[i].arm].id, "against",
                                        plan->arms[plan->comparisons[i].against].id));
    return array;
}

static json_t *interactions_to_json(struct plan const *plan)
{
    json_t *const array = json_array();

    for (size_t i = 0; i < plan->interaction_count; i++)
        json_array_append_new(array,
                              json_pack("{s:s, s:s, s:s}", "first",
                                        plan->arms[plan->interactions[i].first].id, "second",
                                        plan->arms[plan->interactions[i].second].id, "both",
                                        plan->arms[plan->interactions[i].both].id));
    return array;
}

static json_t *published_to_json(struct plan const *plan)
{
    json_t *const array = json_array();

    for (size_t i = 0; i < plan->published_count; i++)
        json_array_append_new(
            array,
            json_pack("{s:s, s:s, s:s?, s:s, s:f}", "where", plan->published[i].where, "arm",
                      plan->published[i].arm, "against", plan->published[i].against, "metric",
                      plan->published[i].metric, "value", plan->published[i].value));
    return array;
}

/* By the arm's id, what was said of it. */
static json_t *presentation_to_json(struct plan const *plan)
{
    json_t *const object = json_object();

    for (size_t i = 0; i < plan->shown_count; i++) {
        struct shown const *const shown = &plan->shown[i];
        json_t *const said = json_object();
        if (shown->label != NULL)
            json_object_set_new(said, "label", json_string(shown->label));
        if (shown->colour != NULL)
            json_object_set_new(said, "colour", json_string(shown->colour));
        if (shown->is_ordered)
            json_object_set_new(said, "order", json_integer(shown->order));
        if (shown->is_hidden)
            json_object_set_new(said, "hide", json_true());
        json_object_set_new(object, plan->arms[shown->arm].id, said);
    }
    return object;
}

static json_t *gate_to_json(struct gate const *gate)
{
    json_t *const metrics = json_array();

    for (size_t i = 0; i < gate->metric_count; i++)
        json_array_append_new(metrics, json_pack("{s:s, s:f, s:b}", "name",
                                                 gate->metrics[i].metric->name, "margin",
                                                 gate->metrics[i].margin, "decides",
                                                 gate->metrics[i].decides));
    json_t *const object = json_pack("{s:f, s:f, s:o}", "alpha_fail", gate->alpha_fail,
                                     "alpha_pass", gate->alpha_pass, "metrics", metrics);
    if (gate->in_place)
        json_object_set_new(object, "artifact", json_string(plan_in_place));
    return object;
}

static json_t *stop_to_json(struct stop const *stop)
{
    json_t *const object =
        json_pack("{s:I, s:f, s:f}", "blocks_max", (json_int_t)stop->blocks_max, "half_width",
                  stop->half_width, "seconds_max", stop->seconds_max);

    if (stop->seconds_in_all > 0)
        json_object_set_new(object, "seconds_in_all", json_real(stop->seconds_in_all));
    return object;
}

json_t *plan_to_json(struct plan const *plan)
{
    json_t *const object =
        json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s?, s:I, s:f, s:f, s:f, s:o, s:o}", "schema",
                  plan_schema, "experiment", plan->experiment, "experiment_text",
                  plan->experiment_text, "form", plan->form, "question", plan->question, "expects",
                  plan->expects, "hash", plan->hash, "seed", (json_int_t)plan->seed, "alpha",
                  plan->alpha, "alpha_control", plan->alpha_control, "margin", plan->margin,
                  "stop", stop_to_json(&plan->stop), "events",
                  texts_to_json(plan->events, plan->event_count));

    if (plan->layouts > 0)
        json_object_set_new(object, "layouts",
                            json_pack("{s:I, s:s}", "links", (json_int_t)plan->layouts, "linker",
                                      plan->linker));
    json_object_set_new(object, "metrics", metric_table(plan->reported, plan->reported_count));
    json_object_set_new(object, "rules", rules_to_json(&plan->rules));
    json_object_set_new(object, "arms", arms_to_json(plan));
    json_object_set_new(object, "workloads", workloads_to_json(plan));
    json_object_set_new(object, "cells", cells_to_json(plan));
    json_object_set_new(object, "comparisons", comparisons_to_json(plan));
    json_object_set_new(object, "interactions", interactions_to_json(plan));
    json_object_set_new(object, "published", published_to_json(plan));
    if (plan->shown_count > 0)
        json_object_set_new(object, "presentation", presentation_to_json(plan));
    if (plan->left_out_count > 0)
        json_object_set_new(object, "left_out", left_out_to_json(plan));
    if (plan->gate.metric_count > 0)
        json_object_set_new(object, "gate", gate_to_json(&plan->gate));
    json_t *const portable = portable_json(object);
    json_decref(object);
    return portable;
}

bool plan_write(struct plan const *plan, char const *directory)
{
    json_t *const object = plan_to_json(plan);

    if (object == NULL || json_array_size(json_object_get(object, "arms")) != plan->arm_count) {
        json_decref(object);
        complain("experiments are written in UTF-8",
                 "%s/plan.json: a text of the plan is not valid UTF-8", directory);
        return false;
    }
    bool const written = durable_write_json(directory, "plan.json", object);
    json_decref(object);
    return written;
}

