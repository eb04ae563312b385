/* settings.c -- slablab.yaml, read and checked.
 *
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "catalogue/settings.h"

#include "base/text.h"
#include "base/yaml_file.h"
#include "catalogue/project.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct yaml_field const artifact_fields[] = {
    {"name", FIELD_TEXT, .needed = true, .offset = offsetof(struct settings_artifact, name)},
    {"path", FIELD_TEXT, .needed = true, .offset = offsetof(struct settings_artifact, path)},
    {.key = NULL},
};
static struct yaml_shape const artifact_shape = {sizeof(struct settings_artifact), artifact_fields};

#define TEXT(member) {#member, FIELD_TEXT, .offset = offsetof(struct settings, member)}
#define LIST(member, kind_of_list)                                                                 \
    {#member, kind_of_list, .offset = offsetof(struct settings, member),                           \
     .count_offset = offsetof(struct settings, member##_count), .shape = &artifact_shape}

static struct yaml_field const fields[] = {
    TEXT(build),
    TEXT(artifact),
    LIST(artifacts, FIELD_MAPPINGS),
    LIST(environment, FIELD_TEXTS),
    TEXT(suite),
    TEXT(experiments),
    LIST(workloads, FIELD_TEXTS),
    TEXT(history),
    TEXT(reference),
    {.key = NULL},
};
static struct yaml_shape const shape = {sizeof(struct settings), fields};

static struct yaml_file *file;
static struct settings read_settings;
static struct settings_artifact only; /* `artifact`, as one of a list */

/* Always false. */
__attribute__((format(printf, 3, 4))) static bool refuse(char const *place, char const *hint,
                                                         char const *format, ...)
{
    char *message = NULL;
    va_list arguments;

    va_start(arguments, format);
    if (vasprintf(&message, format, arguments) < 0)
        message = NULL;
    va_end(arguments);
    yaml_file_complain(file, place, hint, "%s", message != NULL ? message : format);
    free(message);
    return false;
}

/* A path that leads to another file in each worktree: from the project's folder, and not out of
 * it. */
static bool is_inside(char const *path)
{
    size_t const length = strlen(path);

    return *path != '\0' && *path != '/' && strncmp(path, "../", 3) != 0 &&
           !text_equal(path, "..") && strstr(path, "/../") == NULL &&
           (length < 3 || !text_ends_with(path, "/.."));
}

static bool check_path(char const *place, char const *path)
{
    static char const hint[] = "a path from the folder of slablab.yaml: build/libmine.so";

    return is_inside(path) ||
           refuse(place, hint, "'%s' does not lead to a file of each revision's build", path);
}

static bool check_name(char const *place, char const *name)
{
    static char const letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                  "._+-";

    return (*name != '\0' && name[strspn(name, letters)] == '\0') ||
           refuse(place, "letters, digits and ._+-", "'%s' is no name for an artifact", name);
}

static bool check_artifacts(struct settings const *read)
{
    bool good = true;

    if (read->artifact != NULL && read->artifacts_count > 0)
        return refuse("artifacts", "one of the two", "there is an artifact already");
    if (read->artifact != NULL)
        good = check_path("artifact", read->artifact);
    for (unsigned i = 0; good && i < read->artifacts_count; i++) {
        char *const name = text_format("artifacts/%u/name", i);
        char *const path = text_format("artifacts/%u/path", i);
        good = check_name(name, read->artifacts[i].name) &&
               check_path(path, read->artifacts[i].path);
        for (unsigned other = 0; good && other < i; other++)
            good = !text_equal(read->artifacts[i].name, read->artifacts[other].name) ||
                   refuse(name, "another name", "artifact '%s' is there already",
                          read->artifacts[i].name);
        free(path);
        free(name);
    }
    return good;
}

static bool check_environment(struct settings const *read)
{
    for (unsigned i = 0; i < read->environment_count; i++) {
        char const *const word = read->environment[i];
        if (*word != '=' && strchr(word, '=') != NULL)
            continue;
        char *const place = text_format("environment/%u", i);
        refuse(place, "[CFLAGS=-O2, CC=clang]",
               "'%s' is no assignment of an environment variable", word);
        free(place);
        return false;
    }
    return true;
}

static bool check(struct settings const *read)
{
    bool const has_artifact = read->artifact != NULL || read->artifacts_count > 0;

    if (read->build != NULL && read->build[strspn(read->build, " \t\n")] == '\0')
        return refuse("build", "build: make", "the command is empty");
    if (read->build != NULL && !has_artifact)
        return refuse("build", "artifact: build/libmine.so",
                      "it is not said what comes of it");
    if (read->build == NULL && has_artifact)
        return refuse(read->artifact != NULL ? "artifact" : "artifacts", "build: make",
                      "it is not said what command builds it");
    return check_artifacts(read) && check_environment(read);
}

bool settings_read(void)
{
    settings_forget();
    if (!project_is_written())
        return true;
    char *const path = text_format("%s/slablab.yaml", project_folder());
    file = yaml_file_open(path, &shape, false);
    free(path);
    if (file == NULL || !check(yaml_file_data(file))) {
        settings_forget();
        return false;
    }
    read_settings = *(struct settings const *)yaml_file_data(file);
    if (read_settings.artifact != NULL) {
        only = (struct settings_artifact){.path = read_settings.artifact};
        read_settings.artifacts = &only;
        read_settings.artifacts_count = 1;
    }
    return true;
}

struct settings const *settings(void)
{
    return &read_settings;
}

void settings_forget(void)
{
    yaml_file_close(file);
    file = NULL;
    read_settings = (struct settings){.build = NULL};
}
