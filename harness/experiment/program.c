/* program.c -- a written program looked up on this machine, and added to the plan.
 *
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "experiment/program.h"

#include "base/complain.h"
#include "base/folder.h"
#include "base/text.h"
#include "catalogue/build_id.h"
#include "catalogue/catalogue.h"
#include "catalogue/linked_allocator.h"
#include "catalogue/named_files.h"
#include "experiment/expansion.h"
#include "machine/cpus.h"

#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static uint64_t const TIMEOUT_SECONDS = 60;
static uint64_t const TIMEOUT_SECONDS_MAX = 86400;
static uint64_t const READY_SECONDS = 10;
static uint64_t const NS_PER_SECOND = 1000000000;
static size_t const DIGEST_DIGITS_LEAST = 16;
static size_t const DIGEST_DIGITS_MOST = 64;
static char const hexadecimal[] = "0123456789abcdef";

/* What is read, where it is written, and what it becomes. */
struct reading {
    struct expansion const *expansion;
    struct yaml_file const *file;
    char const *place; /* of the mapping: "workloads/2", or "" in a file of its own */
    struct experiment_program const *written;
    struct program *program;
    char *missing; /* why the program cannot run on this machine; NULL: it can */
};

char const program_artifact[] = "{artifact}";

static struct arena *arena_of(struct reading const *reading)
{
    return &reading->expansion->plan->arena;
}

/* Always false. */
__attribute__((format(printf, 4, 5))) static bool refuse(struct reading const *reading,
                                                         char const *key, char const *hint,
                                                         char const *format, ...)
{
    va_list arguments;
    char *message = NULL;

    va_start(arguments, format);
    if (vasprintf(&message, format, arguments) < 0)
        message = NULL;
    va_end(arguments);
    char *const place = text_format("%s%s%s", reading->place, *reading->place != '\0' ? "/" : "",
                                    key);
    yaml_file_complain(reading->file, place, hint, "%s", message != NULL ? message : key);
    free(place);
    free(message);
    return false;
}

bool program_is_written(struct experiment_program const *written)
{
    return written->program_count > 0 || written->server_count > 0 || written->client_count > 0;
}

char *program_file(char const *name)
{
    bool const is_path = text_ends_with(name, ".yaml");
    char *const own = is_path ? NULL : catalogue_workload_file(name, ".yaml");
    char *const relative = text_format("workloads/programs/%s.yaml", name);
    char *const path = own != NULL ? own : named_file(is_path ? name : relative);

    if (own != NULL)
        named_file_note(relative, own);

    free(relative);
    if ((is_path || strchr(name, '/') == NULL) && access(path, R_OK) == 0)
        return path;
    free(path);
    return NULL;
}

/* A path with a slash starts at the project's folder; another name is looked for where a program's
 * PATH looks. NULL: there is none. */
static char *find_executable(char const *name)
{
    static char const *const folders[] = {"/usr/local/bin", "/usr/bin", "/bin"};

    if (strchr(name, '/') != NULL) {
        char *const path = named_file(name);
        char *const real = access(path, X_OK) == 0 ? realpath(path, NULL) : NULL;
        free(path);
        return real;
    }
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        char *const path = text_format("%s/%s", folders[i], name);
        if (access(path, X_OK) == 0)
            return path;
        free(path);
    }
    return NULL;
}

/* NULL: the executable is here. */
static char *missing_text(struct experiment_program const *written, char const *name)
{
    if (text_equal(name, program_artifact))
        return NULL;
    char *const path = find_executable(name);
    char const *const package = written->package != NULL ? written->package : name;
    bool const is_here = path != NULL;

    free(path);
    if (is_here)
        return NULL;
    return written->package != NULL || strchr(name, '/') == NULL
        ? text_format("%s is not installed: apt install %s", name, package)
        : text_format("there is no program %s", name);
}

char *program_missing(struct experiment_program const *written)
{
    char **const words[] = {written->server_count > 0 ? written->server : written->program,
                            written->client, written->make};
    unsigned const counts[] = {written->server_count + written->program_count,
                               written->client_count, written->make_count};
    char *missing = NULL;

    for (size_t i = 0; missing == NULL && i < sizeof counts / sizeof *counts; i++)
        if (counts[i] > 0)
            missing = missing_text(written, i == 0 && written->executable != NULL
                                                ? written->executable
                                                : words[i][0]);
    return missing;
}

/* Reads a command line; one whose program is not here makes the cell one that is left out. */
static bool take_command(struct reading *reading, char const *key, char **words, size_t count,
                         char const *executable, struct command *command)
{
    struct arena *const arena = arena_of(reading);
    char const *const name = executable != NULL ? executable : count > 0 ? words[0] : "";

    if (count == 0)
        return true;
    if (*name == '\0')
        return refuse(reading, key, "[sqlite3, ':memory:']", "a program's name is missing");
    command->arguments = arena_copy(arena, words, count * sizeof *words);
    for (size_t i = 0; i < count; i++)
        command->arguments[i] = arena_text(arena, words[i]);
    command->count = count;
    if (text_equal(name, program_artifact)) {
        command->executable = arena_text(arena, name);
        return true;
    }
    command->executable = arena_keep(arena, find_executable(name));
    if (command->executable == NULL && reading->missing == NULL)
        reading->missing = arena_keep(arena, missing_text(reading->written, name));
    return true;
}

