/* peers.c -- the distribution's allocators: allocators/peers.yaml, and where they are installed.
 *
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* dladdr */
#include "catalogue/peers.h"

#include "base/capture.h"
#include "base/memory.h"
#include "base/yaml_file.h"
#include "catalogue/project.h"

#include <dlfcn.h>
#include <glob.h>
#include <gnu/libc-version.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct yaml_field const peer_fields[] = {
    {"name", FIELD_TEXT, .needed = true, .offset = offsetof(struct peer, name)},
    {"package", FIELD_TEXT, .offset = offsetof(struct peer, package)},
    {"object", FIELD_TEXT, .offset = offsetof(struct peer, object)},
    {"version", FIELD_TEXTS, .offset = offsetof(struct peer, version),
     .count_offset = offsetof(struct peer, version_count)},
    {.key = NULL},
};
static struct yaml_shape const peer_shape = {sizeof(struct peer), peer_fields};

static struct yaml_file *file;
static bool file_was_read;

/* Reads the file at the first query. */
static struct peer const *peers_read(size_t *count)
{
    if (!file_was_read) {
        char *const path = text_format("%s/allocators/peers.yaml", project_home());
        file = access(path, F_OK) == 0 ? yaml_file_open(path, &peer_shape, true) : NULL;
        file_was_read = true;
        free(path);
    }
    *count = file != NULL ? yaml_file_count(file) : 0;
    return file != NULL ? yaml_file_data(file) : NULL;
}

void peers_forget(void)
{
    yaml_file_close(file);
    file = NULL;
    file_was_read = false;
}

struct peer const *peers_find(char const *name)
{
    size_t count = 0;
    struct peer const *const peers = peers_read(&count);

    for (size_t i = 0; i < count; i++)
        if (text_equal(peers[i].name, name))
            return &peers[i];
    return NULL;
}

struct words peers_names(void)
{
    size_t count = 0;
    struct peer const *const peers = peers_read(&count);
    struct words names = {0};

    for (size_t i = 0; i < count; i++)
        words_add(&names, peers[i].name);
    return names;
}

char *peers_c_library(void)
{
    Dl_info library = {0};

    if (dladdr((void const *)(uintptr_t)gnu_get_libc_version, &library) == 0
        || library.dli_fname == NULL)
        return NULL;
    return realpath(library.dli_fname, NULL);
}

/* Sorted by name, so that libx-5.3.so goes before libx-5.4.so. */
static char *last_match(char const *pattern)
{
    glob_t found;
    char *const path = glob(pattern, 0, NULL, &found) == 0
        ? realpath(found.gl_pathv[found.gl_pathc - 1], NULL)
        : NULL;

    globfree(&found);
    return path;
}

char *peers_find_object(char const *object)
{
    if (*object == '/')
        return last_match(object);

    char *const library = peers_c_library();
    char *const slash = library != NULL ? strrchr(library, '/') : NULL;
    if (slash != NULL)
        *slash = '\0';
    /* Debian keeps the C library in /lib/<triplet> and everything else in /usr/lib/<triplet>; the
     * two may be one. */
    char *const beside = text_format("/usr%s", library != NULL ? library : "/lib");
    char const *const folders[] = {library, beside, "/usr/local/lib", "/usr/lib64", "/usr/lib"};
    char *found = NULL;
    for (size_t i = 0; i < sizeof folders / sizeof *folders && found == NULL; i++) {
        if (folders[i] == NULL)
            continue;
        char *const path = text_format("%s/%s", folders[i], object);
        found = realpath(path, NULL);
        free(path);
    }
    free(beside);
    free(library);
    return found;
}

char *peers_version(struct peer const *peer)
{
    char *const package[] = {"dpkg-query", "--show", "--showformat=${Version}", peer->package,
                             NULL};
    char **const own = memory_zeroed(peer->version_count + 1, sizeof *own);
    char *version = NULL;

    if (peer->version_count > 0)
        memcpy(own, peer->version, peer->version_count * sizeof *own);
    if (peer->version_count > 0 || peer->package != NULL)
        version = capture_line(peer->version_count > 0 ? own : package, NULL);
    free(own);
    return version;
}
