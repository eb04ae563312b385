/* fixture.h -- a small project in a temporary folder, and what the code under test says on stderr.
 *
 * The project has phases `one`, `two` and `three` (copies of this test's executable and of the C
 * library, so that they have build-ids), a peer, and workload `knead` with parameters size and
 * slots.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_TEST_FIXTURE_H
#define SLABLAB_TEST_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/seal.h"
#include "base/text.h"
#include "catalogue/catalogue.h"
#include "catalogue/peers.h"
#include "catalogue/project.h"
#include "experiment/plan.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char fixture_root[64];

static char *fixture_path(char const *name)
{
    return text_format("%s/%s", fixture_root, name);
}

static void fixture_folder(char const *name)
{
    char *const path = fixture_path(name);

    assert_int_equal(mkdir(path, 0755), 0);
    free(path);
}

static void fixture_write(char const *name, char const *text, mode_t mode)
{
    char *const path = fixture_path(name);
    FILE *const file = fopen(path, "w");

    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(chmod(path, mode), 0);
    free(path);
}

static void fixture_copy(char const *from, char const *name)
{
    size_t size = 0;
    char *const bytes = text_of_file(from, &size);
    char *const path = fixture_path(name);
    FILE *const file = fopen(path, "w");

    assert_non_null(bytes);
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
    free(path);
    free(bytes);
}

static void fixture_phase(char const *name, char const *from)
{
    char *const source = text_format("allocators/phases/%s.c", name);
    char *const object = text_format("build/lib%s.so", name);
    char *const observer = text_format("build/observe/lib%s.so", name);

    fixture_write(source, "/* a phase */\n", 0644);
    fixture_copy(from, object);
    fixture_copy(from, observer);
    free(observer);
    free(object);
    free(source);
}

static int fixture_make(void **state)
{
    static char const *const folders[] = {"allocators",    "allocators/phases", "build",
                                          "build/observe", "build/workloads",   "experiments",
                                          "results"};
    static char const describe[] =
        "#!/bin/sh\n"
        "echo '{\"name\": \"knead\", \"models\": \"dough\", \"parameters\": ["
        "{\"name\": \"size\", \"default\": 16, \"unit\": \"bytes\", \"meaning\": \"of a piece\"},"
        "{\"name\": \"slots\", \"default\": 4, \"unit\": \"\", \"meaning\": \"on the board\"}]}'\n";

    (void)state;
    strcpy(fixture_root, "/tmp/slablab-test-XXXXXX");
    assert_non_null(mkdtemp(fixture_root));
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
        fixture_folder(folders[i]);
    fixture_phase("one", "/proc/self/exe");
    fixture_phase("two", "/proc/self/exe");
    fixture_phase("three", "/proc/self/exe");
    fixture_write("allocators/phases/unbuilt.c", "/* a phase */\n", 0644);
    fixture_write(
        "allocators/peers.yaml",
        "- {name: libc, package: libc6}\n- {name: gone, package: libgone1, object: libgone.so.1}\n",
        0644);
    fixture_write("build/workloads/knead", describe, 0755);
    fixture_write("build/workloads/knead.d", "knead: knead.c\n", 0644);
    project_set(fixture_root, fixture_root);
    return 0;
}

static int fixture_remove(void **state)
{
    char *const command = text_format("rm -rf '%s'", fixture_root);
    int const status = system(command);

    (void)state;
    free(command);
    peers_forget();
    return status;
}

/* The folder of the build that this test belongs to: it is <build>/harness/tests/<test>. */
static inline char *fixture_build_folder(void)
{
    char path[PATH_MAX];
    ssize_t const length = readlink("/proc/self/exe", path, sizeof path - 1);

    assert_true(length > 0);
    path[length] = '\0';
    for (size_t i = 0; i < 3; i++)
        *strrchr(path, '/') = '\0';
    return text_copy(path);
}

