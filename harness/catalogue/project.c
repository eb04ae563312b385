/* project.c -- the project's location, from that of the running executable.
 *
 * SPDX-License-Identifier: MIT */
#include "catalogue/project.h"

#include "base/portable.h"
#include "base/text.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char *root;
static char *build_directory;

void catalogue_set_root(char const *directory)
{
    free(root);
    free(build_directory);
    root = text_copy(directory);
    build_directory = text_format("%s/build", directory);
    portable_set_folders(root, getenv("HOME"));
}

static char *parent_of(char const *path)
{
    char const *const slash = strrchr(path, '/');

    return slash == NULL || slash == path ? text_copy("/")
                                          : text_copy_bytes(path, (size_t)(slash - path));
}

static void find_root(void)
{
    char path[PATH_MAX];
    ssize_t const length = readlink("/proc/self/exe", path, sizeof path - 1);

    path[length > 0 ? length : 0] = '\0';
    build_directory = parent_of(path);
    root = parent_of(build_directory);
    portable_set_folders(root, getenv("HOME"));
}

char const *catalogue_build_directory(void)
{
    if (build_directory == NULL)
        find_root();
    return build_directory;
}

char const *catalogue_root(void)
{
    if (root == NULL)
        find_root();
    return root;
}
