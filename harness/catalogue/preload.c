/* preload.c -- the loader asked what it would load, by LD_TRACE_LOADED_OBJECTS (ld.so(8)).
 *
 * SPDX-License-Identifier: MIT */
#include "catalogue/preload.h"

#include "base/capture.h"
#include "base/text.h"
#include "catalogue/object_facts.h"

#include <stdlib.h>
#include <string.h>

/* Words in the lines with which the loader refuses, or warns. The rest are lists of objects. */
static char const *const signs[] = {"cannot be preloaded", "not found", "undefined symbol",
                                    "error while loading", "version `"};

static bool is_sign(char const *line)
{
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
        if (strstr(line, signs[i]) != NULL)
            return true;
    return false;
}

/* Without the tab in front and the loader's own name. */
static char *first_fault(char *said)
{
    char *rest = said;
    char *line;

    while ((line = strsep(&rest, "\n")) != NULL)
        if (is_sign(line)) {
            line += strspn(line, "\t ");
            for (char *tab = line; (tab = strchr(tab, '\t')) != NULL;)
                *tab = ' ';
            return text_format("the loader says: %s", line);
        }
    return NULL;
}

char *preload_fault(char const *program, char const *object)
{
    char *const preload = text_format("LD_PRELOAD=%s", object);
    char *const arguments[] = {(char *)program, NULL};
    char *const environment[] = {"LD_TRACE_LOADED_OBJECTS=1", "LD_WARN=1", "LD_BIND_NOW=1", preload,
                                 NULL};
    bool succeeded = false;
    char *const said = capture_all(arguments, environment, &succeeded);
    char *fault = first_fault(said);

    if (fault == NULL && !succeeded)
        fault = text_format("the loader says: %.*s", (int)strcspn(said, "\n"), said);
    if (fault == NULL && !object_defines(object, "malloc"))
        fault = text_copy("it defines no malloc");
    free(said);
    free(preload);
    return fault;
}
