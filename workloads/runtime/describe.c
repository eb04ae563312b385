/* describe.c -- a workload's description of itself, for people and for programs.
 *
 * SPDX-License-Identifier: MIT */
#include "runtime.h"

#include <stdio.h>

static void print_row(struct parameter const *parameter)
{
    printf("  %-12s %10llu  %s%s%s\n", parameter->name, (unsigned long long)parameter->value,
           parameter->unit, parameter->unit[0] == 0 ? "" : " ", parameter->meaning);
}

static void print_text_row(struct text_parameter const *parameter)
{
    printf("  %-12s %10s  %s: %s\n", parameter->name, parameter->text,
           parameter->is_file ? "a file" : "a word", parameter->meaning);
}

void describe_for_people(void)
{
    printf("%s -- %s\n\nusage: %s [name=digits ...]\n\n  %-12s %10s\n", workload.name,
           workload.models, workload.name, "parameter", "default");
    for (struct parameter const *parameter = workload.params; parameter->name != NULL; parameter++)
        print_row(parameter);
    for (struct text_parameter const *text = workload.texts; text != NULL && text->name != NULL;
         text++)
        print_text_row(text);
    for (struct parameter const *parameter = runtime_params; parameter->name != NULL; parameter++)
        print_row(parameter);
    for (struct measure const *measure = workload.measures;
         measure != NULL && measure->name != NULL; measure++)
        printf("%s  %-24s%s, %s is better\n", measure == workload.measures ? "\nreports\n" : "",
               measure->name, measure->unit, measure->better);
    printf("\n  --help       this\n  --describe   the same as one line of JSON\n"
           "  --check      set up for what stands behind it, and end\n");
}

/* JSON (RFC 8259): quotation mark, backslash and control characters are the ones to escape. */
static void print_string(char const *text)
{
    putchar('"');
    for (; *text != 0; text++) {
        unsigned char const letter = (unsigned char)*text;
        if (letter == '"' || letter == '\\')
            printf("\\%c", letter);
        else if (letter < 0x20)
            printf("\\u%04x", letter);
        else
            putchar(letter);
    }
    putchar('"');
}

static void print_member(char const *key, char const *text)
{
    printf("\"%s\": ", key);
    print_string(text);
}

static void print_parameter(struct parameter const *parameter)
{
    printf("{");
    print_member("name", parameter->name);
    printf(", \"default\": %llu, ", (unsigned long long)parameter->value);
    print_member("unit", parameter->unit);
    printf(", ");
    print_member("meaning", parameter->meaning);
    printf("}");
}

static void print_text(struct text_parameter const *parameter)
{
    printf("{");
    print_member("name", parameter->name);
    printf(", ");
    print_member("default", parameter->text);
    printf(", ");
    print_member("unit", parameter->is_file ? "file" : "word");
    printf(", ");
    print_member("meaning", parameter->meaning);
    printf("}");
}

static void print_measure(struct measure const *measure)
{
    printf("{");
    print_member("name", measure->name);
    printf(", ");
    print_member("unit", measure->unit);
    printf(", ");
    print_member("better", measure->better);
    printf(", ");
    print_member("title", measure->title);
    printf("}");
}

void describe_for_programs(void)
{
    printf("{");
    print_member("name", workload.name);
    printf(", ");
    print_member("models", workload.models);
    printf(", \"parameters\": [");
    for (struct parameter const *parameter = workload.params; parameter->name != NULL;
         parameter++) {
        printf("%s", parameter == workload.params ? "" : ", ");
        print_parameter(parameter);
    }
    for (struct text_parameter const *text = workload.texts; text != NULL && text->name != NULL;
         text++) {
        printf("%s", workload.params->name == NULL && text == workload.texts ? "" : ", ");
        print_text(text);
    }
    printf("], \"measures\": [");
    for (struct measure const *measure = workload.measures;
         measure != NULL && measure->name != NULL; measure++) {
        printf("%s", measure == workload.measures ? "" : ", ");
        print_measure(measure);
    }
    printf("]}\n");
}
