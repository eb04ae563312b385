/* list.c -- slablab list: what can be run and counted.
 *
 * SPDX-License-Identifier: MIT */
#include "base/complain.h"
#include "base/text.h"
#include "base/wrapped.h"
#include "catalogue/catalogue.h"
#include "catalogue/constants.h"
#include "catalogue/peers.h"
#include "catalogue/project.h"
#include "catalogue/workload_description.h"
#include "command/commands.h"
#include "experiment/experiment.h"
#include "experiment/metric.h"
#include "experiment/program.h"
#include "machine/event_names.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { NAME_WIDTH = 20 };

/* A phase's constants as an arm has them (+batch=16); their names and meanings are put into
 * explained, one after the other, where they are not in it. */
static void list_constants(char const *object, struct words *explained)
{
    struct constants constants = constants_of(object);
    char *text = text_copy("");

    for (size_t i = 0; i < constants.count; i++) {
        struct constant const *const constant = &constants.constant[i];
        char *const standard = constant_standard(constant);
        char *const meaning = constant_meaning(constant);
        for (char *at = strstr(standard, ", "); at != NULL; at = strstr(at, ", ")) {
            *at = '/'; /* values of what is set together */
            memmove(at + 1, at + 2, strlen(at + 2) + 1);
        }
        text_append(&text, "%s+%s=%s", i > 0 ? " " : "", constant->name, standard);
        if (!words_hold(explained, meaning)) {
            words_add(explained, constant->name);
            words_add(explained, meaning);
        }
        free(meaning);
        free(standard);
    }
    if (constants.count > 0)
        wrapped_print(stdout, NAME_WIDTH, "", text);
    free(text);
    constants_free(&constants);
}

static void list_allocator(char const *name, struct words *explained)
{
    struct allocator allocator;

    catalogue_allocator(name, &allocator);
    char *text = text_copy("");
    if (allocator.problem != NULL)
        text_append(&text, "cannot run: %s; try: %s", allocator.problem, allocator.remedy);
    else if (allocator.kind == ALLOCATOR_PEER)
        text_append(&text, "peer, %s%s%s",
                    allocator.package != NULL ? allocator.package : allocator.object,
                    allocator.version != NULL ? " " : "",
                    allocator.version != NULL ? allocator.version : "");
    else
        text_append(&text, "phase, build-id %.12s", allocator.build_id);
    wrapped_print(stdout, NAME_WIDTH, name, text);
    if (allocator.kind == ALLOCATOR_PHASE && allocator.object != NULL)
        list_constants(allocator.object, explained);
    free(text);
    catalogue_allocator_free(&allocator);
}

static void list_allocators(void)
{
    struct words phases = catalogue_phases();
    struct words peers = peers_names();
    struct words explained = {0};

    for (size_t i = 0; i < phases.count; i++)
        list_allocator(phases.word[i], &explained);
    for (size_t i = 0; i < peers.count; i++)
        list_allocator(peers.word[i], &explained);
    wrapped_print(stdout, NAME_WIDTH, "(a path)", "any shared object that holds malloc");
    puts("\nconstants of phases (an arm with another one: ss-reuse+drain=64):");
    for (size_t i = 0; i < explained.count; i += 2) {
        char *const label = text_format("+%s", explained.word[i]);
        wrapped_print(stdout, NAME_WIDTH, label, explained.word[i + 1]);
        free(label);
    }
    words_free(&explained);
    words_free(&peers);
    words_free(&phases);
}

static void list_workload(char const *name)
{
    char *why = NULL;
    struct workload_description *const description = catalogue_workload_describe(name, &why);

    wrapped_print(stdout, NAME_WIDTH, name, description != NULL ? description->models : why);
    for (size_t i = 0; description != NULL && i < description->parameter_count; i++) {
        struct workload_parameter const *const parameter = &description->parameters[i];
        char *const label =
            parameter->default_text != NULL
                ? text_format("  %s=%s", parameter->name, parameter->default_text)
                : text_format("  %s=%" PRIu64, parameter->name, parameter->default_value);
        char *const text =
            text_format("%s%s%s%s", parameter->meaning, *parameter->unit != '\0' ? " (" : "",
                        parameter->unit, *parameter->unit != '\0' ? ")" : "");
        wrapped_print(stdout, NAME_WIDTH, label, text);
        free(text);
        free(label);
    }
    for (size_t i = 0; description != NULL && i < description->measure_count; i++) {
        struct workload_measure const *const measure = &description->measures[i];
        char *const label = text_format("  -> %s", measure->name);
        char *const text = text_format("%s (%s)", measure->title, measure->unit);
        wrapped_print(stdout, NAME_WIDTH, label, text);
        free(text);
        free(label);
    }
    catalogue_workload_free(description);
    free(why);
}

