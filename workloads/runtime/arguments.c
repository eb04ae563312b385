/* arguments.c -- the command line: name=digits or name=text, each name once.
 *
 * Nothing is allocated: values stand in an array beside the workload's table of parameters.
 *
 * SPDX-License-Identifier: MIT */
#include "runtime.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PARAMETERS_MAX = 16 };

static char const hint[] = "--help, which lists the parameters";

struct parameter const runtime_params[] = {
    {"operations", 100000, 0, UINT64_MAX, "operations", "inside the measured region"},
    {"warmup", 0, 0, UINT64_MAX, "operations", "before the measured region; 0 is a cold start"},
    {.name = NULL},
};

/* value[i] belongs to workload.params[i] when given[i], and to runtime_params alike. */
struct values {
    uint64_t value[PARAMETERS_MAX];
    bool given[PARAMETERS_MAX];
};

static struct values workload_values;
static struct values runtime_values;

/* Of workload.texts; NULL: not given. */
static char const *given_text[PARAMETERS_MAX];

static bool is_name(char const *name, char const *text, size_t length)
{
    return strlen(name) == length && memcmp(name, text, length) == 0;
}

/* The position of a name in a table, or -1. */
static int find(struct parameter const *table, char const *text, size_t length)
{
    for (int i = 0; i < PARAMETERS_MAX && table[i].name != NULL; i++)
        if (is_name(table[i].name, text, length))
            return i;
    return -1;
}

/* Likewise in workload.texts. */
static int find_text(char const *text, size_t length)
{
    for (int i = 0; workload.texts != NULL && i < PARAMETERS_MAX && workload.texts[i].name != NULL;
         i++)
        if (is_name(workload.texts[i].name, text, length))
            return i;
    return -1;
}

static void take_text(int index, char const *text)
{
    struct text_parameter const *const parameter = &workload.texts[index];

    if (given_text[index] != NULL)
        end_with(STATUS_REFUSED, "one value for each name", "%s is given twice", parameter->name);
    if (*text == 0)
        end_with(STATUS_REFUSED, hint, "%s is empty", parameter->name);
    given_text[index] = text;
}

/* What must be given is; what is a file can be read. */
static void check_texts(void)
{
    for (int i = 0; workload.texts != NULL && workload.texts[i].name != NULL; i++) {
        char const *const text = workload_text(workload.texts[i].name);
        if (*text == 0)
            end_with(STATUS_REFUSED, hint, "%s=%s is missing", workload.texts[i].name,
                     workload.texts[i].is_file ? "FILE" : "WORD");
        if (workload.texts[i].is_file && access(text, R_OK) != 0)
            end_with(STATUS_REFUSED, "the path of a file", "%s='%s' cannot be read: %s",
                     workload.texts[i].name, text, strerror(errno));
    }
}

/* Decimal digits alone, up to 2^64 - 1. */
static bool parse_digits(char const *text, uint64_t *value)
{
    uint64_t sum = 0;

    if (*text == 0)
        return false;
    for (; *text != 0; text++) {
        if (*text < '0' || *text > '9')
            return false;
        uint64_t const digit = (uint64_t)(*text - '0');
        if (sum > (UINT64_MAX - digit) / 10)
            return false;
        sum = sum * 10 + digit;
    }
    *value = sum;
    return true;
}

static void take(struct parameter const *parameter, struct values *values, int index,
                 char const *text)
{
    uint64_t value;

    if (values->given[index])
        end_with(STATUS_REFUSED, "one value for each name", "%s is given twice", parameter->name);
    if (!parse_digits(text, &value))
        end_with(STATUS_REFUSED, hint, "%s='%s' is not a number of decimal digits below 2^64",
                 parameter->name, text);
    if (value < parameter->least || value > parameter->most)
        end_with(STATUS_REFUSED, hint, "%s=%llu is not between %llu and %llu", parameter->name,
                 (unsigned long long)value, (unsigned long long)parameter->least,
                 (unsigned long long)parameter->most);
    values->value[index] = value;
    values->given[index] = true;
}

static void parse_one(char const *argument)
{
    char const *const equals = strchr(argument, '=');

    if (equals == NULL)
        end_with(STATUS_REFUSED, hint, "'%s' is not of the form name=digits", argument);

    size_t const length = (size_t)(equals - argument);
    int const own = find(workload.params, argument, length);
    int const common = find(runtime_params, argument, length);
    int const text = find_text(argument, length);
    if (text >= 0)
        take_text(text, equals + 1);
    else if (own >= 0)
        take(&workload.params[own], &workload_values, own, equals + 1);
    else if (common >= 0)
        take(&runtime_params[common], &runtime_values, common, equals + 1);
    else
        end_with(STATUS_REFUSED, hint, "unknown parameter '%.*s'", (int)length, argument);
}

static uint64_t look_up(struct parameter const *table, struct values const *values, int index)
{
    return values->given[index] ? values->value[index] : table[index].value;
}

__attribute__((noreturn)) static void exit_printed(void)
{
    if (fflush(stdout) != 0 || ferror(stdout) != 0)
        end_with(STATUS_FAILED, "another place to print to", "cannot print all of it");
    exit(STATUS_OK);
}

struct arguments arguments_parse(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "--help") == 0) {
        describe_for_people();
        exit_printed();
    }
    if (argc == 2 && strcmp(argv[1], "--describe") == 0) {
        describe_for_programs();
        exit_printed();
    }
    bool const check = argc >= 2 && strcmp(argv[1], "--check") == 0;
    for (int i = check ? 2 : 1; i < argc; i++)
        parse_one(argv[i]);
    check_texts();
    return (struct arguments){
        .check = check,
        .operations =
            look_up(runtime_params, &runtime_values, find(runtime_params, "operations", 10)),
        .warmup = look_up(runtime_params, &runtime_values, find(runtime_params, "warmup", 6)),
    };
}

char const *workload_text(char const *name)
{
    int const index = find_text(name, strlen(name));

    if (index < 0)
        end_with(STATUS_FAILED, "a line for it in the workload's table of texts",
                 "the workload asks for a text '%s' that it does not declare", name);
    return given_text[index] != NULL ? given_text[index] : workload.texts[index].text;
}

uint64_t workload_parameter(char const *name)
{
    int const index = find(workload.params, name, strlen(name));

    if (index < 0)
        end_with(STATUS_FAILED, "a line for it in the workload's table of parameters",
                 "the workload asks for a parameter '%s' that it does not declare", name);
    return look_up(workload.params, &workload_values, index);
}
