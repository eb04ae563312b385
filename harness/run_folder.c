/* run_folder.c -- folders named by the second in which they were made, locked by flock.
 *
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "run_folder.h"

#include "complain.h"
#include "text.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { LOCK_ATTEMPTS = 20 };

static struct timespec const ATTEMPT_INTERVAL = {.tv_nsec = 50000000};

bool run_folder_has(char const *folder, char const *name)
{
    char *const path = text_format("%s/%s", folder, name);
    bool const there = access(path, F_OK) == 0;

    free(path);
    return there;
}

char *run_folder_unfinished(char const *parent, char const *form)
{
    DIR *const directory = opendir(parent);
    char *const ending = text_format("Z-%s", form);
    char *newest = NULL;
    struct dirent const *entry;

    while (directory != NULL && (entry = readdir(directory)) != NULL) {
        if (!text_ends_with(entry->d_name, ending))
            continue;
        char *const folder = text_format("%s/%s", parent, entry->d_name);
        /* Names begin with the time, so the newest is the last in the order of strings. */
        if (run_folder_has(folder, "plan.json") && !run_folder_has(folder, "outcome.json") &&
            (newest == NULL || strcmp(folder, newest) > 0)) {
            free(newest);
            newest = folder;
        } else {
            free(folder);
        }
    }
    if (directory != NULL)
        closedir(directory);
    free(ending);
    return newest;
}

static bool make_parents(char const *path)
{
    char *const partial = text_copy(path);
    bool made = true;

    for (char *slash = strchr(partial + 1, '/'); made; slash = strchr(slash + 1, '/')) {
        if (slash != NULL)
            *slash = 0;
        made = mkdir(partial, 0755) == 0 || errno == EEXIST;
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
        if (mkdir(folder, 0755) == 0)
            return folder;
        free(folder);
        /* Another run took this second: wait for the next. */
        possible = errno == EEXIST && nanosleep(&ATTEMPT_INTERVAL, NULL) == 0;
    }
    complain("df -h; ls -ld that folder; or --out another", "%s: cannot make a folder there: %s",
             parent, strerror(errno));
    return NULL;
}

bool run_folder_lock(char const *folder)
{
    int const fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    /* A sample of a harness that was just killed holds the lock until the kernel has killed it too.
     */
    for (int attempt = 0; fd >= 0 && attempt < LOCK_ATTEMPTS; attempt++) {
        if (flock(fd, LOCK_EX | LOCK_NB) == 0)
            return true;
        if (errno != EWOULDBLOCK)
            break;
        nanosleep(&ATTEMPT_INTERVAL, NULL);
    }
    if (errno == EWOULDBLOCK)
        complain("wait for it to end, or --fresh", "%s: another slablab is running there", folder);
    else
        complain("ls -ld that folder", "%s: cannot lock it: %s", folder, strerror(errno));
    if (fd >= 0)
        close(fd);
    return false;
}
