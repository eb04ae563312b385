/* durable.c -- files that are complete after a power cut, or absent.
 *
 * SPDX-License-Identifier: MIT */
#include "base/durable.h"

#include "base/complain.h"
#include "base/hint.h"
#include "base/portable.h"
#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool write_all(int file, char const *bytes, size_t size)
{
    while (size > 0) {
        ssize_t const written = write(file, bytes, size);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return false;
        bytes += written;
        size -= (size_t)written;
    }
    return true;
}

static bool write_synced(int folder, char const *name, char const *bytes, size_t size)
{
    int const file = openat(folder, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

    if (file < 0)
        return false;
    bool const written = write_all(file, bytes, size) && fsync(file) == 0;
    int const fault = errno;
    bool const closed = close(file) == 0;
    if (!written)
        errno = fault;
    return written && closed;
}

bool durable_sync_folder(char const *folder)
{
    int const fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool const synced = fd >= 0 && fsync(fd) == 0;
    int const fault = errno;

    if (fd >= 0)
        close(fd);
    errno = fault;
    return synced;
}

bool durable_make_folder(char const *path)
{
    char const *const slash = strrchr(path, '/');

    if (mkdir(path, 0755) != 0)
        return false;
    size_t const length = slash == NULL || slash == path ? 1 : (size_t)(slash - path);
    char *const parent = text_copy_bytes(slash == NULL ? "." : path, length);
    bool const synced = durable_sync_folder(parent);
    free(parent);
    return synced;
}

bool durable_write(char const *directory, char const *name, char const *bytes, size_t size)
{
    char *const draft = text_format(".%s.draft", name);
    int const folder = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool const done = folder >= 0 && write_synced(folder, draft, bytes, size)
        && renameat(folder, draft, folder, name) == 0 && fsync(folder) == 0;

    if (!done) {
        complain(hint_for(errno, "df -h and ls -ld of that folder"),
                 "%s/%s: cannot write it: %s", directory, name, strerror(errno));
        if (folder >= 0)
            unlinkat(folder, draft, 0);
    }
    if (folder >= 0)
        close(folder);
    free(draft);
    return done;
}

bool durable_write_json(char const *directory, char const *name, json_t const *value)
{
    json_t *const portable = portable_json(value);
    char *const text = json_dumps(portable, JSON_INDENT(1) | JSON_REAL_PRECISION(17));

    json_decref(portable);
    if (text == NULL) {
        complain("names of files and folders in UTF-8",
                 "%s/%s: cannot write it: a value of it is not valid UTF-8", directory, name);
        return false;
    }
    char *const lines = text_format("%s\n", text);
    bool const done = durable_write(directory, name, lines, strlen(lines));
    free(lines);
    free(text);
    return done;
}
