/* share.c -- the files that scatter leaves, and the machines that come to them.
 *
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "share/share.h"

#include "base/complain.h"
#include "base/durable.h"
#include "base/hint.h"
#include "base/memory.h"
#include "base/regular_file.h"
#include "catalogue/named_files.h"
#include "experiment/plan_file.h"
#include "machine/identity.h"
#include "run/machine.h"
#include "share/own_build.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char const schema[] = "slablab-scatter/1";

static json_t *read_json(char const *folder, char const *name)
{
    char *const path = text_format("%s/%s", folder, name);
    json_t *const found = regular_file_json(path, JSON_REJECT_DUPLICATES, NULL);

    free(path);
    return found;
}

bool share_write(struct share const *share, char const *experiment)
{
    json_t *const file =
        json_pack("{s:s, s:s, s:b, s:b, s:I, s:I}", "schema", schema, "experiment", experiment,
                  "quick", share->quick, "build_here", share->build_here, "blocks",
                  (json_int_t)share->unit_blocks, "lease_s", (json_int_t)share->lease_seconds);
    bool const written = durable_write_json(share->folder, "scatter.json", file);

    json_decref(file);
    return written;
}

struct words share_units(struct plan const *plan, uint64_t unit_blocks)
{
    struct words units = {0};

    for (size_t cell = 0; cell < plan->cell_count; cell++)
        for (uint64_t first = 0; first < plan->stop.blocks_max; first += unit_blocks) {
            char *const unit = text_format("c%03zu-b%05" PRIu64, cell, first);
            words_add(&units, unit);
            free(unit);
        }
    return units;
}

struct unit share_unit(struct share const *share, size_t index)
{
    uint64_t const blocks = share->plan->stop.blocks_max;
    uint64_t const per_cell = (blocks + share->unit_blocks - 1) / share->unit_blocks;
    uint64_t const first = index % per_cell * share->unit_blocks;
    uint64_t const left = blocks - first;

    return (struct unit){.cell = index / per_cell,
                         .first = first,
                         .blocks = left < share->unit_blocks ? left : share->unit_blocks};
}

/* Why this machine may not work on the plan; NULL where it may. */
static char *misfit(struct share const *share)
{
    json_t *const now = plan_to_json(share->plan);
    char const *const written = json_string_value(json_object_get(share->stored, "hash"));
    char *const hash = plan_hash_of_json(share->stored);
    char *why = NULL;

    if (written == NULL || !text_equal(written, hash))
        why = text_copy("its plan.json was changed since it was written");
    else
        why = plan_change(share->stored, now);
    free(hash);
    json_decref(now);
    return why;
}

static bool make_plan(struct share *share, char const *experiment)
{
    json_int_t const seed = json_integer_value(json_object_get(share->stored, "seed"));
    char *const path = text_format("%s/experiments/%s.yaml", share->folder, experiment);

    share->plan = plan_from_experiment(path, share->quick, (uint64_t)seed);
    free(path);
    if (share->plan == NULL)
        return false;
    if (share->build_here)
        own_build_forget(share->plan);
    char *const why = misfit(share);
    if (why != NULL)
        complain("the peers of the machine that scattered; or slablab scatter anew",
                 "%s: this machine cannot work on it: %s", share->folder, why);
    bool const fits = why == NULL;
    free(why);
    return fits;
}

bool share_open(struct share *share, char const *folder)
{
    json_t *const file = read_json(folder, "scatter.json");
    char const *const experiment = json_string_value(json_object_get(file, "experiment"));
    json_int_t const blocks = json_integer_value(json_object_get(file, "blocks"));
    json_t const *const lease = json_object_get(file, "lease_s");

    *share = (struct share){.folder = text_copy(folder), .stored = read_json(folder, "plan.json")};
    char const *const written = json_string_value(json_object_get(file, "schema"));
    bool open = written != NULL && text_equal(written, schema) &&
                experiment != NULL && blocks > 0 && json_is_object(share->stored);
    if (!open)
        complain("slablab scatter experiments/NAME.yaml --dir SHARE, to its end",
                 "%s: is no share, or scatter has not ended", folder);
    share->quick = json_is_true(json_object_get(file, "quick"));
    share->build_here = json_is_true(json_object_get(file, "build_here"));
    share->unit_blocks = (uint64_t)blocks;
    share->lease_seconds = json_number_value(lease);
    open = open && named_files_are_whole() && make_plan(share, experiment);
    if (open)
        share->units = share_units(share->plan, share->unit_blocks);
    else
        share_close(share);
    json_decref(file);
    return open;
}

void share_close(struct share *share)
{
    words_free(&share->units);
    if (share->plan != NULL)
        plan_free(share->plan);
    json_decref(share->build);
    json_decref(share->stored);
    free(share->folder);
    *share = (struct share){0};
}

static bool is_this_program(char const *program)
{
    char own[PATH_MAX];
    ssize_t const length = readlink("/proc/self/exe", own, sizeof own - 1);

    own[length > 0 ? length : 0] = '\0';
    return text_equal(own, program);
}

