/* expansion.c -- an experiment's file turned into a plan.
 *
 * SPDX-License-Identifier: MIT */
#include "experiment/expansion.h"

#include "base/complain.h"
#include "base/memory.h"
#include "base/text.h"
#include "experiment/experiment_words.h"
#include "machine/event_names.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

enum { BLOCKS_MAX_DEFAULT = 200 };
static double const alpha_default = 0.05;
static double const alpha_control_default = 0.01;
static double const margin_default = 0.02;

/* "experiments/phase17.yaml" is phase17. */
static char *experiment_name(struct arena *arena, char const *path)
{
    char const *const slash = strrchr(path, '/');
    char const *const name = slash != NULL ? slash + 1 : path;
    char const *const dot = strrchr(name, '.');

    size_t const length = dot != NULL && dot != name ? (size_t)(dot - name) : strlen(name);

    return arena_format(arena, "%.*s", (int)length, name);
}

/* The name is a folder of results/: neither that folder, nor the one above, nor hidden. */
static bool is_folder_name(struct yaml_file const *file, char const *name)
{
    bool good = *name != '.' && *name != '\0' && !text_equal(name, "history");

    for (char const *letter = name; *letter != '\0'; letter++)
        good = good && (unsigned char)*letter >= ' ' && *letter != 0x7f;
    if (!good)
        yaml_file_complain(file, "question", "a file name like experiments/mine.yaml",
                           "'%s' is no name for a folder of runs", name);
    return good;
}

static bool take_blocks(struct expansion const *expansion, char const *place, char const *text,
                        uint64_t *blocks)
{
    if (text == NULL || (text_to_number(text, blocks) && *blocks > 0))
        return true;
    yaml_file_complain(expansion->file, place,
                       arena_format(&expansion->plan->arena,
                                    "%" PRIu64 " blocks are the fewest that give an interval",
                                    expansion->plan->rules.blocks_min),
                       "'%s' is not a number of blocks", text);
    return false;
}

/* A real number from 0 up or, where `open` says so, between 0 and 1 without either. */
static bool take_real(struct yaml_file const *file, char const *place, char const *text, bool open,
                      double *real)
{
    char const *const slash = strrchr(place, '/');
    char *end = NULL;

    if (text == NULL)
        return true;
    double const value = strtod(text, &end);
    bool const inside = open ? value > 0 && value < 1 : value >= 0;
    if (end != text && *end == '\0' && isfinite(value) && inside) {
        *real = value;
        return true;
    }
    yaml_file_complain(file, place, open ? "0.05" : "0 for no limit", "%s: '%s' is not a number %s",
                       slash != NULL ? slash + 1 : place, text,
                       open ? "between 0 and 1" : "from 0 up");
    return false;
}

/* Applies one of the two forms to the plan so far. */
static bool take_stop(struct expansion const *expansion, char const *key,
                      struct experiment_stop const *written, struct stop *stop)
{
    struct arena *const arena = &expansion->plan->arena;

    return written == NULL
        || (take_blocks(expansion, arena_format(arena, "%s/blocks_max", key), written->blocks_max,
                        &stop->blocks_max)
            && expansion_take_ratio(expansion->file, arena_format(arena, "%s/half_width", key),
                                    written->half_width, &stop->half_width)
            && take_real(expansion->file, arena_format(arena, "%s/seconds_max", key),
                         written->seconds_max, false, &stop->seconds_max));
}

static uint64_t draw_seed(void)
{
    uint64_t seed = 0;

    while (getrandom(&seed, sizeof seed, 0) != sizeof seed)
        if (errno != EINTR)
            break;
    return seed >> 1 != 0 ? seed >> 1 : 1; /* JSON's integers end at 2^63 - 1 */
}

static bool take_seed(struct expansion const *expansion, uint64_t asked)
{
    char const *const written = expansion->experiment->seed;
    uint64_t seed = 0;

    if (written != NULL && (!text_to_number(written, &seed) || seed == 0)) {
        yaml_file_complain(expansion->file, "seed", "a number from 1 up, or none to have one drawn",
                           "'%s' is not a seed", written);
        return false;
    }
    expansion->plan->seed = asked != 0 ? asked : seed != 0 ? seed : draw_seed();
    return true;
}

/* The quick form is the full one with the overrides of `quick`. An error in either is an error of
 * the experiment. */
