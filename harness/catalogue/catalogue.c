/* catalogue.c -- lists what can be run by reading the project's folders.
 *
 * SPDX-License-Identifier: MIT */
#include "catalogue/catalogue.h"

#include "base/text.h"
#include "catalogue/build_id.h"
#include "catalogue/named_files.h"
#include "catalogue/peers.h"
#include "catalogue/project.h"
#include "catalogue/settings.h"
#include "catalogue/variant.h"
#include "catalogue/workload_description.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static char const programs_folder[] = "workloads/programs";

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

    add_names_below(&names, project_home(), "allocators/phases", "", ".c");
    add_names_below(&names, project_home_build(), ".", "lib", ".so");
    words_sort(&names);
    return names;
}

static char const *experiments_folder(void)
{
    return settings()->experiments != NULL ? settings()->experiments : "experiments";
}

struct words catalogue_experiments(void)
{
    struct words files = {0};
    struct words names = {0};

    add_names_below(&files, project_folder(), experiments_folder(), "", ".yaml");
    add_names_below(&files, project_home(), "experiments", "", ".yaml");
    for (size_t i = 0; i < files.count; i++)
        if (!text_equal(files.word[i], "claims")) /* what the analysis concludes from them */
            words_add(&names, files.word[i]);
    words_free(&files);
    words_sort(&names);
    return names;
}

char *catalogue_experiment_path(char const *word)
{
    char *const paths[] = {
        text_copy(word),
        project_path(word),
        text_format("%s/%s/%s.yaml", project_folder(), experiments_folder(), word),
        text_format("%s/experiments/%s.yaml", project_home(), word),
    };
    char *found = NULL;

    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        if (found == NULL && is_file(paths[i]))
            found = text_copy(paths[i]);
        free(paths[i]);
    }
    return found != NULL ? found : text_copy(word);
}

/* Those that slablab.yaml names: files, and what is in folders. */
static void add_own_names(struct words *names, char const *ending)
{
    for (size_t i = 0; i < settings()->workloads_count; i++) {
        char *const path = project_path(settings()->workloads[i]);
        char const *const file = strrchr(path, '/') + 1;
        char *const name = text_copy_bytes(
            file, strlen(file) - (text_ends_with(file, ending) ? strlen(ending) : 0));
        if (!is_file(path))
            add_names(names, path, "", ending);
        else if (text_ends_with(file, ending) && !words_hold(names, name))
            words_add(names, name);
        free(name);
        free(path);
    }
}

char *catalogue_workload_file(char const *name, char const *ending)
{
    char *const file = text_format("%s%s", name, ending);
    char *found = NULL;

    for (size_t i = 0; found == NULL && i < settings()->workloads_count; i++) {
        char *const path = project_path(settings()->workloads[i]);
        char *const below = text_format("%s/%s", path, file);
        if (is_file(below))
            found = text_copy(below);
        else if (is_file(path) && text_equal(strrchr(path, '/') + 1, file))
            found = text_copy(path);
        free(below);
        free(path);
    }
    free(file);
    return found;
}

struct words catalogue_workloads(void)
{
    struct words files = {0};
    struct words names = {0};

    add_names_below(&files, project_home_build(), "workloads", "", "");
    add_own_names(&files, "");
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

struct words catalogue_programs(void)
{
    struct words names = {0};

    add_names_below(&names, project_folder(), programs_folder, "", ".yaml");
    add_names_below(&names, project_home(), programs_folder, "", ".yaml");
    add_own_names(&names, ".yaml");
    words_sort(&names);
    return names;
}

/* Takes over the path; NULL serves nothing. */
static bool serve_by(struct allocator *allocator, char *object)
{
    allocator->object = arena_keep(&allocator->arena, object);
    allocator->serving = allocator->object;
    if (allocator->object != NULL)
        allocator->build_id =
            arena_keep(&allocator->arena, catalogue_build_id(allocator->object));
    return allocator->object != NULL;
}

static bool find_phase(char const *name, struct allocator *allocator)
{
    struct arena *const arena = &allocator->arena;
    char const *const build = project_home_build();
    char *const source = arena_format(arena, "%s/allocators/phases/%s.c", project_home(), name);
    char *const object = arena_format(arena, "%s/lib%s.so", build, name);
    char *const observer = arena_format(arena, "%s/observe/lib%s.so", build, name);

    allocator->kind = ALLOCATOR_PHASE;
    if (!is_file(source) && !is_file(object))
        return false;
    bool const built = is_file(object) && serve_by(allocator, realpath(object, NULL));
    if (is_file(observer))
        allocator->observer = arena_keep(arena, realpath(observer, NULL));
    if (!built || allocator->observer == NULL) {
        allocator->problem = arena_format(arena, "%s is not built", built ? observer : object);
        allocator->remedy = "make allocators";
    }
    return true;
}

/* A relative path starts at the project's folder, whatever the working directory. */
static bool find_path(char const *name, struct allocator *allocator)
{
    struct arena *const arena = &allocator->arena;
    char const *const path = arena_keep(arena, named_file(name));

    allocator->kind = ALLOCATOR_PATH;
    if (is_file(path) && serve_by(allocator, realpath(path, NULL)))
        return true;
    allocator->problem = arena_format(arena, "%s is no file", path);
    allocator->remedy = "a path from the project's folder, or slablab list allocators";
    return false;
}

static void find_peer_files(struct peer const *peer, struct allocator *allocator)
{
    struct arena *const arena = &allocator->arena;

    allocator->kind = ALLOCATOR_PEER;
    allocator->package = arena_text(arena, peer->package);
    if (peer->object == NULL) {
        allocator->serving = arena_keep(arena, peers_c_library());
        allocator->build_id = arena_keep(arena, catalogue_build_id(allocator->serving));
    } else if (!serve_by(allocator, peers_find_object(peer->object))) {
        allocator->problem = arena_format(arena, "%s is not installed", peer->object);
        allocator->remedy = peer->package != NULL
            ? arena_format(arena, "apt-get install %s", peer->package)
            : "its object in allocators/peers.yaml";
        return;
    }
    allocator->version = arena_keep(arena, peers_version(peer));
}

bool catalogue_allocator(char const *name, struct allocator *allocator)
{
    struct peer const *const peer = peers_find(name);

    *allocator = (struct allocator){.name = NULL};
    allocator->name = arena_text(&allocator->arena, name);
    if (strchr(name, '/') != NULL)
        return find_path(name, allocator);
    if (peer != NULL)
        find_peer_files(peer, allocator);
    else if (!find_phase(name, allocator) &&
             !(variant_is_named(name) && variant_find(name, allocator))) {
        allocator->problem = arena_format(&allocator->arena, "unknown allocator '%s'", name);
        allocator->remedy = "slablab list allocators";
        return false;
    }
    return true;
}

void catalogue_allocator_free(struct allocator *allocator)
{
    arena_free(&allocator->arena);
    *allocator = (struct allocator){.name = NULL};
}
