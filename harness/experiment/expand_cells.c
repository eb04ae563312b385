/* expand_cells.c -- cells: every workload on every point of its axes.
 *
 *   run: fixed_random size=256,512 slots=400,4096
 *   -> size=256 slots=400, size=256 slots=4096, size=512 slots=400, size=512 slots=4096
 *
 * SPDX-License-Identifier: MIT */
#include "catalogue/catalogue.h"
#include "experiment/expansion.h"

#include "base/text.h"
#include "catalogue/workload_description.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* One name with its values, in the order in which they are written. */
struct axis {
    char *name;
    uint64_t *values; /* 0 of what is no number */
    char **words;     /* the values as they are written */
    size_t count;
    bool is_text;
    bool is_file; /* a text that is a path */
};

/* One entry of `workloads`, read. */
struct entry {
    struct expansion const *expansion;
    size_t index;
    char *place; /* "workloads/<index>/run" */
    char *workload; /* as it is written: its name, or its path */
    size_t threads; /* where no axis says: the workload's default; 1 of one without threads */
    struct cell reporter; /* only what the workload reports */
    struct axis *axes;
    size_t axis_count;
};

static struct arena *arena_of(struct entry const *entry)
{
    return &entry->expansion->plan->arena;
}

static char const operations_name[] = "operations";
static char const warmup_name[] = "warmup";

static char const threads_name[] = "threads";

static void take_values(struct entry const *entry, char const *values, struct axis *axis)
{
    do {
        size_t const length = strcspn(values, ",");
        char *const word = arena_format(arena_of(entry), "%.*s", (int)length, values);
        axis->values = arena_room_for_one(arena_of(entry), axis->values, axis->count,
                                          sizeof *axis->values);
        axis->words = arena_room_for_one(arena_of(entry), axis->words, axis->count,
                                         sizeof *axis->words);
        if (!text_to_number(word, &axis->values[axis->count]))
            axis->values[axis->count] = 0;
        axis->words[axis->count++] = word;
        values += length;
    } while (*values++ == ',');
}

static bool take_axis(struct entry *entry, char const *word)
{
    struct yaml_file const *const file = entry->expansion->file;
    size_t const length = strcspn(word, "=");

    if (word[length] != '=' || length == 0) {
        yaml_file_complain(file, entry->place, "WORKLOAD name=number ...",
                           "'%s' is not name=number", word);
        return false;
    }
    entry->axes = arena_room_for_one(arena_of(entry), entry->axes, entry->axis_count,
                                     sizeof *entry->axes);
    struct axis *const axis = &entry->axes[entry->axis_count++];
    axis->name = arena_format(arena_of(entry), "%.*s", (int)length, word);
    for (size_t i = 0; i + 1 < entry->axis_count; i++)
        if (text_equal(entry->axes[i].name, axis->name)) {
            yaml_file_complain(file, entry->place, "one list of values: size=256,512",
                               "parameter '%s' is there twice", axis->name);
            return false;
        }
    take_values(entry, word + length + 1, axis);
    return true;
}

/* Finds what the axis is of, and whether that is a text. */
static bool is_parameter(struct workload_description const *description, struct axis *axis)
{
    for (size_t i = 0; i < description->parameter_count; i++) {
        struct workload_parameter const *const parameter = &description->parameters[i];
        if (!text_equal(parameter->name, axis->name))
            continue;
        axis->is_text = parameter->default_text != NULL;
        axis->is_file = axis->is_text && text_equal(parameter->unit, "file");
        return true;
    }
    return text_equal(axis->name, operations_name) || text_equal(axis->name, warmup_name);
}

static bool has_good_values(struct entry const *entry, struct axis const *axis)
{
    uint64_t number;

    for (size_t i = 0; !axis->is_text && i < axis->count; i++)
        if (!text_to_number(axis->words[i], &number)) {
            yaml_file_complain(entry->expansion->file, entry->place,
                               "digits, or a list of them: size=256,512",
                               "%s: '%s' is not a number", axis->name, axis->words[i]);
            return false;
        }
    return true;
}

static char *parameter_names(struct workload_description const *description)
{
    char *text = text_copy("one of ");

    for (size_t i = 0; i < description->parameter_count; i++)
        text_append(&text, "%s, ", description->parameters[i].name);
    text_append(&text, "%s, %s", operations_name, warmup_name);
    return text;
}

static size_t default_threads(struct workload_description const *description)
{
    for (size_t i = 0; i < description->parameter_count; i++)
        if (text_equal(description->parameters[i].name, threads_name))
            return description->parameters[i].default_value;
    return 1;
}

