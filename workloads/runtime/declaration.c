/* declaration.c -- is `struct workload` filled in? What it lacks would end as a crash.
 *
 * SPDX-License-Identifier: MIT */
#include "runtime.h"

#include <string.h>

enum { PARAMETERS_MAX = 16 };

static void refuse(char const *what)
{
    end_with(STATUS_REFUSED, "workloads/null.c and workload.h, which say what a workload declares",
             "its declaration has %s", what);
}

static void check_parameter(struct parameter const *parameter)
{
    if (parameter->unit == NULL || parameter->meaning == NULL)
        end_with(STATUS_REFUSED, "\"\" where there is nothing to say",
                 "its parameter '%s' has no .unit or no .meaning", parameter->name);
    if (parameter->value < parameter->least || parameter->value > parameter->most)
        end_with(STATUS_REFUSED, "a default within what is allowed",
                 "its parameter '%s' is by default %llu, not between %llu and %llu",
                 parameter->name, (unsigned long long)parameter->value,
                 (unsigned long long)parameter->least, (unsigned long long)parameter->most);
    for (struct parameter const *own = runtime_params; own->name != NULL; own++)
        if (strcmp(own->name, parameter->name) == 0)
            end_with(STATUS_REFUSED, "another name", "its parameter '%s' is every workload's",
                     parameter->name);
}

static void check_text(struct text_parameter const *parameter)
{
    if (parameter->text == NULL || parameter->meaning == NULL)
        end_with(STATUS_REFUSED, "\"\" where there is nothing to say",
                 "its text '%s' has no .text or no .meaning", parameter->name);
    for (struct parameter const *own = workload.params; own->name != NULL; own++)
        if (strcmp(own->name, parameter->name) == 0)
            end_with(STATUS_REFUSED, "another name", "'%s' is a number and a text",
                     parameter->name);
}

static struct parameter const *parameter_named(char const *name)
{
    for (struct parameter const *own = workload.params; own->name != NULL; own++)
        if (strcmp(own->name, name) == 0)
            return own;
    return NULL;
}

static void check_threads(void)
{
    struct parameter const *const threads = parameter_named("threads");
    struct parameter const *const seed = parameter_named("seed");

    if (workload.work == NULL && threads != NULL)
        refuse("a parameter 'threads' and no .work");
    if (workload.work == NULL)
        return;
    if (threads == NULL || threads->least == 0 || threads->most > THREADS_MAX)
        refuse(".work and no parameter 'threads' of 1 to 256");
    if (seed != NULL && (seed->least == 0 || seed->most > UINT32_MAX))
        refuse("a parameter 'seed' that is not of 1 to 4294967295");
}

/* A name is a key in records, and a word in experiments. */
static bool is_word(char const *name)
{
    size_t const letters = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_");

    return letters > 0 && letters < REGION_NAME_MAX && name[letters] == 0;
}

static void check_measures(void)
{
    struct measure const *own = workload.measures;

    if ((own == NULL) != (workload.report == NULL))
        refuse("one of .measures and .report without the other");
    for (; own != NULL && own->name != NULL; own++) {
        if (own - workload.measures == REGION_MEASURES_MAX)
            refuse("more than 8 measures, or no {.name = NULL} behind them");
        if (!is_word(own->name) || own->unit == NULL || own->title == NULL)
            refuse("a measure whose .name is no word in small letters, or no .unit or .title");
        if (own->better == NULL ||
            (strcmp(own->better, "less") != 0 && strcmp(own->better, "more") != 0))
            refuse("a measure that is .better neither \"less\" nor \"more\"");
    }
}

void declaration_check(void)
{
    if (workload.name == NULL || *workload.name == 0)
        refuse("no .name");
    if (workload.models == NULL)
        refuse("no .models");
    if (workload.run == NULL)
        refuse("no .run");
    if (workload.params == NULL)
        refuse("no .params: without parameters it is a table of {.name = NULL} alone");
    for (size_t i = 0; workload.params[i].name != NULL; i++) {
        if (i == PARAMETERS_MAX)
            refuse("more than 16 parameters, or no {.name = NULL} behind them");
        check_parameter(&workload.params[i]);
    }
    for (size_t i = 0; workload.texts != NULL && workload.texts[i].name != NULL; i++) {
        if (i == PARAMETERS_MAX)
            refuse("more than 16 texts, or no {.name = NULL} behind them");
        check_text(&workload.texts[i]);
    }
    check_threads();
    check_measures();
}
