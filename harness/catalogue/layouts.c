/* layouts.c -- compiles a source once, function by function, and links it many times.
 *
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "catalogue/layouts.h"

#include "base/arena.h"
#include "base/capture.h"
#include "base/complain.h"
#include "base/draw.h"
#include "base/durable.h"
#include "base/folder.h"
#include "base/interrupt.h"
#include "base/logged.h"
#include "base/shell_word.h"
#include "base/status_line.h"
#include "catalogue/layout_script.h"
#include "catalogue/project.h"
#include "catalogue/ready_links.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SECTIONS "-ffunction-sections -fdata-sections"

char const layouts_compile_flags[] = SECTIONS;
static char const compile[] = BUILD_COMPILER " " BUILD_FLAGS " " SECTIONS;
static char const *const sources[] = {"allocators/phases", "allocators/planted"};
enum { SOURCES = sizeof sources / sizeof *sources };

/* What the steps for one allocator share. All texts are in the arena. */
struct layout {
    struct arena arena;
    char *name;   /* of its files */
    char *source; /* from home; NULL: there is an object already */
    char *object; /* compiled function by function */
    char *folder; /* of its links */
    char *usual;  /* the linker's script */
    uint64_t key; /* of the draws */
};

static bool is_file(char const *path)
{
    struct stat status;

    return stat(path, &status) == 0 && S_ISREG(status.st_mode);
}

char *layouts_linker(void)
{
    char *const ready = ready_linker();
    if (ready != NULL)
        return ready;
    char *const words[] = {"sh", "-c", BUILD_COMPILER " -Wl,--version | head -n 1", NULL};
    char *why = NULL;
    char *const said = capture_line(words, &why);

    if (said == NULL || *said == '\0')
        complain("apt-get install binutils gcc", "layouts: %s says no linker: %s", BUILD_COMPILER,
                 why != NULL ? why : "nothing");
    free(why);
    return said != NULL && *said != '\0' ? said : (free(said), NULL);
}

/* "ss-reuse" of HOME/build/libss-reuse.so; NULL of another name. */
static char *name_of(struct arena *arena, char const *object)
{
    char const *const slash = strrchr(object, '/');
    char const *const file = slash != NULL ? slash + 1 : object;
    size_t const length = strlen(file);

    if (strncmp(file, "lib", 3) != 0 || !text_ends_with(file, ".so"))
        return NULL;
    return arena_format(arena, "%.*s", (int)(length - strlen("lib.so")), file + strlen("lib"));
}

/* Is it a file of this build's folder `below`? */
static bool is_built(struct layout *layout, char const *object, char const *below)
{
    char const *const made = arena_format(&layout->arena, "%s/%slib%s.so", project_home_build(),
                                          below, layout->name);
    struct stat one;
    struct stat other;

    return stat(made, &one) == 0 && stat(object, &other) == 0 && one.st_dev == other.st_dev &&
           one.st_ino == other.st_ino;
}

static bool is_below(char const *path, char const *folder)
{
    return strncmp(path, folder, strlen(folder)) == 0;
}

/* What the allocator is made of: a source, or an object beside it. False: it is not built here. */
static bool find_code(struct layout *layout, char const *object)
{
    static char const *const below[SOURCES] = {"", "planted/"};
    struct arena *const arena = &layout->arena;

    for (size_t i = 0; i < SOURCES; i++)
        if (is_built(layout, object, below[i]))
            layout->source = arena_format(arena, "%s/%s.c", sources[i], layout->name);
    layout->object =
        arena_format(arena, "%.*s.o", (int)(strlen(object) - strlen(".so")), object);
    return layout->source != NULL ||
           ((is_below(object, project_cache()) || is_below(object, project_home_build())) &&
            is_file(layout->object));
}

/* The output of a command of the shell in home; NULL after a complaint. An installed Slablab has
 * the phases' pages and not what they include. */
static char *answer_of(struct layout *layout, char const *command)
{
    char *const home = shell_word(project_home());
    char *const line = arena_format(&layout->arena, "cd %s && %s", home, command);
    char *const words[] = {"sh", "-c", line, NULL};
    char *why = NULL;
    char *const answer = capture(words, &why);

    if (answer == NULL)
        complain("the same in a clone of Slablab, built by make",
                 "layouts: %s cannot be linked anew: %s: %s", layout->name, why, line);
    free(why);
    free(home);
    return arena_keep(&layout->arena, answer);
}

static bool add_answer(struct layout *layout, struct sha256 *sum, char const *command)
{
    char const *const answer = answer_of(layout, command);

    if (answer != NULL)
        sha256_add(sum, answer, strlen(answer) + 1);
    return answer != NULL;
}

static bool has_source(struct layout *layout)
{
    if (layout->source == NULL)
        return true;
    char const *const path =
        arena_format(&layout->arena, "%s/%s", project_home(), layout->source);
    bool const there = is_file(path);
    if (!there)
        complain("the same in a clone of Slablab, built by make",
                 "layouts: %s is not there, so %s cannot be linked anew", path, layout->name);
    return there;
}

/* What stands between the lines of = that the linker prints around its script; NULL. */
static char *script_in(struct arena *arena, char const *printed)
{
    static char const line[] = "\n==================================================\n";
    char const *const begin = strstr(printed, line);
    char const *const first = begin != NULL ? begin + strlen(line) : NULL;
    char const *const end = first != NULL ? strstr(first, line) : NULL;

    return end != NULL ? arena_format(arena, "%.*s\n", (int)(end - first), first) : NULL;
}

