/* catalogue.c -- lists what can be run by reading the project's folders.
 *
 * SPDX-License-Identifier: MIT */
#include "catalogue/catalogue.h"

#include "base/text.h"
#include "catalogue/build_id.h"
#include "catalogue/peers.h"
#include "catalogue/project.h"
#include "catalogue/workload_description.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static bool is_file(char const *path)
{
    struct stat status;

    return stat(path, &status) == 0 && S_ISREG(status.st_mode);
}

/* Adds the middle of every file <prefix><middle><suffix> of a folder. */
static void add_names(struct words *names, char const *folder, char const *prefix,
                      char const *suffix)
{
    DIR *const directory = opendir(folder);

    if (directory == NULL)
        return;
    for (struct dirent const *entry = readdir(directory); entry != NULL;
         entry = readdir(directory)) {
        size_t const length = strlen(entry->d_name);
        size_t const around = strlen(prefix) + strlen(suffix);
        if (entry->d_name[0] == '.' || length <= around || !text_ends_with(entry->d_name, suffix)
            || strncmp(entry->d_name, prefix, strlen(prefix)) != 0)
            continue;
        char *const name = text_copy_bytes(entry->d_name + strlen(prefix), length - around);
        char *const path = text_format("%s/%s", folder, entry->d_name);
        if (is_file(path) && !words_hold(names, name))
            words_add(names, name);
        free(path);
        free(name);
    }
    closedir(directory);
}

static void add_names_below(struct words *names, char const *above, char const *folder,
                            char const *prefix, char const *suffix)
{
    char *const path = text_format("%s/%s", above, folder);

    add_names(names, path, prefix, suffix);
    free(path);
}

struct words catalogue_phases(void)
{
    struct words names = {0};

    add_names_below(&names, catalogue_root(), "allocators/phases", "", ".c");
    add_names_below(&names, catalogue_build_directory(), ".", "lib", ".so");
    words_sort(&names);
    return names;
}

struct words catalogue_experiments(void)
{
    struct words files = {0};
    struct words names = {0};

    add_names_below(&files, catalogue_root(), "experiments", "", ".yaml");
    for (size_t i = 0; i < files.count; i++)
        if (!text_equal(files.word[i], "claims")) /* what the analysis concludes from them */
            words_add(&names, files.word[i]);
    words_free(&files);
    words_sort(&names);
    return names;
}

struct words catalogue_workloads(void)
{
    struct words files = {0};
    struct words names = {0};

    add_names_below(&files, catalogue_build_directory(), "workloads", "", "");
    for (size_t i = 0; i < files.count; i++) {
        char *const path = catalogue_workload_path(files.word[i]);
        if (path != NULL)
            words_add(&names, files.word[i]);
        free(path);
    }
    words_free(&files);
    words_sort(&names);
    return names;
}

static void serve_by(struct allocator *allocator, char *object)
{
    allocator->object = object;
    allocator->serving = text_copy(object);
    allocator->build_id = catalogue_build_id(object);
}

static bool find_phase(char const *name, struct allocator *allocator)
{
    char *const source = text_format("%s/allocators/phases/%s.c", catalogue_root(), name);
    char *const object = text_format("%s/lib%s.so", catalogue_build_directory(), name);
    char *const observer = text_format("%s/observe/lib%s.so", catalogue_build_directory(), name);
    bool const known = is_file(source) || is_file(object);

    allocator->kind = ALLOCATOR_PHASE;
    if (known && is_file(object))
        serve_by(allocator, realpath(object, NULL));
    if (known && is_file(observer))
        allocator->observer = realpath(observer, NULL);
    if (known && (allocator->object == NULL || allocator->observer == NULL)) {
        allocator->problem = text_format("%s is not built",
                                         allocator->object == NULL ? object : observer);
        allocator->remedy = text_copy("make allocators");
    }
    free(observer);
    free(object);
    free(source);
    return known;
}

/* A relative path starts at the project's root, whatever the working directory. */
static bool find_path(char const *name, struct allocator *allocator)
{
    char *const path = *name == '/' ? text_copy(name)
                                    : text_format("%s/%s", catalogue_root(), name);
    char *const object = is_file(path) ? realpath(path, NULL) : NULL;

    allocator->kind = ALLOCATOR_PATH;
    if (object != NULL) {
        serve_by(allocator, object);
    } else {
        allocator->problem = text_format("%s is no file", path);
        allocator->remedy = text_copy("a path from the project's root, or slablab list allocators");
    }
    free(path);
    return object != NULL;
}

static void find_peer_files(struct peer const *peer, struct allocator *allocator)
{
    allocator->kind = ALLOCATOR_PEER;
    allocator->package = text_copy(peer->package);
    if (peer->object == NULL) {
        allocator->serving = peers_c_library();
        allocator->build_id = catalogue_build_id(allocator->serving);
    } else {
        char *const object = peers_find_object(peer->object);
        if (object == NULL) {
            allocator->problem = text_format("%s is not installed", peer->object);
            allocator->remedy = text_format("apt-get install %s", peer->package);
            return;
        }
        serve_by(allocator, object);
    }
    allocator->version = peers_version(peer);
}

bool catalogue_allocator(char const *name, struct allocator *allocator)
{
    *allocator = (struct allocator){.name = text_copy(name)};
    if (strchr(name, '/') != NULL)
        return find_path(name, allocator);

    struct peer const *const peer = peers_find(name);
    if (peer != NULL)
        find_peer_files(peer, allocator);
    else if (!find_phase(name, allocator)) {
        allocator->problem = text_format("unknown allocator '%s'", name);
        allocator->remedy = text_copy("slablab list allocators");
        return false;
    }
    return true;
}

void catalogue_allocator_free(struct allocator *allocator)
{
    free(allocator->name);
    free(allocator->object);
    free(allocator->serving);
    free(allocator->build_id);
    free(allocator->observer);
    free(allocator->version);
    free(allocator->package);
    free(allocator->problem);
    free(allocator->remedy);
    *allocator = (struct allocator){0};
}
