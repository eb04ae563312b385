/* regular_file.c -- opened without waiting, and looked at before anything is read.
 *
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "base/regular_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Without O_NONBLOCK the opening of a pipe waits for its other end. */
int regular_file_open(char const *path, int flags, char const **why)
{
    struct stat status;
    int const fd = open(path, flags | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0644);

    if (fd < 0 || fstat(fd, &status) != 0)
        *why = fd < 0 && errno == ENXIO ? "not a regular file" : strerror(errno);
    else if (!S_ISREG(status.st_mode))
        *why = "not a regular file";
    else
        return fd;
    if (fd >= 0)
        close(fd);
    return -1;
}

FILE *regular_file_stream(char const *path, char const **why)
{
    int const fd = regular_file_open(path, O_RDONLY, why);
    FILE *const stream = fd >= 0 ? fdopen(fd, "r") : NULL;

    if (fd >= 0 && stream == NULL) {
        *why = strerror(errno);
        close(fd);
    }
    return stream;
}

char *regular_file_text(char const *path, size_t most, size_t *size, char const **why)
{
    FILE *const stream = regular_file_stream(path, why);
    struct stat status;
    char *text = NULL;

    if (stream == NULL)
        return NULL;
    if (fstat(fileno(stream), &status) != 0 || (size_t)status.st_size > most) {
        *why = "too large";
    } else if ((text = malloc((size_t)status.st_size + 1)) == NULL) {
        *why = "out of memory";
    } else {
        *size = fread(text, 1, (size_t)status.st_size, stream);
        text[*size] = '\0';
        if (ferror(stream)) {
            *why = strerror(errno);
            free(text);
            text = NULL;
        }
    }
    fclose(stream);
    return text;
}

json_t *regular_file_json(char const *path, size_t flags, json_error_t *error)
{
    char const *why = "";
    FILE *const stream = regular_file_stream(path, &why);
    json_t *value = NULL;

    if (stream != NULL) {
        value = json_loadf(stream, flags, error);
        fclose(stream);
    } else if (error != NULL) {
        *error = (json_error_t){.line = -1, .column = -1};
        snprintf(error->text, sizeof error->text, "%s", why);
    }
    return value;
}
