/* build_guess.c -- names of libraries and programs in CMakeLists.txt and its like.
 *
 * They are looked for as words of text: what a build system would compute is not known here, so a
 * guess is shown to the user, who corrects it.
 *
 * SPDX-License-Identifier: MIT */
#include "catalogue/build_guess.h"

#include "base/text.h"

#include <ctype.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

static char const name_letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                   "._+-";

/* The name behind "word(", in quotes or not; NULL where there is none. `with`: a word that the call
 * must have, too. */
static char *called(char const *text, char const *word, char const *with)
{
    for (char const *at = strstr(text, word); at != NULL; at = strstr(at + 1, word)) {
        char const *name = at + strlen(word);
        name += strspn(name, " \t\n(");
        name += *name == '\'' || *name == '"';
        size_t const length = strspn(name, name_letters);
        char const *const end = strchr(name, ')');
        char const *const found = with != NULL ? strstr(name, with) : NULL;
        if (length > 0 && (with == NULL || (found != NULL && (end == NULL || found < end))))
            return text_copy_bytes(name, length);
    }
    return NULL;
}

static char *in_folder(char const *folder, char *name, bool program)
{
    char *const path = name == NULL ? NULL
                                    : text_format(program ? "%s/%s" : "%s/lib%s.so", folder, name);

    free(name);
    return path;
}

static char *of_cmake(char const *text, bool program)
{
    return in_folder("build", program ? called(text, "add_executable", NULL)
                                      : called(text, "add_library", "SHARED"), program);
}

static char *of_meson(char const *text, bool program)
{
    return in_folder("build", called(text, program ? "executable" : "shared_library", NULL),
                     program);
}

/* The first `name = "..."` of the file is the package's; a library's dashes become underscores. */
static char *of_cargo(char const *text, bool program)
{
    char const *const key = strstr(text, "name");
    char const *const quote = key != NULL ? strchr(key, '"') : NULL;
    size_t const length = quote != NULL ? strspn(quote + 1, name_letters) : 0;
    bool const has_library = strstr(text, "cdylib") != NULL;

    if (length == 0 || (!program && !has_library))
        return NULL;
    char *const name = text_copy_bytes(quote + 1, length);
    for (char *letter = name; !program && *letter != '\0'; letter++)
        if (*letter == '-')
            *letter = '_';
    return in_folder("target/release", name, program);
}

/* A program's rule looks like any other. */
static char *of_make(char const *text, bool program)
{
    char const *line = text;

    while (!program && line != NULL) {
        size_t const length = strcspn(line, ":=# \t\n");
        char *const target = text_copy_bytes(line, length);
        if (line[length] == ':' && text_ends_with(target, ".so") && strpbrk(target, "$%") == NULL)
            return target;
        free(target);
        line = strchr(line, '\n');
        line += line != NULL;
    }
    return NULL;
}

struct build_guess build_guess(char const *folder, bool program)
{
    static struct {
        char const *file;
        char const *command;
        char *(*artifact)(char const *text, bool program);
    } const systems[] = {
        {"Cargo.toml", "cargo build --release", of_cargo},
        {"meson.build", "meson setup build --buildtype=release && meson compile -C build",
         of_meson},
        {"CMakeLists.txt",
         "cmake -S . -B build -DCMAKE_BUILD_TYPE=Release && cmake --build build", of_cmake},
        {"Makefile", "make", of_make},
    };

    struct build_guess first = {.file = NULL};

    for (size_t i = 0; i < sizeof systems / sizeof *systems && first.artifact == NULL; i++) {
        char *const path = text_format("%s/%s", folder, systems[i].file);
        char *const text = text_of_file(path, NULL);
        free(path);
        if (text == NULL)
            continue;
        struct build_guess const guess = {systems[i].file, systems[i].command,
                                          systems[i].artifact(text, program)};
        free(text);
        if (first.file == NULL || guess.artifact != NULL)
            first = guess;
    }
    return first;
}
