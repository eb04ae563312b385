/* linked_allocator.c -- the loader's list of an executable's objects (ld.so(8), --list).
 *
 * SPDX-License-Identifier: MIT */
#include "catalogue/linked_allocator.h"

#include "base/capture.h"
#include "base/text.h"
#include "catalogue/object_facts.h"

#include <stdlib.h>
#include <string.h>

static char loader[] = "/lib64/ld-linux-x86-64.so.2"; /* by the ABI of x86-64 */

/* "\tlibz.so.1 => /lib/x86_64-linux-gnu/libz.so.1 (0x7f...)", or "\t/a/libz.so (0x7f...)" where it
 * was linked by its path; NULL: another line. */
static char *path_in(char const *line)
{
    char const *const arrow = strstr(line, " => /");
    char const *const path = arrow != NULL ? arrow + strlen(" => ") : line + strspn(line, "\t");
    char const *const end = *path == '/' ? strstr(path, " (0x") : NULL;

    return end != NULL ? text_copy_bytes(path, (size_t)(end - path)) : NULL;
}

char *linked_allocator(char const *executable)
{
    char *const arguments[] = {loader, (char *)"--list", (char *)executable, NULL};
    char *const environment[] = {NULL};
    bool listed = false;
    char *const said = capture_all(arguments, environment, &listed);
    char *rest = said;
    char *found = NULL;
    char *line;

    while (listed && found == NULL && (line = strsep(&rest, "\n")) != NULL) {
        char *const path = path_in(line);
        bool const allocates = path != NULL && !text_ends_with(path, "/libc.so.6") &&
                               object_defines(path, "malloc");
        if (allocates)
            found = text_copy(path);
        free(path);
    }
    free(said);
    return found;
}
