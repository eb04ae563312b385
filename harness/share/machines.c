/* machines.c -- attestations held against one another.
 *
 * SPDX-License-Identifier: MIT */
#include "share/machines.h"

#include "base/complain.h"
#include "base/durable.h"
#include "base/regular_file.h"

#include <jansson.h>
#include <stdlib.h>

static json_t *read_of(char const *share, char const *machine, char const *name)
{
    char *const path = text_format("%s/machines/%s/%s", share, machine, name);
    json_t *const value = regular_file_json(path, 0, NULL);

    if (value == NULL)
        complain("slablab work on that machine again, or restore the file", "%s: cannot be read",
                 path);
    free(path);
    return value;
}

/* [[cell, arm, checksum, operations, build-id], ...]: what must be equal on every machine; the
 * build-id unless each has built. */
static json_t *work_of(json_t const *attestation, bool built_once)
{
    json_t *const works = json_array();
    size_t place, inner;
    json_t *cell, *arm;

    json_array_foreach(json_object_get(attestation, "cells"), place, cell)
        json_array_foreach(json_object_get(cell, "arms"), inner, arm)
            json_array_append_new(
                works, json_pack("[O, O, O?, O?, O?]", json_object_get(cell, "cell"),
                                 json_object_get(arm, "arm"), json_object_get(arm, "checksum"),
                                 json_object_get(arm, "operations"),
                                 built_once ? json_object_get(arm, "build_id") : NULL));
    return works;
}

static bool same_work(struct share const *share, char const *first, char const *other)
{
    json_t *const one = read_of(share->folder, first, "attestation.json");
    json_t *const two = read_of(share->folder, other, "attestation.json");
    json_t *const work = work_of(one, !share->build_here);
    json_t *const other_work = work_of(two, !share->build_here);
    bool const read = one != NULL && two != NULL;
    bool const same = read && json_equal(work, other_work);

    if (read && !same)
        complain("one build and one operating system on all machines; scatter anew",
                 "%s: machines %s and %s did not do the same work", share->folder, first, other);
    json_decref(other_work);
    json_decref(work);
    json_decref(two);
    json_decref(one);
    return same;
}

static bool copy_as(char const *share, char const *machine, char const *from, char const *folder,
                    char const *to)
{
    json_t *const value = read_of(share, machine, from);
    bool const copied = value != NULL && durable_write_json(folder, to, value);

    json_decref(value);
    return copied;
}

static bool copy_named(struct share const *share, char const *machine, char const *from,
                       char const *what, char const *folder)
{
    char *const name = text_format("%s.%s.json", what, machine);
    bool const copied = copy_as(share->folder, machine, from, folder, name);

    free(name);
    return copied;
}

bool machines_write(struct share const *share, struct words const *machines, char const *folder)
{
    char const *const first = machines->word[0];
    bool written =
        copy_as(share->folder, first, "machine.json", folder, "machine.json") &&
        copy_as(share->folder, first, "attestation.json", folder, "attestation.json");

    for (size_t i = 0; written && i < machines->count; i++) {
        char const *const machine = machines->word[i];
        written = same_work(share, first, machine) &&
                  copy_named(share, machine, "machine.json", "machine", folder) &&
                  (!share->build_here ||
                   copy_named(share, machine, "build/build.json", "build", folder));
    }
    return written;
}
