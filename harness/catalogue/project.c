/* project.c -- home from the running executable, the project from the working directory.
 *
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "catalogue/project.h"

#include "base/portable.h"
#include "base/text.h"

#include <limits.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char *home;
static char *home_build;
static char *project;
static bool written; /* the project has a slablab.yaml */
static char *cache;
static char *user_cache;
static char *results;

static char *parent_of(char const *path)
{
    char const *const slash = strrchr(path, '/');

    return slash == NULL || slash == path ? text_copy("/")
                                          : text_copy_bytes(path, (size_t)(slash - path));
}

static bool has_settings(char const *folder)
{
    char *const path = text_format("%s/slablab.yaml", text_equal(folder, "/") ? "" : folder);
    struct stat status;
    bool const has = stat(path, &status) == 0 && S_ISREG(status.st_mode);

    free(path);
    return has;
}

static bool is_in(char const *path, char const *folder)
{
    size_t const length = strlen(folder);

    return strncmp(path, folder, length) == 0 && (path[length] == '/' || path[length] == '\0');
}

static void find_home(void)
{
    char path[PATH_MAX];
    ssize_t const length = readlink("/proc/self/exe", path, sizeof path - 1);

    path[length > 0 ? length : 0] = '\0';
    home_build = parent_of(path);
    home = parent_of(home_build);
}

/* Has scatter made it? */
static bool is_share(void)
{
    char *const path = text_format("%s/files.json", home_build);
    bool const is = access(path, F_OK) == 0;

    free(path);
    return is;
}

/* A share is its own project, for every worker the same one. A working directory that is gone is
 * no project. */
static void find_project(void)
{
    if (is_share()) {
        project = text_copy(home);
        return;
    }
    char *const here = getcwd(NULL, 0);
    char *folder = text_copy(here != NULL ? here : home);

    while (!has_settings(folder) && !text_equal(folder, "/")) {
        char *const above = parent_of(folder);
        free(folder);
        folder = above;
    }
    written = has_settings(folder);
    if (!written) {
        free(folder);
        folder = text_copy(here == NULL || is_in(here, home) ? home : here);
    }
    free(here);
    project = folder;
}

static char *find_user_cache(void)
{
    char const *const given = getenv("XDG_CACHE_HOME");
    char const *user = getenv("HOME");
    struct passwd const *const account = user == NULL || *user != '/' ? getpwuid(getuid()) : NULL;

    if (given != NULL && *given == '/')
        return text_format("%s/slablab", given);
    if (user == NULL || *user != '/')
        user = account != NULL ? account->pw_dir : "/tmp";
    return text_format("%s/.cache/slablab", user);
}

static char *find_results(void)
{
    char *const here = getcwd(NULL, 0);
    bool const elsewhere = written && (here == NULL || !text_equal(here, project));

    free(here);
    return elsewhere ? text_format("%s/results", project) : text_copy("results");
}

static void find_all(void)
{
    if (cache != NULL)
        return;
    if (home == NULL)
        find_home();
    if (project == NULL)
        find_project();
    user_cache = find_user_cache();
    cache = text_copy(text_equal(project, home) && access(home_build, W_OK) == 0 ? home_build
                                                                                 : user_cache);
    results = find_results();
    portable_set_folders(written ? project : home, home, getenv("HOME"));
}

void project_set(char const *new_home, char const *new_project)
{
    free(home);
    free(home_build);
    free(project);
    free(cache);
    free(user_cache);
    free(results);
    home = text_copy(new_home);
    home_build = text_format("%s/build", home);
    project = new_project != NULL ? text_copy(new_project) : NULL;
    written = project != NULL && has_settings(project);
    cache = NULL;
    find_all();
}

char const *project_home(void)
{
    find_all();
    return home;
}

char const *project_home_build(void)
{
    find_all();
    return home_build;
}

char const *project_folder(void)
{
    find_all();
    return project;
}

char const *project_cache(void)
{
    find_all();
    return cache;
}

char const *project_user_cache(void)
{
    find_all();
    return user_cache;
}

char const *project_results(void)
{
    find_all();
    return results;
}

bool project_is_written(void)
{
    find_all();
    return written;
}

bool project_is_home(void)
{
    find_all();
    return text_equal(project, home);
}

char *project_path(char const *path)
{
    char *const here =
        *path == '/' ? text_copy(path) : text_format("%s/%s", project_folder(), path);
    char *const there = text_format("%s/%s", project_home(), path);
    bool const is_there = access(here, F_OK) != 0 && access(there, F_OK) == 0;

    free(is_there ? here : there);
    return is_there ? there : here;
}