bool share_is_inside(char const *folder)
{
    char *const share = realpath(folder, NULL);
    char *const program = text_format("%s/bin/slablab", share != NULL ? share : folder);
    bool const inside = share != NULL && is_this_program(program);

    free(program);
    free(share);
    return inside;
}

char *share_experiment(char const *folder, char const *experiment)
{
    char const *const slash = strrchr(experiment, '/');

    return text_format("%s/experiments/%s", folder, slash != NULL ? slash + 1 : experiment);
}

/* Returns where it cannot. */
static void go_on_as(char *program, int argc, char **argv)
{
    char **const words = memory_zeroed((size_t)argc + 2, sizeof *words);

    words[0] = program;
    for (int i = 0; i < argc; i++)
        words[i + 1] = argv[i];
    execv(program, words);
    free(words);
}

char *share_enter(char const *folder, int argc, char **argv)
{
    static char const hint[] = "slablab scatter experiments/NAME.yaml --dir SHARE";
    char *const share = realpath(folder, NULL);
    char *const program = text_format("%s/bin/slablab", share != NULL ? share : folder);
    bool const inside = share_is_inside(folder);

    if (share != NULL && !inside)
        go_on_as(program, argc, argv);
    if (!inside)
        complain(hint, "%s: %s", share != NULL ? program : folder, strerror(errno));
    free(program);
    if (inside)
        return share;
    free(share);
    return NULL;
}

static bool is_there(char const *machines, char const *name)
{
    char *const file = text_format("%s/%s/machine.json", machines, name);
    bool const there = access(file, F_OK) == 0;

    free(file);
    return there;
}

/* Is `name` this machine in the share? */
static bool is_own(char const *machines, char const *name, char const *boot)
{
    char *const folder = text_format("%s/%s", machines, name);
    json_t *const known = read_json(folder, "machine.json");
    char const *const other = json_string_value(json_object_get(known, "boot"));
    bool const own = other == NULL || text_equal(other, boot);

    json_decref(known);
    free(folder);
    return own;
}

/* A new folder beside the machine's: containers of one machine work side by side, and none may be
 * in another's way. The caller frees it. NULL after a complaint. */
static char *make_draft(char const *machines, char const *name)
{
    char *draft = text_format("%s/.%s-XXXXXX", machines, name);

    if (mkdtemp(draft) != NULL && chmod(draft, 0755) == 0)
        return draft;
    complain(hint_for(errno, "ls -ld of the share"), "%s: %s", draft, strerror(errno));
    free(draft);
    return NULL;
}

/* A folder comes with its machine.json at once, and the first one stays. */
static bool make_machine(struct share const *share, char const *machines, char const *name)
{
    char *const folder = text_format("%s/%s", machines, name);
    char *const draft = make_draft(machines, name);
    char *const file = text_format("%s/machine.json", draft);
    bool made = draft != NULL && machine_write(share->plan, draft);

    if (made && rename(draft, folder) != 0) {
        made = errno == EEXIST || errno == ENOTEMPTY;
        if (!made)
            complain(hint_for(errno, "ls -ld of the share"), "%s: %s", folder, strerror(errno));
        unlink(file);
        rmdir(draft);
    }
    free(file);
    free(draft);
    free(folder);
    return made;
}

bool share_keep_attestation(struct share const *share, char const *machine, json_t const *file)
{
    char *const machines = text_format("%s/machines", share->folder);
    char *const draft = make_draft(machines, machine);
    char *const from = text_format("%s/attestation.json", draft);
    char *const to = text_format("%s/%s/attestation.json", machines, machine);
    bool kept = draft != NULL && durable_write_json(draft, "attestation.json", file);

    if (kept && rename(from, to) != 0) {
        complain(hint_for(errno, "ls -ld of the share"), "%s: %s", to, strerror(errno));
        kept = false;
    }
    if (draft != NULL)
        rmdir(draft);
    free(to);
    free(from);
    free(draft);
    free(machines);
    return kept;
}

/* The machine of this name in the share may be made by a clone of this one meanwhile. */
static char *take_name(struct share const *share, char const *machines, char const *identity)
{
    char *const boot = identity_of_boot();
    char *const names[] = {text_copy(identity), text_format("%s-%.8s", identity, boot)};
    char *taken = NULL;

    durable_make_folder(machines); /* what is wrong with it is told by what is made in it */
    for (size_t i = 0; taken == NULL && i < sizeof names / sizeof *names; i++) {
        bool const there = is_there(machines, names[i]) || make_machine(share, machines, names[i]);
        if (!there)
            break;
        if (is_own(machines, names[i], boot))
            taken = text_copy(names[i]);
    }
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        free(names[i]);
    free(boot);
    return taken;
}

char *share_machine(struct share const *share)
{
    char *const machines = text_format("%s/machines", share->folder);
    char *const identity = identity_here();
    char *const name = take_name(share, machines, identity);

    free(identity);
    free(machines);
    return name;
}