/* valgrind 3.19 ends over what clang 14 writes as debug information. */
static inline bool fixture_valgrind_reads_this_build(void)
{
    char *const build = fixture_build_folder();
    char *const command = text_format("valgrind --quiet --tool=none '%s/workloads/fixed_random' "
                                      "--describe >/dev/null 2>&1",
                                      build);
    bool const reads = system(command) == 0;

    free(command);
    free(build);
    return reads;
}

/* A workload of that build, as one of the project's. */
static inline void fixture_workload(char const *name)
{
    char *const build = fixture_build_folder();
    char *const built = text_format("%s/workloads/%s", build, name);
    char *const copy = text_format("build/workloads/%s", name);
    char *const program = fixture_path(copy);

    fixture_copy(built, copy);
    assert_int_equal(chmod(program, 0755), 0);
    free(program);
    free(copy);
    free(built);
    free(build);
}

/* A phase that is the C library's malloc behind that many turns of idle(). */
static inline void fixture_idle_phase(char const *name, int turns)
{
    static char const source[] = "#include <stddef.h>\n"
                                 "void *__libc_malloc(size_t size);\n"
                                 "__attribute__((noinline)) static void idle(void)\n"
                                 "{\n"
                                 "    for (int volatile i = 0; i < TURNS; i++)\n"
                                 "        ;\n"
                                 "}\n"
                                 "__attribute__((visibility(\"default\")))\n"
                                 "void *malloc(size_t size)\n"
                                 "{\n"
                                 "    idle();\n"
                                 "    return __libc_malloc(size);\n"
                                 "}\n";
    char *const command =
        text_format("gcc -O2 -g -fno-omit-frame-pointer -fPIC -shared -fno-builtin -Wl,--build-id "
                    "-DTURNS=%d -o '%s/build/lib%s.so' '%s/malloc.c'",
                    turns, fixture_root, name, fixture_root);

    fixture_write("malloc.c", source, 0644);
    assert_int_equal(system(command), 0);
    free(command);
}

/* The plan of experiments/x.yaml with this text; NULL after a complaint. */
static inline struct plan *fixture_plan(char const *yaml, bool quick, uint64_t seed)
{
    char *const path = fixture_path("experiments/x.yaml");

    fixture_write("experiments/x.yaml", yaml, 0644);
    struct plan *const plan = plan_from_experiment(path, quick, seed);
    free(path);
    return plan;
}

/* Gives each line of a file of records the seal that it should have: after one was written by hand.
 */
static inline void fixture_seal(char const *name)
{
    char *const path = fixture_path(name);
    char *const text = text_of_file(path, NULL);
    char *sealed = text_copy("");

    assert_non_null(text);
    for (char *line = strtok(text, "\n"); line != NULL; line = strtok(NULL, "\n")) {
        json_t *const record = json_loads(line, 0, NULL);
        assert_non_null(record);
        json_object_del(record, "crc32");
        char *const whole = sealed_line(record);
        text_append(&sealed, "%s", whole);
        free(whole);
        json_decref(record);
    }
    fixture_write(name, sealed, 0644);
    free(sealed);
    free(text);
    free(path);
}

/* What goes to stderr from fixture_hear to fixture_heard, as text for the caller to free. */
static int fixture_stderr = -1;

static inline void fixture_hear(void)
{
    char *const path = fixture_path("stderr");
    int const file = open(path, O_RDWR | O_CREAT | O_TRUNC, 0644);

    fflush(stderr);
    fixture_stderr = dup(2);
    assert_true(file >= 0 && fixture_stderr >= 0);
    assert_int_equal(dup2(file, 2), 2);
    close(file);
    free(path);
}

static inline char *fixture_heard(void)
{
    char *const path = fixture_path("stderr");

    fflush(stderr);
    dup2(fixture_stderr, 2);
    close(fixture_stderr);
    char *const text = text_of_file(path, NULL);
    free(path);
    assert_non_null(text);
    return text;
}

#endif
