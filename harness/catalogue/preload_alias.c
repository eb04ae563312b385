/* preload_alias.c -- symbolic links in the cache.
 *
 * SPDX-License-Identifier: MIT */
#include "catalogue/preload_alias.h"

#include "base/folder.h"
#include "base/text.h"
#include "catalogue/project.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

bool preload_takes(char const *path)
{
    return strpbrk(path, " :\t\n") == NULL;
}

/* FNV-1a. */
static uint64_t digest(char const *text)
{
    uint64_t hash = 0xcbf29ce484222325;

    for (; *text != '\0'; text++)
        hash = (hash ^ (unsigned char)*text) * 0x100000001b3;
    return hash;
}

char *preload_alias(char const *path)
{
    char *const aliases = text_format("%s/aliases", project_cache());
    char *const folder = text_format("%s/%016" PRIx64, aliases, digest(path));
    char *alias = text_format("%s/lib.so", folder);
    bool const made = preload_takes(alias) && folder_make(folder) &&
                      (symlink(path, alias) == 0 || errno == EEXIST);
    char *const target = made ? realpath(alias, NULL) : NULL;

    if (target == NULL || !text_equal(target, path)) {
        free(alias);
        alias = NULL;
    }
    free(target);
    free(folder);
    free(aliases);
    return alias;
}
