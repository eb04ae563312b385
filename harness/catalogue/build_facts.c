/* build_facts.c -- versions of compilers, variables of the environment, and what artifacts say.
 *
 * SPDX-License-Identifier: MIT */
#include "catalogue/build_facts.h"

#include "base/capture.h"
#include "base/folder.h"
#include "base/memory.h"
#include "catalogue/build_id.h"
#include "catalogue/compiled_by.h"

#include <stdlib.h>
#include <string.h>

enum { KEY_BYTES = 20 };

/* What make, cmake, meson and cargo read. */
static char const *const variables[] = {
    "CC", "CXX", "CPPFLAGS", "CFLAGS", "CXXFLAGS", "LDFLAGS", "RUSTC", "RUSTFLAGS", NULL,
};

static struct {
    char const *variable;
    char const *otherwise;
} const compilers[] = {{"CC", "cc"}, {"CXX", "c++"}, {"RUSTC", "rustc"}};

void recipe_free(struct recipe *recipe)
{
    free(recipe->command);
    free(recipe->compiler);
    words_free(&recipe->environment);
    words_free(&recipe->artifacts);
    *recipe = (struct recipe){.command = NULL};
}

/* As the build will see it; NULL: it is not set. */
static char const *value_of(struct recipe const *recipe, char const *variable)
{
    size_t const length = strlen(variable);

    for (size_t i = recipe->environment.count; i-- > 0;)
        if (strncmp(recipe->environment.word[i], variable, length) == 0 &&
            recipe->environment.word[i][length] == '=')
            return recipe->environment.word[i] + length + 1;
    return getenv(variable);
}

/* The first line of `COMPILER --version`, where the compiler may be several words: ccache gcc. */
static json_t *version_of(struct recipe const *recipe, char const *compiler)
{
    struct words command = {0};
    char const *const shell[] = {"sh", "-c", "$0 --version", compiler};

    words_add(&command, "env");
    for (size_t i = 0; i < recipe->environment.count; i++)
        words_add(&command, recipe->environment.word[i]);
    for (size_t i = 0; i < sizeof shell / sizeof *shell; i++)
        words_add(&command, shell[i]);
    char **const arguments = memory_zeroed(command.count + 1, sizeof *arguments);
    memcpy(arguments, command.word, command.count * sizeof *arguments);
    char *const said = capture_line(arguments, NULL);
    if (said != NULL)
        said[strcspn(said, "\n")] = '\0';
    json_t *const version = said != NULL ? json_string(said) : json_null();
    free(said);
    free(arguments);
    words_free(&command);
    return version;
}

static json_t *compilers_of(struct recipe const *recipe)
{
    json_t *const versions = json_object();

    if (recipe->compiler != NULL) {
        json_object_set_new(versions, "CC", version_of(recipe, recipe->compiler));
        return versions;
    }
    for (size_t i = 0; i < sizeof compilers / sizeof *compilers; i++) {
        char const *const named = value_of(recipe, compilers[i].variable);
        json_object_set_new(versions, compilers[i].variable,
                            version_of(recipe, named != NULL && *named != '\0'
                                                   ? named
                                                   : compilers[i].otherwise));
    }
    return versions;
}

static json_t *texts(struct words const *words)
{
    json_t *const array = json_array();

    for (size_t i = 0; i < words->count; i++)
        json_array_append_new(array, json_string(words->word[i]));
    return array;
}

json_t *build_question(char const *tree, char const *folder, struct recipe const *recipe)
{
    json_t *const values = json_object();

    for (size_t i = 0; recipe->compiler == NULL && variables[i] != NULL; i++) {
        char const *const value = value_of(recipe, variables[i]);
        json_object_set_new(values, variables[i], value != NULL ? json_string(value) : json_null());
    }
    return json_pack("{s:s, s:s, s:s, s:o, s:o, s:o, s:o}", "tree", tree, "folder", folder,
                     "command", recipe->command, "environment", texts(&recipe->environment),
                     "paths", texts(&recipe->artifacts), "variables", values, "compilers",
                     compilers_of(recipe));
}

char *build_key(json_t const *question)
{
    char *const text = json_dumps(question, JSON_SORT_KEYS | JSON_COMPACT);
    struct sha256 sum = sha256_begin();
    unsigned char digest[SHA256_BYTES];
    char *key = text_copy("");

    sha256_add(&sum, text != NULL ? text : "", text != NULL ? strlen(text) : 0);
    sha256_end(&sum, digest);
    for (size_t i = 0; i < KEY_BYTES; i++)
        text_append(&key, "%02x", digest[i]);
    free(text);
    return key;
}

static json_t *and_free(struct words words)
{
    json_t *const array = texts(&words);

    words_free(&words);
    return array;
}

json_t *build_artifact(char const *folder, char const *path)
{
    char *const whole = text_format("%s/%s", folder, path);
    char *const build_id = catalogue_build_id(whole);
    json_t *const object =
        json_pack("{s:s, s:s, s:o, s:o}", "path", path, "build_id", build_id, "compiled_by",
                  and_free(compiled_by(whole)), "compiled_with", and_free(compiled_with(whole)));

    free(build_id);
    free(whole);
    return object;
}

/* "GCC: (Debian 12.2.0-14) 12.2.0, clang version 14" of all artifacts. */
static char *said_by(json_t const *facts, char const *key)
{
    char *text = text_copy("");
    size_t index;
    json_t *artifact;

    json_array_foreach(json_object_get(facts, "artifacts"), index, artifact) {
        size_t place;
        json_t *said;
        json_array_foreach(json_object_get(artifact, key), place, said) {
            if (strstr(text, json_string_value(said)) == NULL)
                text_append(&text, "%s%s", *text != '\0' ? ", " : "", json_string_value(said));
        }
    }
    return text;
}

json_t *build_differences(json_t const *base, json_t const *head)
{
    static char const *const keys[][2] = {{"compiled_by", "compiler"},
                                          {"compiled_with", "compiler or its flags"}};
    json_t *const differences = json_array();

    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        char *const one = said_by(base, keys[i][0]);
        char *const other = said_by(head, keys[i][0]);
        if (*one != '\0' && *other != '\0' && !text_equal(one, other) &&
            json_array_size(differences) == 0) {
            char *const text = text_format("the %s differs, and may be what is measured: base: "
                                           "%s; head: %s",
                                           keys[i][1], one, other);
            json_array_append_new(differences, json_string(text));
            free(text);
        }
        free(other);
        free(one);
    }
    return differences;
}
