/* named_files.c -- a list of names and paths, and the copies made of it.
 *
 * SPDX-License-Identifier: MIT */
#include "catalogue/named_files.h"

#include "base/complain.h"
#include "base/durable.h"
#include "base/folder.h"
#include "base/regular_file.h"
#include "base/text.h"
#include "catalogue/project.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct words names; /* that were noted */
static struct words paths; /* of each */

static json_t *copies; /* files.json of loaded_from; NULL: it has none */
static char *loaded_from;

static json_t *load_copies(void)
{
    char const *const bin = project_home_build();

    if (loaded_from == NULL || !text_equal(loaded_from, bin)) {
        char *const path = text_format("%s/files.json", bin);
        json_decref(copies);
        copies = regular_file_json(path, JSON_REJECT_DUPLICATES, NULL);
        free(loaded_from);
        loaded_from = text_copy(bin);
        free(path);
    }
    return copies;
}

static char const *text_at(json_t const *copy, char const *key)
{
    char const *const text = json_string_value(json_object_get(copy, key));

    return text != NULL ? text : "";
}

static char *copy_path(json_t const *copy)
{
    return text_format("%s/%s", project_home_build(), text_at(copy, "file"));
}

void named_file_note(char const *name, char const *path)
{
    if (words_hold(&names, name))
        return;
    words_add(&names, name);
    words_add(&paths, path);
}

char *named_file(char const *name)
{
    size_t place;
    json_t *copy;

    json_array_foreach(load_copies(), place, copy)
        if (text_equal(text_at(copy, "name"), name))
            return copy_path(copy);
    char *const path = project_path(name);
    named_file_note(name, path);
    return path;
}

/* The caller frees it. */
static char *digest_of(char const *path)
{
    unsigned char digest[SHA256_BYTES];
    struct sha256 sum = sha256_begin();
    struct stat status;
    char *text = text_copy("");

    if (stat(path, &status) == 0 && S_ISREG(status.st_mode))
        folder_add_file(&sum, path);
    else
        folder_add(&sum, path);
    sha256_end(&sum, digest);
    for (size_t i = 0; i < sizeof digest; i++)
        text_append(&text, "%02x", digest[i]);
    return text;
}

/* A folder's copy is a folder of its name. */
static bool copy_into(char const *path, char const *last, char const *folder)
{
    char *const inner = text_format("%s/%s", folder, last);
    struct stat status;
    bool const is_folder = stat(path, &status) == 0 && S_ISDIR(status.st_mode);
    char const *const into = is_folder ? inner : folder;
    bool const copied = folder_make(into) && folder_copy(path, into);

    free(inner);
    return copied;
}

/* A link's copy has the name that it was given. */
static bool is_called(char const *folder, char const *real, char const *last)
{
    char *const made = text_format("%s/%s", folder, strrchr(real, '/') + 1);
    char *const wanted = text_format("%s/%s", folder, last);
    bool const called = access(wanted, F_OK) == 0 || rename(made, wanted) == 0;

    if (!called)
        complain("ls -l that path", "%s: cannot be copied as %s", real, wanted);
    free(wanted);
    free(made);
    return called;
}

static bool copy_one(char const *bin, size_t index, json_t *written)
{
    char *const real = realpath(paths.word[index], NULL);
    char const *const slash = strrchr(paths.word[index], '/');
    char const *const last = slash != NULL && slash[1] != '\0' ? slash + 1 : "folder";
    char *const folder = text_format("%s/files/%zu", bin, index);
    bool const copied = real != NULL && copy_into(real, last, folder) &&
                        is_called(folder, real, last);

    if (copied) {
        char *const file = text_format("files/%zu/%s", index, last);
        char *const path = text_format("%s/%s", bin, file);
        char *const digest = digest_of(path);
        json_array_append_new(written, json_pack("{s:s, s:s, s:s}", "name", names.word[index],
                                                 "file", file, "sha256", digest));
        free(digest);
        free(path);
        free(file);
    }
    free(folder);
    free(real);
    return copied;
}

bool named_files_copy(char const *bin)
{
    json_t *const written = json_array();
    char *const folder = text_format("%s/files", bin);
    bool copied = true;

    folder_remove(folder); /* of a scatter that did not end */
    for (size_t i = 0; copied && i < names.count; i++)
        if (access(paths.word[i], F_OK) == 0)
            copied = copy_one(bin, i, written);
    /* The names are what the experiment says, folders of this machine too. */
    char *const text = json_dumps(written, JSON_INDENT(1));
    copied = copied && text != NULL && durable_write(bin, "files.json", text, strlen(text));
    free(text);
    free(folder);
    json_decref(written);
    return copied;
}

bool named_files_are_whole(void)
{
    bool whole = true;
    size_t place;
    json_t *copy;

    json_array_foreach(load_copies(), place, copy) {
        char *const path = copy_path(copy);
        char *const digest = digest_of(path);
        if (whole && !text_equal(digest, text_at(copy, "sha256"))) {
            complain("slablab scatter anew",
                     "%s: is not the copy of %s that scatter made: it is gone or was changed", path,
                     text_at(copy, "name"));
            whole = false;
        }
        free(digest);
        free(path);
    }
    return whole;
}
