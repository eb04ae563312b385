/* reports.c -- hands a command over to the first Python that has what tables are made with.
 *
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "command/reports.h"

#include "base/capture.h"
#include "base/complain.h"
#include "base/hint.h"
#include "base/memory.h"
#include "base/text.h"
#include "catalogue/project.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The package and nothing else by that name: -P keeps the working directory, which may have an
 * `analysis` of its own, out of the search; -B writes nothing below HOME. */
static char const isolation[] = "-BP";

/* Debian's pandas is for the first, whichever python is first in PATH. */
static char *const interpreters[] = {"/usr/bin/python3", "python3"};
enum { INTERPRETERS = sizeof interpreters / sizeof *interpreters };

static bool search_home(void)
{
    char const *const others = getenv("PYTHONPATH");
    bool const any = others != NULL && *others != '\0';
    char *const path = text_format("%s%s%s", project_home(), any ? ":" : "", any ? others : "");
    bool const is_set = setenv("PYTHONPATH", path, 1) == 0;

    free(path);
    return is_set;
}

/* What tables are made with is __main__.py's to say. */
static char *choose_interpreter(void)
{
    static char const question[] = "import sys, analysis.__main__ as package\n"
                                   "sys.exit(bool(package.missing()))";

    for (size_t i = 0; i < INTERPRETERS; i++) {
        char *const words[] = {interpreters[i], (char *)isolation, "-c", (char *)question, NULL};
        char *const answer = capture(words, NULL);
        free(answer);
        if (answer != NULL)
            return interpreters[i];
    }
    return NULL;
}

/* "apt-get install" and the packages of HOME/packages that are for reports. */
static char *packages_hint(void)
{
    char *const path = text_format("%s/packages", project_home());
    char *const text = text_of_file(path, NULL);
    char *hint = text_copy("apt-get install");

    for (char *line = text; line != NULL && *line != '\0'; line += *line == '\n') {
        size_t const length = strcspn(line, "\n");
        size_t const words = strcspn(line, "#\n");
        if (strncmp(line, "report ", 7) == 0)
            text_append(&hint, " %.*s", (int)(words - 7), line + 7);
        line += length;
    }
    struct words all = words_of(hint);
    free(hint);
    hint = words_join(&all, 0, all.count);
    words_free(&all);
    free(text);
    free(path);
    return hint;
}

static int complain_of_no_python(char const *command)
{
    char *const hint = packages_hint();

    complain(hint, "%s: neither %s nor %s has the modules that tables are made with", command,
             interpreters[0], interpreters[1]);
    free(hint);
    return EXIT_STATUS_USAGE;
}

int reports_run(int argc, char **argv)
{
    char *const package = text_format("%s/analysis/__main__.py", project_home());
    bool const is_there = access(package, R_OK) == 0;

    free(package);
    if (!is_there) {
        complain("apt-get install slablab-report", "%s: %s/analysis is not installed, which makes "
                 "tables and reports", argv[0], project_home());
        return EXIT_STATUS_USAGE;
    }
    char *const interpreter = search_home() ? choose_interpreter() : NULL;
    if (interpreter == NULL)
        return complain_of_no_python(argv[0]);
    char **const words = memory_zeroed((size_t)argc + 5, sizeof *words);
    words[0] = interpreter;
    words[1] = (char *)isolation;
    words[2] = "-m";
    words[3] = "analysis";
    memcpy(words + 4, argv, (size_t)argc * sizeof *argv);
    execvp(interpreter, words);
    complain(hint_for(errno, NULL), "%s: %s", interpreter, strerror(errno));
    free(words);
    return EXIT_STATUS_USAGE;
}

/* [["--out DIR", "the report's folder"], ...] */
static struct command_option *options_of(json_t const *entry)
{
    json_t const *const list = json_object_get(entry, "options");
    struct command_option *const options =
        memory_zeroed(json_array_size(list) + 1, sizeof *options);
    size_t index;
    json_t *option;

    json_array_foreach(list, index, option) {
        options[index].words = json_string_value(json_array_get(option, 0));
        options[index].meaning = json_string_value(json_array_get(option, 1));
    }
    return options;
}

static struct commands known;
/* Of each of them. */
struct report {
    struct command_option *options;
};
static struct report *known_options;

struct commands reports_commands(void)
{
    static json_t *list; /* the texts are its own */

    if (list != NULL)
        return known;
    char *const path = text_format("%s/analysis/commands.json", project_home());
    list = json_load_file(path, 0, NULL);
    free(path);
    struct command *const commands = memory_zeroed(json_array_size(list) + 1, sizeof *commands);
    known_options = memory_zeroed(json_array_size(list) + 1, sizeof *known_options);
    size_t index;
    json_t *entry;
    json_array_foreach(list, index, entry) {
        commands[index] = (struct command){
            .name = json_string_value(json_object_get(entry, "name")),
            .usage = json_string_value(json_object_get(entry, "usage")),
            .summary = json_string_value(json_object_get(entry, "summary")),
            .details = json_string_value(json_object_get(entry, "details")),
            .function = reports_run,
        };
        known_options[index].options = options_of(entry);
    }
    known = (struct commands){commands, json_array_size(list)};
    return known;
}

struct command_option const *reports_options(struct command const *command)
{
    static struct command_option const none;

    for (size_t i = 0; i < known.count; i++)
        if (known.command[i].name == command->name)
            return known_options[i].options;
    return &none;
}
