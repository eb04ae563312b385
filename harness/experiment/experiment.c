/* experiment.c -- the schema of an experiment's YAML file.
 *
 * SPDX-License-Identifier: MIT */
#include "experiment/experiment.h"

#define OPTIONAL (CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL)
#define STRING(flags, structure, member)                                                           \
    CYAML_FIELD_STRING_PTR(#member, flags, structure, member, 0, CYAML_UNLIMITED)
#define LIST(structure, member, entry)                                                             \
    CYAML_FIELD_SEQUENCE(#member, OPTIONAL, structure, member, entry, 0, CYAML_UNLIMITED)

static cyaml_strval_t const starts[] = {{"cold", START_COLD}, {"warm", START_WARM}};
static cyaml_strval_t const yes_or_no[] = {
    {"yes", IN_QUICK_YES},
    {"no", IN_QUICK_NO},
    {"true", IN_QUICK_YES},
    {"false", IN_QUICK_NO},
};

static cyaml_schema_value_t const words = {
    CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char, 0, CYAML_UNLIMITED),
};

static cyaml_schema_field_t const workload_fields[] = {
    STRING(CYAML_FLAG_POINTER, struct experiment_workload, run),
    CYAML_FIELD_ENUM("start", CYAML_FLAG_OPTIONAL | CYAML_FLAG_STRICT, struct experiment_workload,
                     start, starts, CYAML_ARRAY_LEN(starts)),
    STRING(OPTIONAL, struct experiment_workload, warmup),
    LIST(struct experiment_workload, serves, &words),
    CYAML_FIELD_ENUM("quick", CYAML_FLAG_OPTIONAL | CYAML_FLAG_STRICT, struct experiment_workload,
                     quick, yes_or_no, CYAML_ARRAY_LEN(yes_or_no)),
    CYAML_FIELD_END,
};

static cyaml_schema_field_t const published_fields[] = {
    STRING(CYAML_FLAG_POINTER, struct experiment_published, where),
    STRING(CYAML_FLAG_POINTER, struct experiment_published, arm),
    STRING(OPTIONAL, struct experiment_published, against),
    STRING(CYAML_FLAG_POINTER, struct experiment_published, metric),
    STRING(CYAML_FLAG_POINTER, struct experiment_published, value),
    CYAML_FIELD_END,
};

static cyaml_schema_field_t const stop_fields[] = {
    STRING(OPTIONAL, struct experiment_stop, blocks_max),
    STRING(OPTIONAL, struct experiment_stop, half_width),
    STRING(OPTIONAL, struct experiment_stop, seconds_max),
    CYAML_FIELD_END,
};

static cyaml_schema_field_t const gate_fields[] = {
    LIST(struct experiment_gate, decides, &words),
    LIST(struct experiment_gate, reports, &words),
    STRING(OPTIONAL, struct experiment_gate, alpha_fail),
    STRING(OPTIONAL, struct experiment_gate, alpha_pass),
    CYAML_FIELD_END,
};

static cyaml_schema_value_t const workload_value = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct experiment_workload, workload_fields),
};
static cyaml_schema_value_t const published_value = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct experiment_published, published_fields),
};

static cyaml_schema_field_t const experiment_fields[] = {
    STRING(CYAML_FLAG_POINTER, struct experiment, question),
    STRING(OPTIONAL, struct experiment, expects),
    STRING(CYAML_FLAG_POINTER, struct experiment, baseline),
    LIST(struct experiment, arms, &words),
    LIST(struct experiment, workloads, &workload_value),
    LIST(struct experiment, events, &words),
    LIST(struct experiment, compare, &words),
    LIST(struct experiment, interactions, &words),
    LIST(struct experiment, published, &published_value),
    CYAML_FIELD_MAPPING_PTR("stop", OPTIONAL, struct experiment, stop, stop_fields),
    CYAML_FIELD_MAPPING_PTR("quick", OPTIONAL, struct experiment, quick, stop_fields),
    CYAML_FIELD_MAPPING_PTR("gate", OPTIONAL, struct experiment, gate, gate_fields),
    STRING(OPTIONAL, struct experiment, margin),
    STRING(OPTIONAL, struct experiment, alpha),
    STRING(OPTIONAL, struct experiment, seed),
    CYAML_FIELD_END,
};

static cyaml_schema_value_t const experiment_value = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct experiment, experiment_fields),
};

struct yaml_file *experiment_open(char const *path)
{
    return yaml_file_open(path, &experiment_value);
}

struct yaml_file *experiment_of_text(char const *name, char const *text)
{
    return yaml_file_of_text(name, text, &experiment_value);
}
