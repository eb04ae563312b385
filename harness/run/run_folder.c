/* run_folder.c -- folders named by the second in which they were made.
 *
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "run/run_folder.h"

#include "base/complain.h"
#include "base/durable.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static struct timespec const ATTEMPT_INTERVAL = {.tv_nsec = 50000000};

bool run_folder_has(char const *folder, char const *name)
{
    char *const path = text_format("%s/%s", folder, name);
    bool const there = access(path, F_OK) == 0;

    free(path);
    return there;
}

/* A power cut may leave the file's name and none of its bytes. */
static bool is_finished(char const *folder)
{
    char *const path = text_format("%s/outcome.json", folder);
    struct stat outcome;
    bool const finished = stat(path, &outcome) == 0 && outcome.st_size > 0;

    free(path);
    return finished;
}

struct words run_folder_unfinished(char const *parent, char const *form)
{
    DIR *const directory = opendir(parent);
    char *const ending = text_format("Z-%s", form);
    struct words folders = {0};
    struct dirent const *entry;

    while (directory != NULL && (entry = readdir(directory)) != NULL) {
        char *const folder = text_format("%s/%s", parent, entry->d_name);
        if (text_ends_with(entry->d_name, ending) && run_folder_has(folder, "plan.json") &&
            !is_finished(folder))
            words_add(&folders, folder);
        free(folder);
    }
    if (directory != NULL)
        closedir(directory);
    free(ending);
    /* Names begin with the time. */
    words_sort(&folders);
    return folders;
}

static bool make_parents(char const *path)
{
    char *const partial = text_copy(path);
    bool made = true;

    for (char *slash = strchr(partial + 1, '/'); made; slash = strchr(slash + 1, '/')) {
        if (slash != NULL)
            *slash = 0;
        made = durable_make_folder(partial) || errno == EEXIST;
        if (slash == NULL)
            break;
        *slash = '/';
    }
    free(partial);
    return made;
}

char *run_folder_create(char const *parent, char const *form)
{
    bool possible = make_parents(parent);

    while (possible) {
        time_t const now = time(NULL);
        struct tm utc;
        char stamp[32];
        strftime(stamp, sizeof stamp, "%Y%m%dT%H%M%SZ", gmtime_r(&now, &utc));
        char *const folder = text_format("%s/%s-%s", parent, stamp, form);
        if (durable_make_folder(folder))
            return folder;
        free(folder);
        /* Another run has this second's name: wait for the next. */
        possible = errno == EEXIST && nanosleep(&ATTEMPT_INTERVAL, NULL) == 0;
    }
    complain("df -h; ls -ld that folder; or --out another", "%s: cannot make a folder there: %s",
             parent, strerror(errno));
    return NULL;
}
