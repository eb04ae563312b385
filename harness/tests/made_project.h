/* made_project.h -- a user's repository with a slablab.yaml, in the fixture's folder.
 *
 * The project is the folder "its part" of a repository whose path has quotes and a space. Its
 * revisions: `v1`, `v2` (another source), `same` (another commit, v1's tree), `broken` (the build
 * fails), `empty` (the build makes no artifact), `before` (the folder is not there yet).
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_TEST_MADE_PROJECT_H
#define SLABLAB_TEST_MADE_PROJECT_H

#include "fixture.h"

#include "catalogue/settings.h"

static char const makefile[] = "out/libmine.so: mine.c\n"
                               "\tmkdir -p out\n"
                               "\tcc $(CFLAGS) -fPIC -shared -Wl,--build-id "
                               "-o out/libmine.so.1 mine.c\n"
                               "\tln -s libmine.so.1 out/libmine.so\n"
                               "\techo built in $$PWD; echo to stderr >&2\n";
static char const yaml[] = "build: make\nartifact: out/libmine.so\n";
static char user[96];

/* Runs a line of shell in the project; it must succeed. */
static inline void shell(char const *line)
{
    char *const command =
        text_format("cd \"%s/its part\" && { %s; } >../../shell.log 2>&1", user, line);

    if (system(command) != 0) {
        char *const log = fixture_path("shell.log");
        char *const text = text_of_file(log, NULL);
        fail_msg("%s: %s", line, text);
    }
    free(command);
}

static inline void write_file(char const *name, char const *text)
{
    char *const path = text_format("repository 'of mine'/its part/%s", name);

    fixture_write(path, text, 0644);
    free(path);
}

static inline void commit(char const *tag)
{
    char *const line = text_format("git add --all .. && git commit --quiet --allow-empty "
                                   "--message=%s && git tag %s",
                                   tag, tag);

    shell(line);
    free(line);
}

static inline void enter(char const *settings_text)
{
    char *const project = text_format("%s/its part", user);

    write_file("slablab.yaml", settings_text);
    project_set(fixture_root, project);
    assert_true(settings_read());
    free(project);
}

static inline int made_project(void **state)
{
    static char const *const variables[][2] = {
        {"GIT_CONFIG_COUNT", "3"},
        {"GIT_CONFIG_KEY_0", "user.name"},
        {"GIT_CONFIG_VALUE_0", "a"},
        {"GIT_CONFIG_KEY_1", "user.email"},
        {"GIT_CONFIG_VALUE_1", "a@b"},
        {"GIT_CONFIG_KEY_2", "protocol.file.allow"},
        {"GIT_CONFIG_VALUE_2", "always"},
    };

    fixture_make(state);
    for (size_t i = 0; i < sizeof variables / sizeof *variables; i++)
        setenv(variables[i][0], variables[i][1], 1);
    unsetenv("CFLAGS");
    setenv("XDG_CACHE_HOME", fixture_root, 1);
    snprintf(user, sizeof user, "%s/repository 'of mine'", fixture_root);
    fixture_folder("repository 'of mine'");
    fixture_folder("repository 'of mine'/its part");
    shell("git init --quiet .. && touch ../README");
    commit("before");
    write_file("Makefile", makefile);
    write_file("mine.c", "int more = 1;\n");
    write_file(".gitignore", "slablab.yaml\n");
    commit("v1");
    write_file("mine.c", "int more = 2;\n");
    commit("v2");
    write_file("mine.c", "int more = mistake;\n");
    commit("broken");
    write_file("Makefile", "all:\n\t@echo made nothing\n");
    commit("empty");
    shell("git checkout --quiet v1 -- .");
    commit("same");
    enter(yaml);
    return 0;
}

#endif