static bool take_scalars(struct expansion const *expansion, uint64_t seed)
{
    struct experiment const *const experiment = expansion->experiment;
    struct yaml_file const *const file = expansion->file;
    struct plan *const plan = expansion->plan;
    struct stop quick = {0};

    plan->question = arena_text(&plan->arena, experiment->question);
    plan->expects =
        arena_text(&plan->arena, experiment->expects != NULL ? experiment->expects : "");
    plan->form = arena_text(&plan->arena, expansion->base != NULL ? "gate"
                                          : expansion->quick      ? "quick"
                                                                  : "full");
    plan->alpha = alpha_default;
    plan->alpha_control = alpha_control_default;
    plan->margin = margin_default;
    plan->rules = rules_default;
    plan->stop.blocks_max = BLOCKS_MAX_DEFAULT;
    plan->stop.seconds_in_all = (double)expansion->seconds;
    if (*plan->question == '\0') {
        yaml_file_complain(file, "question", "a sentence that ends in a question mark",
                           "the question is empty");
        return false;
    }
    return take_seed(expansion, seed)
        && expansion_take_ratio(file, "margin", experiment->margin, &plan->margin)
        && take_real(file, "alpha", experiment->alpha, true, &plan->alpha)
        && take_stop(expansion, "stop", experiment->stop, &plan->stop)
        && take_stop(expansion, "quick", experiment->quick,
                     expansion->quick ? &plan->stop : &quick);
}

static bool expand_events(struct expansion const *expansion)
{
    struct experiment const *const experiment = expansion->experiment;

    for (size_t i = 0; i < event_names_default_count; i++)
        expansion_add_event(expansion->plan, event_names_default[i]);
    for (size_t i = 0; i < experiment->events_count; i++) {
        char *const fault = event_name_fault(experiment->events[i]);
        if (fault != NULL) {
            yaml_file_complain(expansion->file,
                               arena_format(&expansion->plan->arena, "events/%zu", i),
                               "slablab list events", "unknown event '%s': %s",
                               experiment->events[i], fault);
            free(fault);
            return false;
        }
        expansion_add_event(expansion->plan, experiment->events[i]);
    }
    return true;
}

static bool leave_out(struct expansion const *expansion, bool const *left_out)
{
    struct plan *const plan = expansion->plan;
    size_t kept = 0;

    for (size_t i = 0; i < plan->cell_count; i++)
        if (!left_out[i])
            plan->cells[kept++] = plan->cells[i];
    plan->cell_count = kept;
    if (kept == 0)
        yaml_file_complain(expansion->file, "workloads", "quick: yes for one of them",
                           "the quick form has no workload left");
    return kept > 0;
}

static bool expand(struct expansion const *expansion, uint64_t seed)
{
    bool *left_out = NULL;
    bool const expanded = take_scalars(expansion, seed) && expand_arms(expansion)
        && expand_layouts(expansion)
        && expand_events(expansion) && expand_cells(expansion, &left_out)
        && expand_gate(expansion) && expand_references(expansion)
        && expand_shown(expansion)
        && (!expansion->quick || leave_out(expansion, left_out));

    return expanded;
}

struct plan *expansion_plan(struct expansion expansion, char const *text, uint64_t seed)
{
    struct plan *const plan = memory_zeroed(1, sizeof *plan);

    expansion.plan = plan;
    plan->experiment = experiment_name(&plan->arena, yaml_file_path(expansion.file));
    plan->experiment_text = arena_text(&plan->arena, text);
    if (is_folder_name(expansion.file, plan->experiment) && expand(&expansion, seed)) {
        plan->hash = arena_keep(&plan->arena, plan_hash(plan));
        return plan;
    }
    plan_free(plan);
    return NULL;
}

struct plan *plan_from_experiment(char const *path, bool quick, uint64_t seed)
{
    struct yaml_file *const file = experiment_open(path);

    if (file == NULL)
        return NULL;
    struct expansion const asked = {
        .file = file, .experiment = yaml_file_data(file), .quick = quick};
    struct plan *const plan = expansion_plan(asked, yaml_file_text(file), seed);
    yaml_file_close(file);
    return plan;
}

struct plan *plan_for_gate(struct yaml_file const *experiment, struct plan_side const *base,
                           struct plan_side const *head, uint64_t seconds, uint64_t seed)
{
    struct expansion const asked = {.file = experiment,
                                    .experiment = yaml_file_data(experiment),
                                    .base = base,
                                    .head = head,
                                    .seconds = seconds};

    return expansion_plan(asked, yaml_file_text(experiment), seed);
}
