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
#include "base/seal.h"
#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What a line of the file is. */
enum line { LINE_RECORD, LINE_TORN, LINE_DAMAGED };

/* A line without its end is torn, and so is one with zeros: after a power cut a file may be longer
 * than the bytes that reached the disk. Only the last line may be. */
static bool is_torn(char const *line, size_t length)
{
    return line[length - 1] != '\n' || memchr(line, '\0', length) != NULL;
}

/* Lines of the first schemas ("slablab-gate/1") were not sealed. */
static bool needs_seal(json_t const *record)
{
    char const *const schema = json_string_value(json_object_get(record, "schema"));

    return schema == NULL || !text_ends_with(schema, "/1");
}

/* *record is a new reference for LINE_RECORD; *fault says what else it is. */
static enum line parse(char const *line, size_t length, json_t **record, char const **fault)
{
    enum seal const seal = seal_of(line, length);

    *record = NULL;
    *fault = "it is not a record";
    if (is_torn(line, length))
        return LINE_TORN;
    if (seal == SEAL_BROKEN) {
        *fault = "its crc32 is not that of its bytes: the line was changed";
        return LINE_DAMAGED;
    }
    *record = json_loadb(line, length, 0, NULL);
    if (*record == NULL)
        return seal == SEAL_MISSING ? LINE_TORN : LINE_DAMAGED;
    if (seal == SEAL_WHOLE || !needs_seal(*record))
        return LINE_RECORD;
    json_decref(*record);
    *fault = "it does not end in its crc32";
    return LINE_DAMAGED;
}

static bool complain_of_line(struct record_file const *file, unsigned long number,
                             char const *fault)
{
    complain("restore the file from a copy, or slablab run --fresh", "%s:%lu: %s", file->path,
             number, fault);
    return false;
}

static bool read_back(struct record_file *file, FILE *stream, record_visitor *visit, void *context)
{
    char *line = NULL;
    size_t capacity = 0;
    unsigned long number = 0;
    bool good = true;
    ssize_t length;

    while (good && (length = getline(&line, &capacity, stream)) > 0) {
        char const *fault;
        json_t *record;
        enum line const kind = parse(line, (size_t)length, &record, &fault);
        number++;
        if (kind == LINE_RECORD) {
            good = visit(context, record) ||
                   complain_of_line(file, number, "it does not belong here, as said above");
            json_decref(record);
            file->whole_bytes += length;
        } else if (kind == LINE_TORN && getc(stream) == EOF) {
            break;
        } else {
            good = complain_of_line(file, number, fault);
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
    char *const line = sealed_line(portable);
    size_t const length = line == NULL ? 0 : strlen(line);

    json_decref(portable);
    if (line == NULL) {
        complain("free", "%s: cannot write a record as JSON", file->path);
        return false;
    }
    if (write_line(file->fd, line, length) && fdatasync(file->fd) == 0) {
        file->whole_bytes += (off_t)length;
        free(line);
        return true;
    }
    complain(hint_for(errno, "make room, then repeat the command: it resumes from here"),
             "%s: cannot append a block: %s", file->path, strerror(errno));
    free(line);
    cut_back(file);
    return false;
}
