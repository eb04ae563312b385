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

/* A link in CACHE, or NULL. */
static char *alias_in(char const *cache, char const *path)
{
    char *const folder = text_format("%s/aliases/%016" PRIx64, cache, digest(path));
    char *alias = text_format("%s/lib.so", folder);
    bool const made = preload_takes(alias) && folder_make(folder) &&
                      (symlink(path, alias) == 0 || errno == EEXIST);
    char *const target = made ? realpath(alias, NULL) : NULL;
    char *const wanted = made ? realpath(path, NULL) : NULL;

    if (target == NULL || !text_equal(target, wanted)) {
        free(alias);
        alias = NULL;
    }
    free(wanted);
    free(target);
    free(folder);
    return alias;
}

char *preload_path(char const *path)
{
    if (preload_takes(path))
        return text_copy(path);
    char *const alias = alias_in(project_cache(), path);
    return alias != NULL ? alias : alias_in(project_user_cache(), path);
}
