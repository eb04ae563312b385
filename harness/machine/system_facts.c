/* system_facts.c -- facts about this machine from the kernel's small files.
 *
 * SPDX-License-Identifier: MIT */
#include "machine/system_facts.h"

#include "base/capture.h"
#include "base/text.h"

#include <errno.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

char *fact_selected(char const *path)
{
    char *const line = text_of_line_file(path);
    char const *const start = line != NULL ? strchr(line, '[') : NULL;
    char *const word = start != NULL ? text_copy_bytes(start + 1, strcspn(start + 1, "]")) : NULL;

    free(line);
    return word;
}

bool fact_number(char const *path, int64_t *number)
{
    char *const line = text_of_line_file(path);
    char *end = NULL;

    if (line == NULL)
        return false;
    *number = strtoll(line, &end, 10);
    bool const whole = end != line && *end == '\0';
    free(line);
    if (!whole)
        errno = EINVAL;
    return whole;
}

char *fact_keyed_in(char const *text, char const *key)
{
    size_t const length = strlen(key);

    for (char const *line = text; *line != '\0';
         line += strcspn(line, "\n"), line += *line == '\n') {
        if (strncmp(line, key, length) != 0)
            continue;
        char const *value = line + length + strspn(line + length, " \t");
        if (*value != ':')
            continue;
        value++;
        value += strspn(value, " \t");
        return text_copy_bytes(value, strcspn(value, "\n"));
    }
    errno = ENODATA;
    return NULL;
}

char *fact_keyed(char const *path, char const *key)
{
    char *const text = text_of_file(path, NULL);
    char *const value = text != NULL ? fact_keyed_in(text, key) : NULL;

    free(text);
    return value;
}

bool fact_memory_bytes(char const *key, uint64_t *bytes)
{
    char *const value = fact_keyed("/proc/meminfo", key);
    unsigned long long kibibytes = 0;
    bool const read = value != NULL && sscanf(value, "%llu kB", &kibibytes) == 1;

    free(value);
    *bytes = kibibytes * 1024;
    return read;
}

size_t fact_count(char const *pattern)
{
    glob_t paths = {0};
    size_t const count = glob(pattern, GLOB_NOSORT, NULL, &paths) == 0 ? paths.gl_pathc : 0;

    globfree(&paths);
    return count;
}

/* The kernel shows the flag; its maker is a CPUID leaf, which lscpu reads. */
char *fact_hypervisor(void)
{
    char *const flags = fact_keyed("/proc/cpuinfo", "flags");
    struct words words = words_of(flags != NULL ? flags : "");
    bool const flagged = words_hold(&words, "hypervisor");
    char *maker = NULL;

    words_free(&words);
    free(flags);
    char *const arguments[] = {"lscpu", NULL};
    char *const report = capture(arguments, NULL);
    if (report != NULL)
        maker = fact_keyed_in(report, "Hypervisor vendor");
    free(report);
    return maker != NULL || !flagged ? maker : text_copy("unknown");
}
