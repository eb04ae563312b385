/* layout_script.c -- sections sorted into the linker's groups, each group shuffled.
 *
 * SPDX-License-Identifier: MIT */
#include "catalogue/layout_script.h"

#include "base/draw.h"
#include "base/memory.h"

#include <fcntl.h>
#include <gelf.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Fewer lines than these stand before the first section of a group, and behind each. Those of
 * threads are few: a process that loads the object late has room for 1,664 bytes of them. */
enum { LINE_BYTES = 64, LINES_BEFORE = 64, LINES_BEHIND = 8 };
enum { THREAD_LINES_BEFORE = 8, THREAD_LINES_BEHIND = 4 };

/* A pattern of the linker's script, and the sections that it takes: those whose names begin so, or
 * are it. The first group that fits a section has it. */
struct group {
    char const *pattern;
    char const *prefix;
    bool is_of_threads;
    bool is_needed;
};

static struct group const groups[] = {
    {"*(.text.unlikely ", ".text.unlikely", false, false},
    {"*(.text.exit ", ".text.exit", false, false},
    {"*(.text.startup ", ".text.startup", false, false},
    {"*(.text.hot ", ".text.hot", false, false},
    {"*(.text .stub ", ".text", false, true},
    {"*(.tdata ", ".tdata", true, false},
    {"*(.tbss ", ".tbss", true, false},
    {"*(.data.rel.ro.local* ", ".data.rel.ro.local", false, false},
    {"*(.data.rel.ro ", ".data.rel.ro", false, false},
    {"*(.data .data.* ", ".data", false, false},
    {"*(.bss .bss.* ", ".bss", false, false},
};
enum { GROUPS = sizeof groups / sizeof *groups };

struct words layout_sections(char const *path)
{
    struct words names = {0};
    int const file = open(path, O_RDONLY | O_CLOEXEC);
    size_t strings = 0;
    GElf_Shdr header;

    elf_version(EV_CURRENT);
    Elf *const elf = file >= 0 ? elf_begin(file, ELF_C_READ, NULL) : NULL;
    bool const readable = elf != NULL && elf_getshdrstrndx(elf, &strings) == 0;
    for (Elf_Scn *section = NULL; readable && (section = elf_nextscn(elf, section)) != NULL;) {
        char const *const name = gelf_getshdr(section, &header) != NULL
                                     ? elf_strptr(elf, strings, header.sh_name)
                                     : NULL;
        if (name != NULL)
            words_add(&names, name);
    }
    elf_end(elf);
    if (file >= 0)
        close(file);
    return names;
}

static bool takes(struct group const *group, char const *section)
{
    size_t const length = strlen(group->prefix);

    return strncmp(section, group->prefix, length) == 0 &&
           (section[length] == '\0' || section[length] == '.');
}

static size_t group_of(char const *section)
{
    size_t group = 0;

    while (group < GROUPS && !takes(&groups[group], section))
        group++;
    return group;
}

static void append_gap(char **script, uint64_t lines)
{
    if (lines > 0)
        text_append(script, ". += %u; ", (unsigned)(lines * LINE_BYTES));
}

/* "*(.text.free) . += 128; *(.text.malloc) ": draws 0 ... of the stream are the gaps, and a stream
 * below it is the order. */
static void append_group(char **script, size_t group, struct words const *sections, uint64_t key)
{
    size_t *const members = memory_zeroed(sections->count + 1, 2 * sizeof *members);
    size_t *const order = members + sections->count;
    bool const few = groups[group].is_of_threads;
    size_t count = 0;

    for (size_t i = 0; i < sections->count; i++)
        if (group_of(sections->word[i]) == group)
            members[count++] = i;
    draw_order(draw_key(key, 0), order, count);
    if (count > 0)
        append_gap(script, draw_below(key, 0, few ? THREAD_LINES_BEFORE : LINES_BEFORE));
    for (size_t i = 0; i < count; i++) {
        text_append(script, "*(%s) ", sections->word[members[order[i]]]);
        append_gap(script,
                   draw_below(key, i + 1, few ? THREAD_LINES_BEHIND : LINES_BEHIND));
    }
    free(members);
}

/* Where the linker's script has the patterns of a group; NULL: it has none. */
static char const *place_of(char const *usual, size_t group)
{
    return strstr(usual, groups[group].pattern);
}

/* The group whose patterns come next, from `at` on; GROUPS if there is none. */
static size_t next_group(char const *at)
{
    size_t next = GROUPS;

    for (size_t i = 0; i < GROUPS; i++) {
        char const *const place = place_of(at, i);
        if (place != NULL && (next == GROUPS || place < place_of(at, next)))
            next = i;
    }
    return next;
}

char *layout_script(char const *usual, struct words const *sections, uint64_t key)
{
    char *script = text_copy("");
    char const *at = usual;

    for (size_t i = 0; i < GROUPS; i++)
        if (groups[i].is_needed && place_of(usual, i) == NULL) {
            free(script);
            return NULL;
        }
    for (size_t group = next_group(at); key != 0 && group < GROUPS; group = next_group(at)) {
        size_t const length = strlen(groups[group].pattern);
        char const *const place = place_of(at, group);
        text_append(&script, "%.*s", (int)(place - at), at);
        append_group(&script, group, sections, draw_key(key, group));
        text_append(&script, "%.*s", (int)length, place);
        at = place + length;
    }
    text_append(&script, "%s", at);
    return script;
}