static bool take_commands(struct reading *reading)
{
    struct experiment_program const *const written = reading->written;
    struct program *const program = reading->program;
    bool const served = written->server_count > 0;

    if (served && written->client_count == 0)
        return refuse(reading, "server", "client: [redis-benchmark, -p, '{port}']",
                      "a server needs a client");
    if (!served && written->client_count > 0)
        return refuse(reading, "client", "server: [redis-server, --port, '{port}']",
                      "a client needs a server");
    if (served && written->program_count > 0)
        return refuse(reading, "program", "two cells", "it is a program or a server, not both");
    program->client_too = written->preload == PRELOAD_BOTH;
    return served ? take_command(reading, "server", written->server, written->server_count,
                                 written->executable, &program->server)
                        && take_command(reading, "client", written->client, written->client_count,
                                        NULL, &program->command)
                  : take_command(reading, "program", written->program, written->program_count,
                                 written->executable, &program->command);
}

static bool take_seconds(struct reading const *reading, char const *key, char const *text,
                         uint64_t otherwise, uint64_t *ns)
{
    uint64_t seconds = otherwise;

    if (text != NULL && (!text_to_number(text, &seconds) || seconds == 0 ||
                         seconds > TIMEOUT_SECONDS_MAX))
        return refuse(reading, key, "a whole number of seconds, at most 86400",
                      "%s: '%s' is not a number of seconds", key, text);
    *ns = seconds * NS_PER_SECOND;
    return true;
}

static bool take_cpus(struct reading const *reading)
{
    char const *const text = reading->written->cpus;
    uint64_t cpus = 1;

    if (text != NULL && (!text_to_number(text, &cpus) || cpus == 0 || cpus > CPUS_MAX))
        return refuse(reading, "cpus", "as many as it has threads, or no such line: one",
                      "cpus: '%s' is no number of CPUs", text);
    reading->program->cpus = cpus;
    return true;
}

static bool take_output(struct reading const *reading)
{
    char const *const text = reading->written->output;
    struct program *const program = reading->program;
    size_t const digits = text != NULL ? strspn(text, hexadecimal) : 0;

    if (text == NULL || text_equal(text, "same"))
        return true;
    if (text_equal(text, "any")) {
        program->output = OUTPUT_ANY;
        return true;
    }
    if (text[digits] != '\0' || digits < DIGEST_DIGITS_LEAST || digits > DIGEST_DIGITS_MOST)
        return refuse(reading, "output",
                      "same, any, or the first 16 to 64 digits that sha256sum prints",
                      "'%s' is not what an output can be", text);
    char *const head = text_copy_bytes(text, DIGEST_DIGITS_LEAST);
    program->output = OUTPUT_DIGEST;
    program->digest = strtoull(head, NULL, 16);
    free(head);
    return true;
}

static bool take_environment(struct reading const *reading)
{
    struct experiment_program const *const written = reading->written;
    struct program *const program = reading->program;

    program->environment =
        arena_zeroed(arena_of(reading), (written->environment_count + 1) * sizeof(char *));
    for (size_t i = 0; i < written->environment_count; i++) {
        char const *const word = written->environment[i];
        if (*word == '=' || strchr(word, '=') == NULL)
            return refuse(reading, "environment", "[LC_ALL=C, PYTHONMALLOC=malloc]",
                          "'%s' is no assignment of an environment variable", word);
        program->environment[program->environment_count++] = arena_text(arena_of(reading), word);
    }
    return true;
}

/* Their digest is that of what is there now; a sample gets what is there then. */
static bool take_inputs(struct reading *reading)
{
    struct experiment_program const *const written = reading->written;
    struct program *const program = reading->program;
    unsigned char digest[SHA256_BYTES];
    struct sha256 sum = sha256_begin();

    program->inputs = arena_zeroed(arena_of(reading), (written->inputs_count + 1) * sizeof(char *));
    for (size_t i = 0; i < written->inputs_count; i++) {
        char const *const name = written->inputs[i];
        char *const path = named_file(name);
        char *const real = realpath(path, NULL);
        free(path);
        if (real == NULL)
            return refuse(reading, "inputs", "a path from the project's folder",
                          "there is no file or folder %s", name);
        folder_add(&sum, real);
        program->inputs[program->input_count++] = arena_keep(arena_of(reading), real);
    }
    sha256_end(&sum, digest);
    program->files_digest = arena_format(arena_of(reading), "%016" PRIx64, sha256_head(digest));
    program->standard_input = arena_text(arena_of(reading), written->standard_input);
    return take_command(reading, "make", written->make, written->make_count, NULL, &program->make);
}

