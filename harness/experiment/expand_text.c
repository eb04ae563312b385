/* expand_text.c -- words and files that workloads take: where files are, and what they hold.
 *
 * SPDX-License-Identifier: MIT */
#include "experiment/expansion.h"

#include "base/folder.h"
#include "base/text.h"
#include "catalogue/project.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool take_file(struct expansion const *expansion, char const *place, char const *path,
                      struct parameter *parameter)
{
    struct arena *const arena = &expansion->plan->arena;
    char *const whole = project_path(path);
    char *const real = access(whole, R_OK) == 0 ? realpath(whole, NULL) : NULL;
    unsigned char digest[SHA256_BYTES];
    struct sha256 sum = sha256_begin();

    free(whole);
    if (real == NULL) {
        yaml_file_complain(expansion->file, place, "a path from the project's folder",
                           "%s: there is no file '%s'", parameter->name, path);
        return false;
    }
    folder_add_file(&sum, real);
    sha256_end(&sum, digest);
    parameter->text = arena_keep(arena, real);
    parameter->shown = strrchr(parameter->text, '/') + 1;
    parameter->digest = arena_format(arena, "%016" PRIx64, sha256_head(digest));
    return true;
}

bool expand_text(struct expansion const *expansion, char const *place, char const *word,
                 bool is_file, char *name, struct cell *cell)
{
    struct parameter parameter = {.name = name};
    struct arena *const arena = &expansion->plan->arena;

    if (is_file && !take_file(expansion, place, word, &parameter))
        return false;
    if (!is_file)
        parameter.text = parameter.shown = arena_text(arena, word);
    cell->parameters = arena_room_for_one(arena, cell->parameters, cell->parameter_count,
                                          sizeof *cell->parameters);
    cell->parameters[cell->parameter_count++] = parameter;
    return true;
}
