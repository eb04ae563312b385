/* workload_description.c -- a workload's executable, and its answer to --describe.
 *
 * SPDX-License-Identifier: MIT */
#include "catalogue/workload_description.h"

#include "base/capture.h"
#include "base/memory.h"
#include "base/shell_word.h"
#include "base/text.h"
#include "catalogue/catalogue.h"
#include "catalogue/project.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

extern char **environ;

static bool is_program(char const *path)
{
    struct stat status;

    return stat(path, &status) == 0 && S_ISREG(status.st_mode) && access(path, X_OK) == 0;
}

/* A relative path starts at the project's folder, whatever the working directory, as an allocator's
 * does; a name is the project's, or else home's. */
static char *path_of(char const *name)
{
    char *const own = strchr(name, '/') == NULL ? catalogue_workload_file(name, "") : NULL;

    if (own != NULL || strchr(name, '/') != NULL)
        return own != NULL ? own : project_path(name);
    return text_format("%s/workloads/%s", project_home_build(), name);
}

char *catalogue_workload_path(char const *name)
{
    bool const by_path = strchr(name, '/') != NULL;
    char *const path = path_of(name);
    char *const real = by_path ? realpath(path, NULL) : text_copy(path);
    bool const found = (by_path || strchr(name, '.') == NULL) && real != NULL && is_program(real);

    free(path);
    if (found)
        return real;
    free(real);
    return NULL;
}

char const *catalogue_workload_name(char const *name)
{
    char const *const slash = strrchr(name, '/');

    return slash != NULL ? slash + 1 : name;
}

static bool take_parameter(struct arena *arena, json_t *object,
                           struct workload_parameter *parameter, json_error_t *error)
{
    char const *name = NULL;
    char const *unit = NULL;
    char const *meaning = NULL;
    json_int_t default_value = 0;
    char const *text = NULL;
    bool const is_text = json_is_string(json_object_get(object, "default"));

    if (json_unpack_ex(object, error, 0, is_text ? "{s:s, s:s, s:s, s:s}" : "{s:s, s:I, s:s, s:s}",
                       "name", &name, "default",
                       is_text ? (void *)&text : (void *)&default_value, "unit", &unit, "meaning",
                       &meaning)
        != 0)
        return false;
    parameter->default_text = arena_text(arena, text);
    parameter->name = arena_text(arena, name);
    parameter->default_value = (uint64_t)default_value;
    parameter->unit = arena_text(arena, unit);
    parameter->meaning = arena_text(arena, meaning);
    return true;
}

static bool take_measure(struct arena *arena, json_t *object, struct workload_measure *measure,
                         json_error_t *error)
{
    char const *name = NULL;
    char const *unit = NULL;
    char const *better = NULL;
    char const *title = NULL;

    if (json_unpack_ex(object, error, 0, "{s:s, s:s, s:s, s:s}", "name", &name, "unit", &unit,
                       "better", &better, "title", &title)
        != 0)
        return false;
    measure->name = arena_text(arena, name);
    measure->unit = arena_text(arena, unit);
    measure->title = arena_text(arena, title);
    measure->more_is_better = text_equal(better, "more");
    return true;
}

/* Nothing of a workload that was built before there were measures. */
static bool take_measures(json_t const *measures, struct workload_description *description,
                          json_error_t *error)
{
    size_t const count = json_array_size(measures);

    description->measures =
        arena_zeroed(&description->arena, count * sizeof *description->measures);
    for (size_t i = 0; i < count; i++, description->measure_count = i)
        if (!take_measure(&description->arena, json_array_get(measures, i),
                          &description->measures[i], error))
            return false;
    return true;
}