static void list_workloads(void)
{
    struct words names = catalogue_workloads();

    if (names.count == 0)
        puts("(none is built: make workloads)");
    for (size_t i = 0; i < names.count; i++)
        list_workload(names.word[i]);
    if (names.count > 0)
        wrapped_print(stdout, NAME_WIDTH, "(each)",
                      "operations=N in the region (calibrated where it is not given), "
                      "warmup=N before it");
    words_free(&names);
}

static void list_program(char const *name)
{
    char *const path = program_file(name);
    struct yaml_file *const file = path != NULL ? experiment_program_open(path) : NULL;
    struct experiment_program const *const written = file != NULL ? yaml_file_data(file) : NULL;
    char *const missing = written != NULL ? program_missing(written) : NULL;

    if (missing != NULL) {
        char *const text = text_format("cannot run: %s", missing);
        wrapped_print(stdout, NAME_WIDTH, name, text);
        free(text);
    } else if (written != NULL) {
        wrapped_print(stdout, NAME_WIDTH, name, written->models != NULL ? written->models : "");
    }
    free(missing);
    yaml_file_close(file);
    free(path);
}

static void list_programs(void)
{
    struct words names = catalogue_programs();

    for (size_t i = 0; i < names.count; i++)
        list_program(names.word[i]);
    wrapped_print(stdout, NAME_WIDTH, "(others)",
                  "`program: [NAME, ARGUMENT]` in an experiment, or behind -- (docs/programs.md)");
    words_free(&names);
}

static void list_experiments(void)
{
    struct words names = catalogue_experiments();

    for (size_t i = 0; i < names.count; i++) {
        char *const path = catalogue_experiment_path(names.word[i]);
        struct yaml_file *const file = experiment_open(path);
        if (file != NULL)
            wrapped_print(stdout, NAME_WIDTH, names.word[i],
                          ((struct experiment const *)yaml_file_data(file))->question);
        yaml_file_close(file);
        free(path);
    }
    words_free(&names);
}

static void list_event(char const *name, char const *note)
{
    char *const absence = event_absence(name);
    char *const text = absence == NULL ? text_format("counts here%s", note)
                                       : text_format("absent here: %s", absence);

    wrapped_print(stdout, 26, name, text);
    free(text);
    free(absence);
}

static void list_events(void)
{
    static char const *const others[] = {
        "cpu-clock",
        "cycles",
        "instructions",
        "cache-references",
        "cache-misses",
        "branches",
        "branch-misses",
        "L1-dcache-load-misses",
        "LLC-load-misses",
        "dTLB-load-misses",
        "dTLB-store-misses",
        "syscalls:sys_enter_mmap",
        "syscalls:sys_enter_munmap",
        "syscalls:sys_enter_madvise",
        "syscalls:sys_enter_futex",
    };

    for (size_t i = 0; i < event_names_default_count; i++)
        list_event(event_names_default[i], ", in every sample");
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        list_event(others[i], "");
    wrapped_print(stdout, 26, "(others)",
                  "whatever libpfm4 names for this processor, and every tracepoint");
}

static void list_metrics(void)
{
    json_t *const table = metric_table(NULL, 0);
    size_t index;
    json_t *metric;

    json_array_foreach(table, index, metric)
        wrapped_print(stdout, 31, json_string_value(json_object_get(metric, "column")),
                      json_string_value(json_object_get(metric, "title")));
    json_decref(table);
}

/* What plan.json says of metrics, for plans that say nothing: `make metrics` keeps it. */
static int print_metric_table(void)
{
    json_t *const table = metric_table(NULL, 0);
    bool const printed = json_dumpf(table, stdout, JSON_INDENT(1) | JSON_REAL_PRECISION(17)) == 0;

    putchar('\n');
    json_decref(table);
    return printed ? EXIT_STATUS_PASS : EXIT_STATUS_USAGE;
}

static struct {
    char const *name;
    void (*print)(void);
} const lists[] = {
    {"allocators", list_allocators},   {"workloads", list_workloads}, {"programs", list_programs},
    {"experiments", list_experiments}, {"events", list_events},       {"metrics", list_metrics},
};
enum { LISTS = sizeof lists / sizeof *lists };

int command_list(int argc, char **argv)
{
    bool found = argc < 2;

    if (argc == 3 && text_equal(argv[1], "metrics") && text_equal(argv[2], "--json"))
        return print_metric_table();
    if (argc > 2) {
        complain("slablab list workloads", "list: too many words");
        return EXIT_STATUS_USAGE;
    }
    for (size_t i = 0; i < LISTS; i++) {
        if (argc == 2 && !text_equal(argv[1], lists[i].name))
            continue;
        if (argc < 2)
            printf("%s%s:\n", i > 0 ? "\n" : "", lists[i].name);
        lists[i].print();
        found = true;
    }
    if (!found) {
        complain("one of allocators, workloads, programs, experiments, events, metrics",
                 "list: unknown kind '%s'", argv[1]);
        return EXIT_STATUS_USAGE;
    }
    return EXIT_STATUS_PASS;
}