static bool check_parameters(struct entry *entry)
{
    struct yaml_file const *const file = entry->expansion->file;
    char *why = NULL;
    struct workload_description *const description = catalogue_workload_describe(entry->workload,
                                                                                 &why);
    bool known = description != NULL;

    if (description == NULL) {
        char *const hint = catalogue_workload_remedy(entry->workload);
        yaml_file_complain(file, entry->place, hint, "%s", why);
        free(hint);
    }
    for (size_t i = 0; known && i < entry->axis_count; i++) {
        known = is_parameter(description, &entry->axes[i]);
        if (known && !has_good_values(entry, &entry->axes[i])) {
            known = false;
        } else if (!known) {
            char *const hint = parameter_names(description);
            yaml_file_complain(file, entry->place, hint, "%s has no parameter '%s'",
                               entry->workload, entry->axes[i].name);
            free(hint);
        }
    }
    entry->threads = description != NULL ? default_threads(description) : 1;
    known = known &&
            expand_reported(entry->expansion, entry->place, description, &entry->reporter);
    catalogue_workload_free(description);
    free(why);
    return known;
}

static bool check_workload(struct entry const *entry)
{
    char *const path = catalogue_workload_path(entry->workload);
    bool const known = path != NULL || strchr(entry->workload, '/') != NULL;

    if (!known) {
        struct words names = catalogue_workloads();
        yaml_file_complain(entry->expansion->file, entry->place,
                           names.count > 0 ? "slablab list workloads" : "make workloads",
                           "unknown workload '%s'", entry->workload);
        words_free(&names);
    }
    free(path);
    return known;
}

/* The key `warmup:` is the axis warmup= with one value. */
static bool take_warmup(struct entry *entry, char const *warmup)
{
    return take_axis(entry, arena_format(arena_of(entry), "%s=%s", warmup_name, warmup));
}

static bool take_entry(struct entry *entry, struct experiment_workload const *written)
{
    struct words words = words_of(written->run != NULL ? written->run : "");
    bool taken = words.count > 0;

    if (!taken)
        yaml_file_complain(entry->expansion->file, entry->place, "slablab list workloads",
                           "a workload's name is missing");
    else
        entry->workload = arena_text(arena_of(entry), words.word[0]);
    taken = taken && check_workload(entry);
    for (size_t i = 1; taken && i < words.count; i++)
        taken = take_axis(entry, words.word[i]);
    if (taken && written->warmup != NULL)
        taken = take_warmup(entry, written->warmup);
    words_free(&words);
    return taken && check_parameters(entry);
}

/* Stores one value in the cell; false for `operations=0` and for a warm-up with a cold start. */
static bool set_parameter(struct entry const *entry, struct cell *cell, char const *name,
                          uint64_t value)
{
    struct yaml_file const *const file = entry->expansion->file;

    if (text_equal(name, operations_name)) {
        cell->operations = value;
        if (value == 0)
            yaml_file_complain(file, entry->place, "leave it out to have it calibrated",
                               "operations=0 measures nothing");
        return value != 0;
    }
    if (text_equal(name, warmup_name)) {
        cell->warmup_operations = value;
        if (value == 0 || !cell->warm)
            yaml_file_complain(
                file, entry->place, "start: warm, with a warmup of 1 or more; or neither", "%s",
                cell->warm ? "a warm start has a warm-up" : "a cold start has no warm-up");
        return value != 0 && cell->warm;
    }
    cell->parameters = arena_room_for_one(arena_of(entry), cell->parameters, cell->parameter_count,
                                          sizeof *cell->parameters);
    cell->parameters[cell->parameter_count++] =
        (struct parameter){.name = arena_text(arena_of(entry), name), .value = value};
    return true;
}

static char *cell_id(struct cell const *cell)
{
    char *id = text_copy(cell->workload);

    for (size_t i = 0; i < cell->parameter_count; i++) {
        char *const word = plan_parameter_word(&cell->parameters[i], true);
        text_append(&id, " %s", word);
        free(word);
    }
    if (cell->operations != 0)
        text_append(&id, " %s=%" PRIu64, operations_name, cell->operations);
    if (cell->warmup_operations != 0)
        text_append(&id, " %s=%" PRIu64, warmup_name, cell->warmup_operations);
    text_append(&id, cell->warm ? " warm" : " cold");
    return id;
}

static bool is_new_cell(struct entry const *entry, struct cell const *cell)
{
    struct plan const *const plan = entry->expansion->plan;

    for (size_t i = 0; &plan->cells[i] < cell; i++)
        if (text_equal(plan->cells[i].id, cell->id)) {
            yaml_file_complain(entry->expansion->file, entry->place, "each cell once",
                               "cell '%s' is there already", cell->id);
            return false;
        }
    return true;
}