static bool find_script(struct layout *layout)
{
    char const *const printed =
        answer_of(layout, BUILD_COMPILER " " BUILD_FLAGS " -Wl,--verbose -o /dev/null");

    layout->usual = printed != NULL ? script_in(&layout->arena, printed) : NULL;
    if (printed != NULL && layout->usual == NULL)
        complain("GNU ld, as Debian's binutils has it", "layouts: the linker shows no script");
    return layout->usual != NULL;
}

/* Key and folder. */
static bool find_folder(struct layout *layout)
{
    struct sha256 sum = sha256_begin();
    unsigned char digest[SHA256_BYTES];
    struct arena *const arena = &layout->arena;

    sha256_add(&sum, compile, sizeof compile);
    bool known = has_source(layout) && add_answer(layout, &sum, BUILD_COMPILER " --version");
    if (!known || !find_script(layout))
        return false;
    sha256_add(&sum, layout->usual, strlen(layout->usual));
    if (layout->source != NULL)
        known = add_answer(layout, &sum,
                           arena_format(arena, "%s -E %s", compile, layout->source));
    else
        folder_add_file(&sum, layout->object);
    sha256_end(&sum, digest);
    layout->key = sha256_head(digest);
    layout->folder = arena_format(arena, "%s/layouts/%016llx", project_cache(),
                                  (unsigned long long)layout->key);
    if (layout->source != NULL)
        layout->object = arena_format(arena, "%s/object.o", layout->folder);
    return known && folder_make(layout->folder);
}

/* Runs a command that makes a file under another name, and puts it there at once. */
static bool make_file(struct layout *layout, char const *command, char const *made)
{
    struct arena *const arena = &layout->arena;
    char const *const staged = arena_format(arena, "%s.%d", made, (int)getpid());
    char const *const log = arena_format(arena, "%s.log", staged);
    static char const *const inherited[] = {NULL};
    struct words const nothing = {0};
    char *const target = shell_word(staged);
    char *why = NULL;
    char const *const line = arena_format(arena, "%s -o %s", command, target);
    bool const done = logged_run(project_home(), line, inherited, &nothing, log, &why) &&
                      rename(staged, made) == 0;

    if (!done && !interrupted()) {
        char *const said = arena_keep(arena, text_of_file(log, NULL));
        complain("make; df -h", "layouts: %s cannot be made: %s\n%s", made,
                 why != NULL ? why : strerror(errno), said != NULL ? said : "");
    }
    unlink(staged);
    unlink(log);
    free(why);
    free(target);
    return done;
}

static bool make_object(struct layout *layout)
{
    return layout->source == NULL || is_file(layout->object) ||
           make_file(layout, arena_format(&layout->arena, "%s -c %s", compile, layout->source),
                     layout->object);
}

/* Was the file linked by this script? It stands beside it. */
static bool is_linked(struct layout *layout, char const *made, char const *script)
{
    char const *const file = arena_format(&layout->arena, "%s.ld", made);
    char const *const before = arena_keep(&layout->arena, text_of_file(file, NULL));

    return before != NULL && text_equal(before, script) && is_file(made);
}

/* The script gets its name last: a link that is there is then whole, and this script's. */
static bool link_it(struct layout *layout, char const *script, char const *made)
{
    struct arena *const arena = &layout->arena;
    char const *const staged =
        arena_format(arena, "%s.%d.ld", strrchr(made, '/') + 1, (int)getpid());
    char const *const path = arena_format(arena, "%s/%s", layout->folder, staged);

    status_line_say("linking", made);
    if (interrupted() || !durable_write(layout->folder, staged, script, strlen(script)))
        return false;
    char *const object = shell_word(layout->object);
    char *const script_word = shell_word(path);
    bool const done = make_file(layout,
                                arena_format(arena, BUILD_COMPILER " " BUILD_FLAGS
                                             " -T %s %s -pthread", script_word, object),
                                made) &&
                      rename(path, arena_format(arena, "%s.ld", made)) == 0;
    unlink(path);
    free(script_word);
    free(object);
    return done;
}

static bool make_links(struct layout *layout, size_t count, struct words *links)
{
    struct words sections = layout_sections(layout->object);
    struct arena *const arena = &layout->arena;
    bool made = true;

    for (size_t i = 0; made && i < count; i++) {
        char const *const path =
            arena_format(arena, "%s/%s.%03zu.so", layout->folder, layout->name, i);
        uint64_t const key = i > 0 ? draw_key(layout->key, i) : 0;
        char *const script = arena_keep(arena, layout_script(layout->usual, &sections, key));
        made = script != NULL;
        if (!made)
            complain("GNU ld, as Debian's binutils has it",
                     "layouts: the linker's script has no place for functions");
        made = made && (is_linked(layout, path, script) || link_it(layout, script, path));
        words_add(links, path);
    }
    status_line_end();
    words_free(&sections);
    return made;
}

bool layouts_of(char const *object, size_t count, struct words *links)
{
    struct layout layout = {.name = NULL};
    bool made = true;

    *links = (struct words){0};
    layout.name = object != NULL ? name_of(&layout.arena, object) : NULL;
    if (layout.name != NULL && !ready_links_of(object, layout.name, count, links) &&
        find_code(&layout, object))
        made = find_folder(&layout) && make_object(&layout) && make_links(&layout, count, links);
    if (!made)
        words_free(links);
    arena_free(&layout.arena);
    return made;
}
