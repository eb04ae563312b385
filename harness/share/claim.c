/* claim.c -- renames, leases and links.
 *
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "share/claim.h"

#include "base/complain.h"
#include "base/durable.h"
#include "base/hint.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char *todo_path(char const *share, char const *unit)
{
    return text_format("%s/units/todo/%s", share, unit);
}

static char *held_path(struct claims const *claims, char const *unit)
{
    return text_format("%s/units/held/%s@%s", claims->share, unit, claims->worker);
}

static char *shard_path(char const *share, char const *unit)
{
    return text_format("%s/shards/%s.jsonl", share, unit);
}

static bool fault(char const *path)
{
    complain(hint_for(errno, "df -h and ls -ld of the share"), "%s: %s", path, strerror(errno));
    return false;
}

static bool make_folder(char const *share, char const *name)
{
    char *const path = text_format("%s/%s", share, name);
    bool const made = durable_make_folder(path) || errno == EEXIST || fault(path);

    free(path);
    return made;
}

static bool make_unit(char const *share, char const *unit)
{
    char *const path = todo_path(share, unit);
    int const file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
    bool const made = (file >= 0 && close(file) == 0) || fault(path);

    free(path);
    return made;
}

bool claims_prepare(char const *share, struct words const *units)
{
    static char const *const folders[] = {"units", "units/todo", "units/held", "shards"};
    bool made = true;

    for (size_t i = 0; made && i < sizeof folders / sizeof *folders; i++)
        made = make_folder(share, folders[i]);
    for (size_t i = 0; made && i < units->count; i++)
        made = make_unit(share, units->word[i]);
    return made;
}

static bool is_there(char *path)
{
    bool const there = access(path, F_OK) == 0;

    free(path);
    return there;
}

bool claim_is_done(char const *share, char const *unit)
{
    return is_there(shard_path(share, unit));
}

/* The file in held of the worker that has the unit; NULL: no worker has. The caller frees it. */
static char *holder(char const *share, char const *unit)
{
    char *const folder = text_format("%s/units/held", share);
    DIR *const directory = opendir(folder);
    size_t const length = strlen(unit);
    char *found = NULL;
    struct dirent const *entry;

    while (directory != NULL && found == NULL && (entry = readdir(directory)) != NULL)
        if (strncmp(entry->d_name, unit, length) == 0 && entry->d_name[length] == '@')
            found = text_format("%s/%s", folder, entry->d_name);
    if (directory != NULL)
        closedir(directory);
    free(folder);
    return found;
}

bool claim_is_held(char const *share, char const *unit)
{
    char *const path = holder(share, unit);
    bool const held = path != NULL;

    free(path);
    return held;
}

static double seconds_of(struct timespec time)
{
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* The file system's time. Negative after a complaint. One file for all workers: one that is killed
 * here leaves none of its own. */
static double share_now(struct claims const *claims)
{
    char *const path = text_format("%s/clock", claims->share);
    int const file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
    struct stat stamp;
    double now = -1;

    if (file >= 0 && futimens(file, NULL) == 0 && fstat(file, &stamp) == 0)
        now = seconds_of(stamp.st_mtim);
    else
        fault(path);
    if (file >= 0)
        close(file);
    free(path);
    return now;
}

/* The lease begins before the name changes, or another would find it run out in between. */
static bool take(char const *from, char const *to)
{
    return utimensat(AT_FDCWD, from, NULL, 0) == 0 && rename(from, to) == 0;
}

static bool take_todo(struct claims const *claims, char const *unit)
{
    char *const from = todo_path(claims->share, unit);
    char *const to = held_path(claims, unit);
    bool const taken = take(from, to);

    free(to);
    free(from);
    return taken;
}

/* A unit whose holder has not renewed its lease. *held: a worker has it that may be alive. */
static bool take_over(struct claims const *claims, char const *unit, double now, bool *held)
{
    char *const from = holder(claims->share, unit);
    char *const to = held_path(claims, unit);
    struct stat lease;
    bool taken = false;

    if (from != NULL && stat(from, &lease) == 0) {
        bool const over = now - seconds_of(lease.st_mtim) > claims->lease_seconds;
        taken = over && take(from, to);
        *held = *held || !taken;
    }
    free(to);
    free(from);
    return taken;
}

/* What a worker left that was killed between its shard and the end of its claim. */
static void forget(char const *share, char const *unit)
{
    char *const path = holder(share, unit);

    if (path != NULL)
        unlink(path);
    free(path);
}

enum claim claim_next(struct claims const *claims, struct words const *units, size_t *taken)
{
    double const now = share_now(claims);
    bool held = false;

    if (now < 0)
        return CLAIM_FAULT;
    for (size_t i = 0; i < units->count; i++) {
        char const *const unit = units->word[i];
        if (claim_is_done(claims->share, unit)) {
            forget(claims->share, unit);
        } else if (take_todo(claims, unit) || take_over(claims, unit, now, &held)) {
            *taken = i;
            return CLAIM_TAKEN;
        }
    }
    return held ? CLAIM_HELD : CLAIM_NONE;
}

bool claim_renew(struct claims const *claims, char const *unit)
{
    char *const path = held_path(claims, unit);
    bool const ours = utimensat(AT_FDCWD, path, NULL, 0) == 0;

    free(path);
    return ours;
}

void claim_release(struct claims const *claims, char const *unit)
{
    char *const from = held_path(claims, unit);
    char *const to = todo_path(claims->share, unit);

    rename(from, to); /* of what is another's by now there is nothing to give back */
    free(to);
    free(from);
}

/* link fails where the name is taken, on a network's file system too. */
bool claim_finish(struct claims const *claims, char const *unit, char const *draft, bool *first)
{
    char *const folder = text_format("%s/shards", claims->share);
    char *const from = text_format("%s/%s", folder, draft);
    char *const to = shard_path(claims->share, unit);
    char *const held = held_path(claims, unit);

    *first = link(from, to) == 0;
    bool const done = (*first || errno == EEXIST) && durable_sync_folder(folder);
    if (!done)
        fault(to);
    unlink(from);
    if (done)
        unlink(held);
    free(held);
    free(to);
    free(from);
    free(folder);
    return done;
}