static bool take_description(json_t *object, struct workload_description *description,
                             json_error_t *error)
{
    char const *name = NULL;
    char const *models = NULL;
    json_t *parameters = NULL;

    if (json_unpack_ex(object, error, 0, "{s:s, s:s, s:o}", "name", &name, "models", &models,
                       "parameters", &parameters)
        != 0)
        return false;
    struct arena *const arena = &description->arena;
    size_t const count = json_array_size(parameters);
    description->name = arena_text(arena, name);
    description->models = arena_text(arena, models);
    description->parameters = arena_zeroed(arena, count * sizeof *description->parameters);
    for (size_t i = 0; i < count; i++, description->parameter_count = i)
        if (!take_parameter(arena, json_array_get(parameters, i), &description->parameters[i],
                            error))
            return false;
    return take_measures(json_object_get(object, "measures"), description, error);
}

/* What a workload complains of, without the program's name and the hint: "slablab: null: ..." */
static char *complaint_in(char *said, char const *name)
{
    char *const begin = text_format("slablab: %s: ", name);
    size_t const skipped = strncmp(said, begin, strlen(begin)) == 0 ? strlen(begin) : 0;

    free(begin);
    said[strcspn(said, "\n")] = '\0';
    return text_copy(said + skipped);
}

/* Its standard output; NULL, with *why, where it does not exit with 0. */
static char *description_of(char *path, char const *name, char **why)
{
    char *const arguments[] = {path, "--describe", NULL};
    bool succeeded = false;
    char *const said = capture_all(arguments, environ, &succeeded);

    if (succeeded)
        return said;
    char *const complaint = complaint_in(said, catalogue_workload_name(name));
    *why = text_format("%s: %s", path, complaint);
    free(complaint);
    free(said);
    return NULL;
}

static char *why_no_path(char const *name)
{
    char *const path = path_of(name);
    char *const why = text_format(access(path, F_OK) == 0 ? "%s is no program" : "there is no %s",
                                  path);

    free(path);
    return why;
}

struct workload_description *catalogue_workload_describe(char const *name, char **why)
{
    char *const path = catalogue_workload_path(name);
    char *const line = path != NULL ? description_of(path, name, why) : NULL;
    struct workload_description *description = NULL;
    json_error_t error;

    if (path == NULL)
        *why = why_no_path(name);
    if (line != NULL) {
        json_t *const object = json_loads(line, JSON_REJECT_DUPLICATES, &error);
        description = memory_zeroed(1, sizeof *description);
        if (object == NULL || !take_description(object, description, &error)) {
            *why = text_format("%s --describe: %s", path, error.text);
            catalogue_workload_free(description);
            description = NULL;
        }
        json_decref(object);
    }
    char const *const file = catalogue_workload_name(name);
    if (description != NULL && !text_equal(description->name, file)) {
        *why = text_format("%s: its .name is '%s', and its file's name '%s'", path,
                           description->name, file);
        catalogue_workload_free(description);
        description = NULL;
    }
    free(line);
    free(path);
    return description;
}

char *catalogue_workload_fault(char const *name, struct words const *assignments)
{
    char *const path = catalogue_workload_path(name);
    char **const arguments = memory_zeroed(assignments->count + 3, sizeof *arguments);
    bool succeeded = false;
    char *fault = NULL;

    arguments[0] = path;
    arguments[1] = "--check";
    for (size_t i = 0; i < assignments->count; i++)
        arguments[2 + i] = assignments->word[i];
    char *const said = path != NULL ? capture_all(arguments, environ, &succeeded) : text_copy("");
    if (!succeeded)
        fault = complaint_in(said, catalogue_workload_name(name));
    free(said);
    free(arguments);
    free(path);
    return fault;
}

void catalogue_workload_free(struct workload_description *description)
{
    if (description == NULL)
        return;
    arena_free(&description->arena);
    free(description);
}

char *catalogue_workload_remedy(char const *name)
{
    if (strchr(name, '/') == NULL)
        return text_copy("make workloads; workloads/null.c, which is a short example");
    char *const headers = shell_word(project_home());
    char *const build = shell_word(project_home_build());
    char *const command = text_format("gcc -I %s/workloads mine.c %s/workloads/runtime.a -o mine",
                                      headers, build);

    free(build);
    free(headers);
    return command;
}
