/* workload_description.c -- a workload's executable, and its answer to --describe.
 *
 * SPDX-License-Identifier: MIT */
#include "catalogue/workload_description.h"

#include "base/capture.h"
#include "base/memory.h"
#include "base/text.h"
#include "catalogue/project.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool is_program(char const *path)
{
    struct stat status;

    return stat(path, &status) == 0 && S_ISREG(status.st_mode) && access(path, X_OK) == 0;
}

char *catalogue_workload_path(char const *name)
{
    char *const path = text_format("%s/workloads/%s", catalogue_build_directory(), name);

    if (strpbrk(name, "/.") == NULL && is_program(path))
        return path;
    free(path);
    return NULL;
}

static bool take_parameter(struct arena *arena, json_t *object,
                           struct workload_parameter *parameter, json_error_t *error)
{
    char const *name = NULL;
    char const *unit = NULL;
    char const *meaning = NULL;
    json_int_t default_value = 0;

    if (json_unpack_ex(object, error, 0, "{s:s, s:I, s:s, s:s}", "name", &name, "default",
                       &default_value, "unit", &unit, "meaning", &meaning)
        != 0)
        return false;
    parameter->name = arena_text(arena, name);
    parameter->default_value = (uint64_t)default_value;
    parameter->unit = arena_text(arena, unit);
    parameter->meaning = arena_text(arena, meaning);
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
    return true;
}

struct workload_description *catalogue_workload_describe(char const *name, char **why)
{
    char *const path = catalogue_workload_path(name);
    char *const arguments[] = {path, "--describe", NULL};
    char *const line = path != NULL ? capture(arguments, why) : NULL;
    struct workload_description *description = NULL;
    json_error_t error;

    if (path == NULL)
        *why = text_format("there is no %s/workloads/%s", catalogue_build_directory(), name);
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
    free(line);
    free(path);
    return description;
}

void catalogue_workload_free(struct workload_description *description)
{
    if (description == NULL)
        return;
    arena_free(&description->arena);
    free(description);
}
