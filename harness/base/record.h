/* record.h -- a run's file of records: a synced and sealed line per block, whole or not at all.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_RECORD_H
#define SLABLAB_RECORD_H

#include <jansson.h>
#include <stdbool.h>
#include <sys/types.h>

/* Invariant between calls: the file consists of `whole_bytes` bytes of whole lines. */
struct record_file {
    char *path;
    int fd;
    off_t whole_bytes;
};

/* Accepts one record; false, after a complaint, if it does not belong to this run. */
typedef bool record_visitor(void *context, json_t const *record);

/* Opens or creates DIRECTORY/NAME and passes each of its records to `visit`. A last line torn by a
 * kill or a power cut is truncated. Complains and returns false on any other error, which
 * a line's missing or broken seal (seal.h) is, by its number. */
bool record_open(struct record_file *file, char const *directory, char const *name,
                 record_visitor *visit, void *context);
void record_close(struct record_file *file);

/* Passes each whole record of DIRECTORY/NAME to `visit` and changes nothing. False after a
 * complaint. */
bool record_read(char const *directory, char const *name, record_visitor *visit, void *context);

/* Appends one record in one write and syncs it. On an error (a full disk) it truncates the file to
 * whole lines, complains and returns false. */
bool record_append(struct record_file *file, json_t const *record);

#endif
