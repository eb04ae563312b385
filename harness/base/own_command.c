/* own_command.c -- the running executable, looked for as a shell would.
 *
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* get_current_dir_name */
#include "base/own_command.h"

#include "base/shell_word.h"
#include "base/text.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool are_one_file(char const *one, char const *other)
{
    struct stat first, second;

    return stat(one, &first) == 0 && stat(other, &second) == 0 && first.st_dev == second.st_dev &&
           first.st_ino == second.st_ino;
}

/* The first program of that name in PATH, as a shell takes it; NULL where there is none. An empty
 * folder is this one. */
static char *found_in_path(char const *name)
{
    char const *folder = getenv("PATH");

    while (folder != NULL) {
        size_t const length = strcspn(folder, ":");
        char *const path =
            text_format("%.*s%s%s", (int)length, folder, length > 0 ? "/" : "./", name);
        if (access(path, X_OK) == 0)
            return path;
        free(path);
        folder = folder[length] == ':' ? folder + length + 1 : NULL;
    }
    return NULL;
}

/* Of an absolute path, what is behind the current directory; all of it where it is elsewhere. */
static char const *below_here(char const *path)
{
    char *const here = get_current_dir_name();
    size_t const length = here != NULL ? strlen(here) : 0;
    bool const is_below = length > 1 && strncmp(path, here, length) == 0 && path[length] == '/';

    free(here);
    return is_below ? path + length + 1 : path;
}

char *own_command(void)
{
    char *const path = realpath("/proc/self/exe", NULL);

    if (path == NULL) /* no /proc: slablab says so before it does anything */
        return text_copy("slablab");
    char const *const name = strrchr(path, '/') + 1;
    char *const found = found_in_path(name);
    bool const leads_here = found != NULL && are_one_file(found, path);
    char *const word = shell_word(leads_here ? name : below_here(path));
    free(found);
    free(path);
    return word;
}
