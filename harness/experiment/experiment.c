/* experiment.c -- the shape of an experiment's YAML file.
 *
 * SPDX-License-Identifier: MIT */
#include "experiment/experiment.h"

#include "catalogue/catalogue.h"

#include <stdlib.h>

#define TEXT(structure, member) {#member, FIELD_TEXT, .offset = offsetof(struct structure, member)}
#define NEEDED(structure, member)                                                                  \
    {#member, FIELD_TEXT, .needed = true, .offset = offsetof(struct structure, member)}
#define CHOICE(structure, member, words)                                                           \
    {#member, FIELD_CHOICE, .offset = offsetof(struct structure, member), .choices = (words)}
#define TEXTS(structure, member)                                                                   \
    {#member, FIELD_TEXTS, .offset = offsetof(struct structure, member),                           \
     .count_offset = offsetof(struct structure, member##_count)}
#define MAPPING(structure, member, inner)                                                          \
    {#member, FIELD_MAPPING, .offset = offsetof(struct structure, member), .shape = (inner)}
#define MAPPINGS(structure, member, inner)                                                         \
    {#member, FIELD_MAPPINGS, .offset = offsetof(struct structure, member),                        \
     .count_offset = offsetof(struct structure, member##_count), .shape = (inner)}

static struct yaml_choice const starts[] = {
    {"cold", START_COLD}, {"warm", START_WARM}, {.word = NULL}};
static struct yaml_choice const yes_or_no[] = {{"yes", IN_QUICK_YES},
                                               {"no", IN_QUICK_NO},
                                               {"true", IN_QUICK_YES},
                                               {"false", IN_QUICK_NO},
                                               {.word = NULL}};

static struct yaml_choice const hides[] = {
    {"true", HIDE_YES}, {"false", HIDE_NO}, {"yes", HIDE_YES}, {"no", HIDE_NO}, {.word = NULL}};

static struct yaml_choice const preloads[] = {
    {"server", PRELOAD_SERVER}, {"both", PRELOAD_BOTH}, {.word = NULL}};

/* Of a program, which is all of its file and a part of a workload. */
#define AT(base, member) ((base) + offsetof(struct experiment_program, member))
#define PROGRAM_TEXT(base, member) {#member, FIELD_TEXT, .offset = AT(base, member)}
#define PROGRAM_TEXTS(base, member)                                                                \
    {#member, FIELD_TEXTS, .offset = AT(base, member), .count_offset = AT(base, member##_count)}
#define PROGRAM_FIELDS(base)                                                                       \
    PROGRAM_TEXTS(base, program), PROGRAM_TEXTS(base, server), PROGRAM_TEXTS(base, client),        \
        PROGRAM_TEXT(base, executable), PROGRAM_TEXT(base, name), PROGRAM_TEXT(base, models),      \
        PROGRAM_TEXT(base, package), PROGRAM_TEXTS(base, inputs), PROGRAM_TEXTS(base, make),       \
        {"stdin", FIELD_TEXT, .offset = AT(base, standard_input)},                                 \
        PROGRAM_TEXTS(base, environment), PROGRAM_TEXT(base, output), PROGRAM_TEXT(base, timeout), \
        PROGRAM_TEXT(base, ready), PROGRAM_TEXT(base, cpus),                                       \
        {"preload", FIELD_CHOICE, .offset = AT(base, preload), .choices = preloads}

static struct yaml_field const program_fields[] = {PROGRAM_FIELDS(0), {.key = NULL}};
static struct yaml_shape const program = {sizeof(struct experiment_program), program_fields};

static struct yaml_field const workload_fields[] = {
    TEXT(experiment_workload, run),
    CHOICE(experiment_workload, start, starts),
    TEXT(experiment_workload, warmup),
    TEXTS(experiment_workload, serves),
    CHOICE(experiment_workload, quick, yes_or_no),
    TEXTS(experiment_workload, thp),
    PROGRAM_FIELDS(offsetof(struct experiment_workload, program)),
    {.key = NULL},
};
static struct yaml_shape const workload = {sizeof(struct experiment_workload), workload_fields};

static struct yaml_field const published_fields[] = {
    NEEDED(experiment_published, where),  NEEDED(experiment_published, arm),
    TEXT(experiment_published, against),  NEEDED(experiment_published, metric),
    NEEDED(experiment_published, value), {.key = NULL},
};
static struct yaml_shape const published = {sizeof(struct experiment_published), published_fields};

static struct yaml_field const shown_fields[] = {
    NEEDED(experiment_shown, arm),
    TEXT(experiment_shown, label),
    TEXT(experiment_shown, colour),
    TEXT(experiment_shown, order),
    CHOICE(experiment_shown, hide, hides),
    {.key = NULL},
};
static struct yaml_shape const shown = {sizeof(struct experiment_shown), shown_fields};

static struct yaml_field const stop_fields[] = {
    TEXT(experiment_stop, blocks_max),
    TEXT(experiment_stop, half_width),
    TEXT(experiment_stop, seconds_max),
    {.key = NULL},
};
static struct yaml_shape const stop = {sizeof(struct experiment_stop), stop_fields};

static struct yaml_field const gate_fields[] = {
    TEXTS(experiment_gate, decides),
    TEXTS(experiment_gate, reports),
    TEXTS(experiment_gate, without),
    TEXT(experiment_gate, alpha_fail),
    TEXT(experiment_gate, alpha_pass),
    TEXT(experiment_gate, artifact),
    {.key = NULL},
};
static struct yaml_shape const gate = {sizeof(struct experiment_gate), gate_fields};

static struct yaml_field const experiment_fields[] = {
    NEEDED(experiment, question),
    TEXT(experiment, expects),
    NEEDED(experiment, baseline),
    TEXTS(experiment, arms),
    MAPPINGS(experiment, workloads, &workload),
    TEXTS(experiment, events),
    TEXTS(experiment, compare),
    TEXTS(experiment, interactions),
    MAPPINGS(experiment, published, &published),
    MAPPINGS(experiment, shown, &shown),
    MAPPING(experiment, stop, &stop),
    MAPPING(experiment, quick, &stop),
    MAPPING(experiment, gate, &gate),
    TEXT(experiment, cpus),
    TEXT(experiment, layouts),
    TEXT(experiment, margin),
    TEXT(experiment, alpha),
    TEXT(experiment, seed),
    {.key = NULL},
};
static struct yaml_shape const experiment = {sizeof(struct experiment), experiment_fields};

struct yaml_file *experiment_open(char const *path)
{
    char *const file = catalogue_experiment_path(path);
    struct yaml_file *const opened = yaml_file_open(file, &experiment, false);

    free(file);
    return opened;
}

struct yaml_file *experiment_program_open(char const *path)
{
    return yaml_file_open(path, &program, false);
}
