/* folder.c -- walks over folders, in the order of the names.
 *
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "base/folder.h"

#include "base/complain.h"
#include "base/hint.h"
#include "base/text.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

enum { DESCRIPTORS_MAX = 16, PIECE_BYTES = 65536 };

static bool is_made(char const *path)
{
    struct stat status;

    if (mkdir(path, 0755) == 0)
        return true;
    return errno == EEXIST && stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

bool folder_make(char const *path)
{
    char *const part = text_copy(path);
    bool made = true;

    for (char *slash = part; made && (slash = strchr(slash + 1, '/')) != NULL;) {
        *slash = '\0';
        made = is_made(part);
        *slash = '/';
    }
    made = made && is_made(part);
    if (!made)
        complain(hint_for(errno, "ls -ld that folder"), "%s: cannot make it: %s", path,
                 strerror(errno));
    free(part);
    return made;
}

/* Sorted; words_free releases them. */
static struct words names_in(char const *path)
{
    struct words names = {0};
    DIR *const directory = opendir(path);
    struct dirent const *entry;

    while (directory != NULL && (entry = readdir(directory)) != NULL)
        if (!text_equal(entry->d_name, ".") && !text_equal(entry->d_name, ".."))
            words_add(&names, entry->d_name);
    if (directory != NULL)
        closedir(directory);
    words_sort(&names);
    return names;
}

static bool copy_bytes(int from, int into, off_t left)
{
    while (left > 0) {
        ssize_t const sent = sendfile(into, from, NULL, (size_t)left);
        if (sent <= 0)
            return false;
        left -= sent;
    }
    return true;
}

static bool copy_file(char const *from, char const *into, struct stat const *status)
{
    int const source = open(from, O_RDONLY | O_CLOEXEC);
    int const target = source < 0 ? -1
                                  : open(into, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
                                         status->st_mode & 0777);
    bool const copied = target >= 0 && copy_bytes(source, target, status->st_size);

    if (source >= 0)
        close(source);
    return target >= 0 && close(target) == 0 && copied;
}

static bool copy_link(char const *from, char const *into)
{
    char target[PATH_MAX];
    ssize_t const length = readlink(from, target, sizeof target - 1);

    target[length > 0 ? length : 0] = '\0';
    return length > 0 && symlink(target, into) == 0;
}

/* Says of the innermost fault. */
static bool copy_any(char const *from, char const *into);

static bool copy_entries(char const *from, char const *into)
{
    struct words names = names_in(from);
    bool copied = true;

    for (size_t i = 0; copied && i < names.count; i++) {
        char *const source = text_format("%s/%s", from, names.word[i]);
        char *const target = text_format("%s/%s", into, names.word[i]);
        copied = copy_any(source, target);
        free(source);
        free(target);
    }
    words_free(&names);
    return copied;
}

static bool copy_any(char const *from, char const *into)
{
    struct stat status;
    bool copied = lstat(from, &status) == 0;

    if (copied && S_ISDIR(status.st_mode)) {
        if (mkdir(into, 0700) == 0)
            return copy_entries(from, into);
        copied = false;
    } else if (copied) {
        copied = S_ISLNK(status.st_mode) ? copy_link(from, into) : copy_file(from, into, &status);
    }
    if (!copied)
        complain("df; ls -l", "cannot copy %s to %s: %s", from, into, strerror(errno));
    return copied;
}

bool folder_copy(char const *from, char const *into)
{
    struct stat status;

    if (stat(from, &status) == 0 && S_ISDIR(status.st_mode))
        return copy_entries(from, into);
    char const *const slash = strrchr(from, '/');
    char *const target = text_format("%s/%s", into, slash != NULL ? slash + 1 : from);
    bool const copied = copy_any(from, target);
    free(target);
    return copied;
}

static int remove_one(char const *path, struct stat const *status, int kind, struct FTW *place)
{
    (void)status;
    (void)kind;
    (void)place;
    return remove(path) != 0 && errno != ENOENT ? -1 : 0;
}

void folder_remove(char const *path)
{
    nftw(path, remove_one, DESCRIPTORS_MAX, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
}

void folder_add_file(struct sha256 *sum, char const *path)
{
    static unsigned char piece[PIECE_BYTES];
    int const file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    ssize_t size;

    while (file >= 0 && (size = read(file, piece, sizeof piece)) > 0)
        sha256_add(sum, piece, (size_t)size);
    if (file >= 0)
        close(file);
}

void folder_add(struct sha256 *sum, char const *path)
{
    char const *const slash = strrchr(path, '/');
    char const *const name = slash != NULL ? slash + 1 : path;
    char target[PATH_MAX];
    struct stat status;

    sha256_add(sum, name, strlen(name) + 1);
    if (lstat(path, &status) != 0)
        return;
    ssize_t const length = S_ISLNK(status.st_mode) ? readlink(path, target, sizeof target) : 0;
    if (length > 0)
        sha256_add(sum, target, (size_t)length);
    if (S_ISREG(status.st_mode)) {
        uint64_t const size = (uint64_t)status.st_size;
        sha256_add(sum, &size, sizeof size);
        folder_add_file(sum, path);
    }
    struct words names = {0};
    if (S_ISDIR(status.st_mode))
        names = names_in(path);
    for (size_t i = 0; i < names.count; i++) {
        char *const inner = text_format("%s/%s", path, names.word[i]);
        folder_add(sum, inner);
        free(inner);
    }
    words_free(&names);
}
