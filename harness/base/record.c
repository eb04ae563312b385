/* record.c -- appends to a file of records, and reads it back however the last run ended.
 *
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "base/record.h"

#include "base/complain.h"
#include "base/durable.h"
#include "base/hint.h"
#include "base/portable.h"
#include "base/regular_file.h"
#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A line is torn if it has no newline, or if it is the last and is not JSON: after a power cut a
 * file may be longer than the bytes that reached the disk. In the middle of a file this is damage,
 * and must be reported. */
static bool read_back(struct record_file *file, FILE *stream, record_visitor *visit, void *context)
{
    char *line = NULL;
    size_t capacity = 0;
    unsigned long number = 0;
    bool good = true;
    ssize_t length;

    while (good && (length = getline(&line, &capacity, stream)) > 0) {
        json_t *const record =
            line[length - 1] == '\n' ? json_loadb(line, (size_t)length, 0, NULL) : NULL;
        number++;
        if (record != NULL) {
            good = visit(context, record);
            json_decref(record);
            file->whole_bytes += length;
        } else if (getc(stream) == EOF) {
            break;
        } else {
            complain("restore the file from a copy, or slablab run --fresh", "%s:%lu: not a record",
                     file->path, number);
            good = false;
        }
    }
    if (ferror(stream)) {
        complain("look at dmesg", "%s: cannot read it: %s", file->path, strerror(errno));
        good = false;
    }
    free(line);
    return good;
}

static bool cut_back(struct record_file const *file)
{
    if (ftruncate(file->fd, file->whole_bytes) == 0 && fdatasync(file->fd) == 0)
        return true;
    complain("look at dmesg", "%s: cannot cut off its torn last line: %s", file->path,
             strerror(errno));
    return false;
}

bool record_open(struct record_file *file, char const *directory, char const *name,
                 record_visitor *visit, void *context)
{
    FILE *stream;
    char const *why = NULL;
    bool good;

    *file = (struct record_file){.path = text_format("%s/%s", directory, name)};
    file->fd = regular_file_open(file->path, O_RDWR | O_CREAT | O_APPEND, &why);
    stream = file->fd < 0 ? NULL : regular_file_stream(file->path, &why);
    if (stream != NULL && !durable_sync_folder(directory))
        why = strerror(errno);
    if (why != NULL) {
        complain("ls -l that file; ls -ld its folder", "%s: cannot open it: %s", file->path, why);
        good = false;
    } else {
        good = read_back(file, stream, visit, context) && cut_back(file);
    }
    if (stream != NULL)
        fclose(stream);
    if (!good)
        record_close(file);
    return good;
}

bool record_read(char const *directory, char const *name, record_visitor *visit, void *context)
{
    struct record_file file = {.path = text_format("%s/%s", directory, name), .fd = -1};
    char const *why = NULL;
    FILE *const stream = regular_file_stream(file.path, &why);
    bool good = false;

    if (stream == NULL) {
        complain("ls -l that file; ls -ld its folder", "%s: cannot open it: %s", file.path, why);
    } else {
        good = read_back(&file, stream, visit, context);
        fclose(stream);
    }
    record_close(&file);
    return good;
}

void record_close(struct record_file *file)
{
    if (file->fd >= 0)
        close(file->fd);
    free(file->path);
}

/* A short write does not say why: the rest of it would. */
static bool write_line(int fd, char const *line, size_t length)
{
    ssize_t const written = write(fd, line, length);

    if (written < 0 || written == (ssize_t)length)
        return written == (ssize_t)length;
    errno = ENOSPC;
    (void)!write(fd, line + written, length - (size_t)written);
    return false;
}

bool record_append(struct record_file *file, json_t const *record)
{
    json_t *const portable = portable_json(record);
    char *const text = json_dumps(portable, JSON_COMPACT | JSON_REAL_PRECISION(17));
    size_t const length = text == NULL ? 0 : strlen(text);

    json_decref(portable);
    if (text == NULL) {
        complain("free", "%s: cannot write a record as JSON", file->path);
        return false;
    }
    text[length] = '\n'; /* replaces the final 0: one write, one line */
    if (write_line(file->fd, text, length + 1) && fdatasync(file->fd) == 0) {
        file->whole_bytes += (off_t)(length + 1);
        free(text);
        return true;
    }
    complain(hint_for(errno, "make room, then repeat the command: it resumes from here"),
             "%s: cannot append a block: %s", file->path, strerror(errno));
    free(text);
    cut_back(file);
    return false;
}