bool program_output_is_compared(struct program const *program)
{
    return program->output != OUTPUT_ANY;
}

struct command const *program_served(struct program const *program)
{
    return program->server.count > 0 ? &program->server : &program->command;
}

static bool take_name(struct reading const *reading)
{
    struct program *const program = reading->program;
    struct experiment_program const *const written = reading->written;
    char const *const artifact = reading->expansion->plan->arms[0].program;
    char const *word = *reading->place == '\0' ? yaml_file_path(reading->file)
                       : written->server_count > 0 ? written->server[0]
                                                   : written->program[0];
    if (artifact != NULL && text_equal(word, program_artifact))
        word = artifact;
    char const *const slash = strrchr(word, '/');
    char const *const last = slash != NULL ? slash + 1 : word;
    size_t const ending = text_ends_with(last, ".yaml") ? strlen(".yaml") : 0;

    program->name = written->name != NULL
        ? arena_text(arena_of(reading), written->name)
        : arena_format(arena_of(reading), "%.*s", (int)(strlen(last) - ending), last);
    if (*program->name == '\0' || strpbrk(program->name, " \t\n\r\v\f/=") != NULL)
        return refuse(reading, "name", "name: one word", "'%s' is no name for a cell",
                      program->name);
    return true;
}

static bool check_artifact(struct reading const *reading)
{
    struct experiment_program const *const written = reading->written;
    bool const wanted = reading->expansion->plan->arms[0].program != NULL;

    for (size_t i = 0; i < written->make_count; i++)
        if (strstr(written->make[i], program_artifact) != NULL)
            return refuse(reading, "make", "inputs that one build has made",
                          "make runs once, for both builds");
    if (reading->program->runs_artifact == wanted)
        return true;
    return wanted ? refuse(reading, "", "program: ['{artifact}', ARGUMENT]; or another experiment",
                           "it does not run {artifact}, so it would not tell the builds apart")
                  : refuse(reading, "", "slablab gate, with --base and --head: two programs",
                           "{artifact} is either build of a gate");
}

static bool take_all(struct reading *reading)
{
    struct experiment_program const *const written = reading->written;
    struct program *const program = reading->program;

    if (!take_commands(reading) || !take_name(reading) || !take_inputs(reading) ||
        !take_output(reading) || !take_environment(reading) ||
        !take_seconds(reading, "timeout", written->timeout, TIMEOUT_SECONDS,
                      &program->timeout_ns) ||
        !take_seconds(reading, "ready", written->ready, READY_SECONDS, &program->ready_ns) ||
        !take_cpus(reading))
        return false;
    program->runs_artifact = program_names_artifact(written);
    if (!check_artifact(reading))
        return false;
    char const *const served = program_served(program)->executable;
    bool const is_artifact = served != NULL && text_equal(served, program_artifact);
    program->build_id =
        is_artifact ? arena_text(arena_of(reading), "")
                    : arena_keep(arena_of(reading), catalogue_build_id(served));
    for (size_t i = 0; is_artifact && i < reading->expansion->plan->arm_count; i++)
        if (program->linked == NULL)
            program->linked = arena_keep(
                arena_of(reading), linked_allocator(reading->expansion->plan->arms[i].program));
    if (served != NULL && !is_artifact)
        program->linked = arena_keep(arena_of(reading), linked_allocator(served));
    return true;
}

bool program_add(struct expansion const *expansion, struct yaml_file const *file,
                 char const *place, struct experiment_program const *written)
{
    struct plan *const plan = expansion->plan;
    struct reading reading = {.expansion = expansion,
                              .file = file,
                              .place = place,
                              .written = written,
                              .program = arena_zeroed(&plan->arena, sizeof *reading.program)};

    if (!program_is_written(written))
        return refuse(&reading, "", "program: [sqlite3, ':memory:']; or server and client",
                      "it names no program");
    if (!take_all(&reading))
        return false;
    char *const id = arena_format(&plan->arena, "%s %s",
                                  reading.program->server.count > 0 ? "server" : "program",
                                  reading.program->name);
    for (size_t i = 0; i < plan->cell_count; i++)
        if (text_equal(plan->cells[i].id, id))
            return refuse(&reading, "", "name: another", "cell '%s' is there already", id);
    if (reading.missing != NULL) {
        expansion_leave_out(expansion, file, place, id, reading.missing);
        return true;
    }
    plan->cells =
        arena_room_for_one(&plan->arena, plan->cells, plan->cell_count, sizeof *plan->cells);
    plan->cells[plan->cell_count++] =
        (struct cell){.id = id,
                      .workload = reading.program->name,
                      .program = reading.program,
                      .threads = 1};
    return true;
}
