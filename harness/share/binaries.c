/* binaries.c -- copies by patterns of names.
 *
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "share/binaries.h"

#include "base/complain.h"
#include "base/durable.h"
#include "base/folder.h"
#include "base/hint.h"
#include "base/text.h"
#include "catalogue/named_files.h"
#include "catalogue/project.h"
#include "catalogue/ready_links.h"
#include "catalogue/variant.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool fault(char const *path)
{
    complain(hint_for(errno, "df -h and ls -ld of the share"), "%s: %s", path, strerror(errno));
    return false;
}

static bool make_folder(char const *path)
{
    return durable_make_folder(path) || errno == EEXIST || fault(path);
}

static bool copy_bytes(int from, int to)
{
    char bytes[1 << 16];
    ssize_t length;

    while ((length = read(from, bytes, sizeof bytes)) > 0)
        if (write(to, bytes, (size_t)length) != length)
            return false;
    return length == 0 && fsync(to) == 0;
}

/* A regular file, with its mode, under that name; anything else is passed over. */
static bool copy_as(char const *from, char const *folder, char const *name)
{
    char *const to = text_format("%s/%s", folder, name);
    int const source = open(from, O_RDONLY | O_CLOEXEC);
    struct stat found = {0};
    bool copied = source >= 0 && fstat(source, &found) == 0;

    if (copied && S_ISREG(found.st_mode)) {
        int const target = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, found.st_mode & 0777);
        copied = target >= 0 && copy_bytes(source, target);
        copied = target >= 0 && close(target) == 0 && copied;
    }
    if (!copied)
        fault(to);
    if (source >= 0)
        close(source);
    free(to);
    return copied;
}

static bool copy_file(char const *from, char const *folder)
{
    return copy_as(from, folder, strrchr(from, '/') + 1);
}

static bool copy_all(char const *root, char const *pattern, char const *folder)
{
    char *const wanted = text_format("%s/%s", root, pattern);
    glob_t found = {0};
    bool copied = make_folder(folder);

    if (copied && glob(wanted, 0, NULL, &found) == 0)
        for (size_t i = 0; copied && i < found.gl_pathc; i++)
            copied = copy_file(found.gl_pathv[i], folder);
    globfree(&found);
    free(wanted);
    return copied;
}

static bool copy_build(char const *share)
{
    static struct {
        char const *pattern;
        char const *folder;
    } const copies[] = {{"slablab", "bin"},
                        {"lib*.so", "bin"},
                        {"observe/lib*.so", "bin/observe"},
                        {"workloads/*", "bin/workloads"},
                        {"programs/*", "bin/programs"}};
    bool copied = true;

    for (size_t i = 0; copied && i < sizeof copies / sizeof *copies; i++) {
        char *const folder = text_format("%s/%s", share, copies[i].folder);
        copied = copy_all(project_home_build(), copies[i].pattern, folder);
        free(folder);
    }
    return copied;
}

/* The allocator's files, if it is a phase with other constants: a share has no sources of it. */
static bool copy_variant(char const *share, char const *name)
{
    struct allocator allocator;
    char *const folder = text_format("%s/bin/variants", share);
    char *const observing = text_format("%s/observe", folder);
    char *const file = text_format("lib%s.so", name);
    bool copied = true;

    if (variant_is_named(name)) {
        catalogue_allocator(name, &allocator);
        copied = allocator.problem == NULL;
        if (!copied)
            complain(allocator.remedy, "%s", allocator.problem);
        copied = copied && make_folder(folder) && make_folder(observing) &&
                 copy_as(allocator.object, folder, file) &&
                 copy_as(allocator.observer, observing, file);
        catalogue_allocator_free(&allocator);
    }
    free(file);
    free(observing);
    free(folder);
    return copied;
}

static bool copy_variants(char const *share, struct plan const *plan)
{
    bool copied = true;

    for (size_t i = 0; copied && i < plan->arm_count; i++)
        copied = copy_variant(share, plan->arms[i].allocator);
    return copied;
}

/* A share has no sources that could be linked anew. A link's path may be an alias
 * (preload_alias.h), which says nothing of its name. */
static bool copy_links_of(struct arm const *arm, char const *bin)
{
    char *const folder = ready_links_folder(bin, arm->linked_from);
    bool copied = folder_make(folder);

    for (size_t i = 0; copied && i < arm->link_count; i++) {
        char *const link = realpath(arm->links[i].object, NULL);
        copied = link != NULL ? copy_file(link, folder) : fault(arm->links[i].object);
        free(link);
    }
    free(folder);
    return copied;
}

static bool copy_links(char const *share, struct plan const *plan)
{
    char *const bin = text_format("%s/bin", share);
    char *const folder = text_format("%s/links", bin);
    bool copied = true;

    folder_remove(folder); /* of a scatter that did not end */
    for (size_t i = 0; copied && i < plan->arm_count; i++)
        if (plan->arms[i].link_count > 0)
            copied = copy_links_of(&plan->arms[i], bin);
    if (copied && plan->linker != NULL)
        copied = durable_write(folder, "linker", plan->linker, strlen(plan->linker));
    free(folder);
    free(bin);
    return copied;
}

static bool is_new(char const *share)
{
    char *const file = text_format("%s/scatter.json", share);
    bool const there = access(file, F_OK) == 0;

    if (there)
        complain("slablab work of that folder; or --dir another", "%s: is a share already", share);
    free(file);
    return !there;
}

/* Workloads of the user's own, which slablab.yaml names. */
static bool copy_own_workloads(struct plan const *plan, char const *bin)
{
    char *const folder = text_format("%s/workloads", bin);
    size_t const length = strlen(project_home_build());
    bool copied = true;

    for (size_t i = 0; copied && i < plan->cell_count; i++) {
        char const *const executable = plan->cells[i].executable;
        if (executable != NULL && strncmp(executable, project_home_build(), length) != 0)
            copied = copy_file(executable, folder);
    }
    free(folder);
    return copied;
}

static bool copy_named(struct plan const *plan, char const *share)
{
    char *const bin = text_format("%s/bin", share);
    bool const copied = copy_own_workloads(plan, bin) && named_files_copy(bin);

    free(bin);
    return copied;
}

bool binaries_copy(char const *share, char const *experiment, struct plan const *plan)
{
    if (!make_folder(share) || !is_new(share) || !copy_build(share))
        return false;
    char *const experiments = text_format("%s/experiments", share);
    char *const allocators = text_format("%s/allocators", share);
    char *const path = realpath(experiment, NULL);
    bool const copied = path == NULL ? fault(experiment)
                                     : copy_all(project_home(), "allocators/peers.yaml",
                                                allocators) &&
                                           make_folder(experiments) &&
                                           copy_file(path, experiments) &&
                                           copy_named(plan, share) &&
                                           copy_variants(share, plan) &&
                                           copy_links(share, plan);

    free(path);
    free(allocators);
    free(experiments);
    return copied;
}
