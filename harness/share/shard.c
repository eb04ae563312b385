/* shard.c -- a draft of blocks that becomes a shard at once or not at all.
 *
 * SPDX-License-Identifier: MIT */
#include "share/shard.h"

#include "base/record.h"
#include "run/block.h"
#include "share/own_build.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* A unit that is being run. */
struct work {
    struct share const *share;
    struct claims const *claims;
    struct rig *rig;
    char const *name; /* of the unit */
    struct record_file file;
    struct block block;
};

static bool takes_nothing(void *context, json_t const *record)
{
    (void)context;
    (void)record;
    return true;
}

static enum shard_end run_block(struct work *work, size_t cell, uint64_t number)
{
    enum block_end const end = block_run(&work->block, work->rig, cell, number);

    if (end != BLOCK_DONE)
        return end == BLOCK_INTERRUPTED ? SHARD_INTERRUPTED : SHARD_FAULT;
    json_t *const record = block_describe(&work->block, work->rig, work->claims->machine);
    own_build_describe(work->share, record);
    bool const recorded = record_append(&work->file, record);
    json_decref(record);
    if (!recorded)
        return SHARD_FAULT;
    return claim_renew(work->claims, work->name) ? SHARD_DONE : SHARD_LOST;
}

static enum shard_end run_blocks(struct work *work, struct unit unit)
{
    enum shard_end end = SHARD_DONE;

    block_allocate(&work->block, work->rig);
    for (uint64_t i = 0; end == SHARD_DONE && i < unit.blocks; i++)
        end = run_block(work, unit.cell, unit.first + i);
    block_free(&work->block);
    return end;
}

static enum shard_end finish(struct work *work, char const *draft)
{
    bool first = false;

    if (!claim_finish(work->claims, work->name, draft, &first))
        return SHARD_FAULT;
    return first ? SHARD_DONE : SHARD_LOST;
}

enum shard_end shard_run(struct share const *share, struct claims const *claims, struct rig *rig,
                         size_t unit)
{
    struct work work = {.share = share, .claims = claims, .rig = rig,
                        .name = share->units.word[unit]};
    char *const folder = text_format("%s/shards", share->folder);
    char *const draft = text_format(".%s@%s", work.name, claims->worker);
    char *const path = text_format("%s/%s", folder, draft);
    enum shard_end end = SHARD_FAULT;

    unlink(path);
    if (record_open(&work.file, folder, draft, takes_nothing, NULL)) {
        end = run_blocks(&work, share_unit(share, unit));
        record_close(&work.file);
        if (end == SHARD_DONE)
            end = finish(&work, draft);
    }
    unlink(path);
    if (end == SHARD_INTERRUPTED || end == SHARD_FAULT)
        claim_release(claims, work.name);
    free(path);
    free(draft);
    free(folder);
    return end;
}
