/* callgrind_functions.c -- reads a report line by line, with the names that it has given so far.
 *
 * SPDX-License-Identifier: MIT */
#include "gate/callgrind_functions.h"

#include "base/memory.h"
#include "base/text.h"
#include "symbols/function_name.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { NUMBERS_MAX = 1 << 22 }; /* of functions: a report with more is damaged */

/* By their numbers; NULL for one that was not given. */
struct names {
    char **name;
    size_t count;
};

static char const *next_line(char const *line)
{
    char const *const end = strchr(line, '\n');

    return end != NULL ? end + 1 : NULL;
}

static bool begins_with(char const *line, char const *word)
{
    return strncmp(line, word, strlen(word)) == 0;
}

char const *callgrind_region(char const *report)
{
    char const *found = NULL;

    for (char const *line = report; line != NULL; line = next_line(line))
        if (begins_with(line, "desc: Trigger: --dump-before=region_end\n"))
            found = next_line(line);
    return found;
}

static void make_room(struct names *names, size_t number)
{
    if (number < names->count)
        return;
    size_t const count = 2 * number + 64;
    char **const grown = memory_zeroed(count, sizeof *grown);
    if (names->count > 0)
        memcpy(grown, names->name, names->count * sizeof *grown);
    free(names->name);
    names->name = grown;
    names->count = count;
}

/* Of "(12) name" or, once it was given, "(12)"; a name that is not compressed stands for itself and
 * is kept as number 0. NULL for a number that was never given. */
static char const *name_of(struct names *names, char const *word)
{
    size_t const length = strcspn(word, "\n");
    char *end = NULL;
    unsigned long const number = *word == '(' ? strtoul(word + 1, &end, 10) : 0;

    if (number >= NUMBERS_MAX)
        return NULL;
    bool const compressed = end != NULL && *end == ')';
    char const *const name = compressed ? end + 1 + (end[1] == ' ') : word;
    make_room(names, number);
    if (name < word + length) {
        char *const linker_name = text_copy_bytes(name, (size_t)(word + length - name));
        free(names->name[number]);
        names->name[number] = function_name_of(linker_name);
        free(linker_name);
    }
    return names->name[number];
}

/* What stands behind the position in "+3 17"; 0 if it is no such line. */
static double cost_of(char const *line)
{
    char const *const gap = strpbrk(line, " \n");

    if (!isdigit((unsigned char)*line) && strchr("+-*", *line) == NULL)
        return 0;
    return gap != NULL && *gap == ' ' ? strtod(gap, NULL) : 0;
}

void callgrind_functions(char const *report, callgrind_visitor *visit, void *context)
{
    char const *const region = callgrind_region(report);
    struct names names = {0};
    char const *function = NULL;
    bool of_callee = false;
    bool is_over = region == NULL;

    for (char const *line = report; !is_over && line != NULL; line = next_line(line)) {
        if (begins_with(line, "fn="))
            function = name_of(&names, line + strlen("fn="));
        else if (begins_with(line, "cfn="))
            name_of(&names, line + strlen("cfn="));
        else if (begins_with(line, "calls="))
            of_callee = true;
        else if (cost_of(line) > 0) {
            if (line >= region && !of_callee && function != NULL)
                visit(context, function, cost_of(line));
            of_callee = false;
        }
        is_over = line >= region && begins_with(line, "part: ");
    }
    for (size_t i = 0; i < names.count; i++)
        free(names.name[i]);
    free(names.name);
}
