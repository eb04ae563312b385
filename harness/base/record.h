/* record.h -- a run's file of records: a synced line per block, whole or not at all.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_RECORD_H
#define SLABLAB_RECORD_H

#include <jansson.h>
#include <stdbool.h>
#include <sys/types.h>

/* Invariant between calls: the file's first `whole_bytes` are whole lines, and nothing is behind
 * them. */
struct record_file {
    char *path;
    int fd;
    off_t whole_bytes;
};

/* Takes in one record; false, after a complaint, when it does not belong here. */
typedef bool record_visitor(void *context, json_t const *record);

/* Opens DIRECTORY/NAME, makes it if need be, and shows each record that it holds to
 * `visit`. A last line that was torn by a kill or a power cut is cut off. Complains and returns
 * false on any other fault. */
bool record_open(struct record_file *file, char const *directory, char const *name,
                 record_visitor *visit, void *context);
void record_close(struct record_file *file);

/* Shows each whole record of DIRECTORY/NAME to `visit` and changes nothing. False after a
 * complaint. */
bool record_read(char const *directory, char const *name, record_visitor *visit, void *context);

/* Appends one record in one write and syncs it. On a fault (the disk is full) it cuts the file back
 * to whole lines, complains and returns false. */
bool record_append(struct record_file *file, json_t const *record);

#endif