/* Would the workload take these numbers? */
static bool is_runnable(struct entry const *entry, struct cell const *cell)
{
    struct words assignments = {0};

    for (size_t i = 0; i < cell->parameter_count; i++) {
        char *const word = plan_parameter_word(&cell->parameters[i], false);
        words_add(&assignments, word);
        free(word);
    }
    char *const fault = catalogue_workload_fault(entry->workload, &assignments);
    if (fault != NULL) {
        bool const by_path = strchr(entry->workload, '/') != NULL;
        char *const hint =
            text_format("%s%s --help", by_path ? "" : "build/workloads/", entry->workload);
        yaml_file_complain(entry->expansion->file, entry->place, hint, "%s: %s", cell->workload,
                           fault);
        free(hint);
    }
    words_free(&assignments);
    free(fault);
    return fault == NULL;
}

static size_t threads_of(struct entry const *entry, struct cell const *cell)
{
    for (size_t i = 0; i < cell->parameter_count; i++)
        if (text_equal(cell->parameters[i].name, threads_name))
            return cell->parameters[i].value;
    return entry->threads;
}

/* The point-th cell of an entry: the last axis varies fastest, like the digits of a number. */
static bool add_cell(struct entry const *entry, size_t point)
{
    struct plan *const plan = entry->expansion->plan;
    size_t points_left = 1;

    for (size_t i = 0; i < entry->axis_count; i++)
        points_left *= entry->axes[i].count;
    plan->cells =
        arena_room_for_one(&plan->arena, plan->cells, plan->cell_count, sizeof *plan->cells);
    struct cell *const cell = &plan->cells[plan->cell_count++];
    cell->workload = arena_text(&plan->arena, catalogue_workload_name(entry->workload));
    cell->executable = arena_keep(&plan->arena, catalogue_workload_path(entry->workload));
    cell->warm = entry->expansion->experiment->workloads[entry->index].start == START_WARM;
    for (size_t i = 0; i < entry->axis_count; i++) {
        points_left /= entry->axes[i].count;
        struct axis const *const axis = &entry->axes[i];
        size_t const place = point / points_left % axis->count;
        bool const set =
            axis->is_text ? expand_text(entry->expansion, entry->place, axis->words[place],
                                        axis->is_file, axis->name, cell)
                          : set_parameter(entry, cell, axis->name, axis->values[place]);
        if (!set)
            return false;
    }
    cell->threads = threads_of(entry, cell);
    cell->reported = entry->reporter.reported;
    cell->reported_count = entry->reporter.reported_count;
    cell->id = arena_keep(&plan->arena, cell_id(cell));
    return is_new_cell(entry, cell) && is_runnable(entry, cell) &&
           expand_serves(entry->expansion, entry->index, cell);
}

static bool add_cells(struct entry const *entry, bool **left_out)
{
    enum { CELLS_MAX = 4096 };
    struct plan const *const plan = entry->expansion->plan;
    size_t points = 1;

    for (size_t i = 0; i < entry->axis_count && points <= CELLS_MAX; i++)
        points *= entry->axes[i].count;
    if (plan->cell_count + points > CELLS_MAX) {
        yaml_file_complain(entry->expansion->file, entry->place, "fewer values, or two experiments",
                           "more than %d cells", CELLS_MAX);
        return false;
    }
    for (size_t point = 0; point < points; point++) {
        *left_out =
            arena_room_for_one(arena_of(entry), *left_out, plan->cell_count, sizeof **left_out);
        (*left_out)[plan->cell_count] = entry->expansion->experiment->workloads[entry->index].quick
            == IN_QUICK_NO;
        if (!add_cell(entry, point))
            return false;
    }
    return true;
}

static bool add_entry(struct expansion const *expansion, size_t index, bool **left_out)
{
    struct experiment_workload const *const written = &expansion->experiment->workloads[index];
    struct plan *const plan = expansion->plan;
    struct entry entry = {
        .expansion = expansion,
        .index = index,
        .place = arena_format(&plan->arena, "workloads/%zu/run", index),
    };

    if (!expand_is_program(expansion, index))
        return take_entry(&entry, written) && add_cells(&entry, left_out);
    *left_out = arena_room_for_one(&plan->arena, *left_out, plan->cell_count, sizeof **left_out);
    (*left_out)[plan->cell_count] = written->quick == IN_QUICK_NO;
    return expand_program(expansion, index);
}

bool expand_cells(struct expansion const *expansion, bool **left_out)
{
    struct experiment const *const experiment = expansion->experiment;
    bool expanded = experiment->workloads_count > 0;

    if (!expanded)
        yaml_file_complain(expansion->file, "workloads", "slablab list workloads",
                           "an experiment needs a workload");
    for (size_t i = 0; expanded && i < experiment->workloads_count; i++) {
        size_t const first = expansion->plan->cell_count;
        expanded = add_entry(expansion, i, left_out) && expand_thp(expansion, i, first, left_out);
    }
    if (expanded && expansion->plan->cell_count == 0) {
        yaml_file_complain(expansion->file, "workloads", "what the notes above say",
                           "no cell is left that could be measured");
        expanded = false;
    }
    return expanded && expand_cpus(expansion);
}
