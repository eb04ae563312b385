/* gathering.c -- reads shards in the plan's order, and writes a run of them.
 *
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "share/gathering.h"

#include "base/complain.h"
#include "base/durable.h"
#include "base/hint.h"
#include "base/memory.h"
#include "base/record.h"
#include "base/regular_file.h"
#include "base/seal.h"
#include "judge/stop.h"
#include "share/claim.h"
#include "share/machines.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The run that is being made. */
struct making {
    struct share const *share;
    struct tally tally;
    struct words machines; /* of the shards, each once */
    struct words *compilers; /* likewise */
    FILE *lines;
    char const *shard; /* that is being read */
    struct unit unit;
    uint64_t read; /* blocks of it */
};

static bool refuse(struct making const *making, char const *hint, char const *what)
{
    complain(hint, "%s/shards/%s.jsonl: %s", making->share->folder, making->shard, what);
    return false;
}

static bool belongs(struct making const *making, json_t const *record)
{
    struct plan const *const plan = making->share->plan;
    char const *const hash = json_string_value(json_object_get(record, "plan"));
    char const *const cell = json_string_value(json_object_get(record, "cell"));
    json_int_t const number = json_integer_value(json_object_get(record, "block"));

    if (!text_equal(hash, plan->hash))
        return refuse(making, "shards of one scatter in one folder",
                      "it is of another plan, and two plans are not mixed");
    if (!text_equal(cell, plan->cells[making->unit.cell].id) ||
        (uint64_t)number != making->unit.first + making->read)
        return refuse(making, "restore the shard", "it holds another block than its name says");
    return true;
}

static void add_once(struct words *words, char const *word)
{
    if (word != NULL && !words_hold(words, word))
        words_add(words, word);
}

/* A record_visitor. */
static bool take_block(void *context, json_t const *record)
{
    struct making *const making = context;

    if (!belongs(making, record))
        return false;
    add_once(&making->machines, json_string_value(json_object_get(record, "host")));
    add_once(making->compilers, json_string_value(json_object_get(record, "compiler")));
    json_t *const block = json_copy((json_t *)record);
    json_int_t const next = (json_int_t)making->tally.cells[making->unit.cell].blocks;
    json_object_del(block, "crc32");
    if (json_integer_value(json_object_get(block, "block")) != next) {
        json_object_set(block, "scattered_block", json_object_get(block, "block"));
        json_object_set_new(block, "block", json_integer(next));
    }
    char *const line = sealed_line(block);
    bool const taken = line != NULL && tally_add(&making->tally, block) &&
                       fputs(line, making->lines) >= 0;
    free(line);
    json_decref(block);
    making->read++;
    return taken;
}

static bool take_unit(struct making *making, size_t index)
{
    char *const folder = text_format("%s/shards", making->share->folder);
    char *const name = text_format("%s.jsonl", making->share->units.word[index]);

    making->shard = making->share->units.word[index];
    making->unit = share_unit(making->share, index);
    making->read = 0;
    bool taken = record_read(folder, name, take_block, making);
    if (taken && making->read != making->unit.blocks)
        taken = refuse(making, "restore the shard; a unit is there whole or not at all",
                       "it lacks blocks");
    free(name);
    free(folder);
    return taken;
}

static bool take_units(struct making *making, struct gathered *gathered)
{
    struct share const *const share = making->share;
    bool taken = true;

    for (size_t i = 0; taken && i < share->units.count; i++) {
        if (claim_is_done(share->folder, share->units.word[i])) {
            taken = take_unit(making, i);
            gathered->done++;
            gathered->blocks += making->read;
        } else {
            gathered->missing++;
            gathered->held += claim_is_held(share->folder, share->units.word[i]);
        }
    }
    words_sort(&making->machines);
    words_sort(making->compilers);
    gathered->machines = making->machines.count;
    return taken;
}

static bool copy_json(char const *from, char const *name, char const *folder)
{
    char *const path = text_format("%s/%s", from, name);
    json_t *const value = regular_file_json(path, 0, NULL);
    bool const copied = value != NULL && durable_write_json(folder, name, value);

    if (value == NULL)
        complain("restore the file; scatter and work write it", "%s: cannot be read", path);
    json_decref(value);
    free(path);
    return copied;
}

/* Whole, or none: then nothing is concluded from the run yet. */
static bool write_outcome(struct making *making, char const *folder, struct gathered *gathered)
{
    size_t const cells = making->share->plan->cell_count;

    if (gathered->missing > 0) {
        char *const path = text_format("%s/outcome.json", folder);
        unlink(path);
        free(path);
        return true;
    }
    enum stop_reason *const stops = memory_zeroed(cells, sizeof *stops);
    for (size_t i = 0; i < cells; i++)
        stops[i] = STOP_BLOCKS_MAX;
    json_t *const outcome = stop_outcome(&making->tally, stops, NULL);
    gathered->is_void =
        !text_equal(json_string_value(json_object_get(outcome, "verdict")), "complete");
    bool const written = durable_write_json(folder, "outcome.json", outcome);
    json_decref(outcome);
    free(stops);
    return written;
}

static bool write_run(struct making *making, char const *folder, char const *bytes, size_t size,
                      struct gathered *gathered)
{
    char const *const share = making->share->folder;

    if (mkdir(folder, 0755) != 0 && errno != EEXIST) {
        complain(hint_for(errno, "--out DIR in a folder that there is"), "%s: %s", folder,
                 strerror(errno));
        return false;
    }
    return copy_json(share, "plan.json", folder) && copy_json(share, "calibration.json", folder) &&
           machines_write(making->share, &making->machines, folder) &&
           durable_write(folder, "samples.jsonl", bytes, size) &&
           write_outcome(making, folder, gathered);
}

bool gather(struct share const *share, char const *folder, struct gathered *gathered)
{
    struct making making = {.share = share,
                            .tally = tally_new(share->plan, &run_kinds[RUN_TIMED]),
                            .compilers = &gathered->compilers};
    char *bytes = NULL;
    size_t size = 0;

    *gathered = (struct gathered){0};
    making.lines = open_memstream(&bytes, &size);
    bool const taken = making.lines != NULL && take_units(&making, gathered);
    bool good = making.lines != NULL && fclose(making.lines) == 0 && taken;
    if (taken && !good)
        complain("a machine with more memory", "%s: %s", share->folder, strerror(errno));
    if (good && gathered->done == 0) {
        complain("slablab work of that folder", "%s: no unit is done yet", share->folder);
        good = false;
    }
    good = good && write_run(&making, folder, bytes, size, gathered);
    free(bytes);
    words_free(&making.machines);
    tally_free(&making.tally);
    return good;
}

void gathered_free(struct gathered *gathered)
{
    words_free(&gathered->compilers);
}
