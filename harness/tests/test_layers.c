/* test_layers.c -- every function of the built phases has a layer, and every declared one exists.
 *
 * The declarations are in .slablab.layers (symbols.h), the functions in the debug information. A
 * file of core/ may declare nothing: its functions belong to their callers.
 *
 * SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/text.h"
#include "catalogue/project.h"

#include <dwarf.h>
#include <elfutils/libdw.h>
#include <fcntl.h>
#include <gelf.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { WORDS_MAX = 5, DECLARATIONS_MAX = 256 };

struct declaration {
    char *word[WORDS_MAX]; /* kind, name ...; NULL where there are fewer */
};

struct phase {
    char const *path;
    int fd;
    Dwarf *dwarf;
    uint64_t section_flags;
    char *text; /* the section; declarations point into it */
    struct declaration declaration[DECLARATIONS_MAX];
    size_t count;
};

static struct phase *phases;
static size_t phase_count;

static void split(struct phase *phase, char *line)
{
    assert_true(phase->count < DECLARATIONS_MAX);
    struct declaration *const declaration = &phase->declaration[phase->count++];

    for (size_t i = 0; line != NULL; i++) {
        assert_true(i < WORDS_MAX);
        declaration->word[i] = strsep(&line, "\t");
    }
}

static void read_declarations(struct phase *phase)
{
    Elf *const elf = dwarf_getelf(phase->dwarf);
    GElf_Shdr header = {0};
    Elf_Scn *section = NULL;
    size_t names = 0;

    assert_int_equal(elf_getshdrstrndx(elf, &names), 0);
    while ((section = elf_nextscn(elf, section)) != NULL) {
        gelf_getshdr(section, &header);
        if (strcmp(elf_strptr(elf, names, header.sh_name), ".slablab.layers") == 0)
            break;
    }
    if (section == NULL)
        print_message("%s: declares nothing\n  try: make allocators, or remove it\n", phase->path);
    assert_non_null(section);
    phase->section_flags = header.sh_flags;
    Elf_Data const *const data = elf_getdata(section, NULL);
    phase->text = text_copy_bytes(data->d_buf, data->d_size);
    for (size_t i = 0; i < data->d_size;) {
        size_t const length = strlen(phase->text + i); /* before split puts more ends into it */
        split(phase, phase->text + i);
        i += length + 1;
    }
}

static int open_phases(void **state)
{
    char *const built = text_format("%s/../..", project_home_build());
    char *const timing = text_format("%s/lib*.so", built);
    char *const observing = text_format("%s/observe/lib*.so", built);
    static glob_t found;

    (void)state;
    if (glob(timing, 0, NULL, &found) != 0 || glob(observing, GLOB_APPEND, NULL, &found) != 0) {
        print_message("no phases in %s\n  try: make allocators\n", built);
        return -1;
    }
    phase_count = found.gl_pathc;
    phases = calloc(phase_count, sizeof *phases);
    for (size_t i = 0; i < phase_count; i++) {
        phases[i].path = found.gl_pathv[i];
        phases[i].fd = open(phases[i].path, O_RDONLY | O_CLOEXEC);
        phases[i].dwarf = dwarf_begin(phases[i].fd, DWARF_C_READ);
        assert_non_null(phases[i].dwarf);
        read_declarations(&phases[i]);
    }
    free(observing);
    free(timing);
    free(built);
    return 0;
}

static int close_phases(void **state)
{
    (void)state;
    for (size_t i = 0; i < phase_count; i++) {
        dwarf_end(phases[i].dwarf);
        close(phases[i].fd);
        free(phases[i].text);
    }
    free(phases);
    return 0;
}

typedef void visit_function(struct phase const *phase, Dwarf_Die *function, void *context);

/* Everything that is code of a function below this: of its own, or inlined. */
static void walk(struct phase const *phase, Dwarf_Die *die, visit_function *visit, void *context)
{
    Dwarf_Die child;
    Dwarf_Addr begin = 0;
    int const tag = dwarf_tag(die);

    if (tag == DW_TAG_inlined_subroutine ||
        (tag == DW_TAG_subprogram &&
         (dwarf_lowpc(die, &begin) == 0 || dwarf_hasattr(die, DW_AT_ranges))))
        visit(phase, die, context);
    if (dwarf_child(die, &child) != 0)
        return;
    do
        walk(phase, &child, visit, context);
    while (dwarf_siblingof(&child, &child) == 0);
}

static void walk_phase(struct phase const *phase, visit_function *visit, void *context)
{
    Dwarf_CU *unit = NULL;
    Dwarf_Die die;

    while (dwarf_get_units(phase->dwarf, unit, &unit, NULL, NULL, &die, NULL) == 0)
        walk(phase, &die, visit, context);
}

static bool is_file(char const *path, char const *declared)
{
    size_t const length = strlen(path);
    size_t const tail = strlen(declared);

    return text_ends_with(path, declared) && (length == tail || path[length - tail - 1] == '/');
}

static char const *layer_of(struct phase const *phase, char const *function, char const *path)
{
    char const *layer = NULL;

    for (size_t i = 0; i < phase->count; i++) {
        char *const *const word = phase->declaration[i].word;
        if (text_equal(word[0], "function") && text_equal(word[1], function))
            return word[2];
        if (text_equal(word[0], "file") && is_file(path, word[1]))
            layer = word[2];
    }
    return layer;
}

/* What dwarf_decl_file takes for no file is DWARF 5's file 0: the translation unit's own, as clang
 * numbers it. */
static char const *file_of(Dwarf_Die *function)
{
    Dwarf_Attribute attribute;
    Dwarf_Word index = 0;
    Dwarf_Die unit;
    Dwarf_Files *files = NULL;
    size_t count = 0;

    if (dwarf_formudata(dwarf_attr_integrate(function, DW_AT_decl_file, &attribute), &index) != 0 ||
        dwarf_diecu(function, &unit, NULL, NULL) == NULL ||
        dwarf_getsrcfiles(&unit, &files, &count) != 0)
        return NULL;
    return dwarf_filesrc(files, index, NULL, NULL);
}

struct layers {
    size_t without, front, backend;
};

static void count_layer(struct phase const *phase, Dwarf_Die *function, void *context)
{
    struct layers *const layers = context;
    char const *const name = dwarf_diename(function);
    char const *const path = file_of(function);

    assert_non_null(name);
    assert_non_null(path);
    char const *const layer = layer_of(phase, name, path);
    layers->front += layer != NULL && text_equal(layer, "front");
    layers->backend += layer != NULL && text_equal(layer, "backend");
    if (strstr(path, "allocators/") == NULL && dwarf_tag(function) == DW_TAG_inlined_subroutine)
        return; /* by a header of the C library */
    if (layer != NULL || strstr(path, "allocators/core/") != NULL)
        return;
    print_message("%s: %s of %s has no layer\n  try: LAYER(front); or LAYER_OF(backend, %s);\n",
                  phase->path, name, path, name);
    layers->without++;
}

static void every_function_has_a_layer(void **state)
{
    size_t without = 0;

    (void)state;
    for (size_t i = 0; i < phase_count; i++) {
        struct layers layers = {0};
        walk_phase(&phases[i], count_layer, &layers);
        assert_true(layers.front > 0 && layers.backend > 0);
        without += layers.without;
    }
    assert_int_equal(without, 0);
}

static void add_name(struct phase const *phase, Dwarf_Die *function, void *context)
{
    char const *const name = dwarf_diename(function);

    (void)phase;
    if (name != NULL && !words_hold(context, name))
        words_add(context, name);
}

/* In some phase: a part declares what only some of the phases call. */
static void every_declared_function_exists(void **state)
{
    struct words names = {0};
    size_t missing = 0;

    (void)state;
    for (size_t i = 0; i < phase_count; i++)
        walk_phase(&phases[i], add_name, &names);
    for (size_t i = 0; i < phase_count; i++) {
        for (size_t j = 0; j < phases[i].count; j++) {
            char *const *const word = phases[i].declaration[j].word;
            if (text_equal(word[0], "file") || words_hold(&names, word[1]))
                continue;
            print_message("%s: declares %s, which no phase has\n", phases[i].path, word[1]);
            missing++;
        }
    }
    words_free(&names);
    assert_int_equal(missing, 0);
}

static void check_memory(char *const *word)
{
    uint64_t unit = 0;
    uint64_t header = 0;

    assert_non_null(word[4]);
    assert_true(text_to_number(word[3], &unit) && text_to_number(word[4], &header));
    assert_int_equal(unit & (unit - 1), 0); /* a power of two, or 0 */
    assert_true(header < unit || (unit == 0 && header == 0));
}

static void declarations_are_well_formed(void **state)
{
    (void)state;
    for (size_t i = 0; i < phase_count; i++) {
        for (size_t j = 0; j < phases[i].count; j++) {
            char *const *const word = phases[i].declaration[j].word;
            assert_non_null(word[2]);
            if (text_equal(word[0], "memory")) {
                check_memory(word);
                continue;
            }
            assert_true(text_equal(word[0], "file") || text_equal(word[0], "function"));
            assert_true(text_equal(word[2], "front") || text_equal(word[2], "backend"));
            assert_null(word[3]);
        }
    }
}

static void nothing_is_declared_twice(void **state)
{
    (void)state;
    for (size_t i = 0; i < phase_count; i++) {
        struct declaration const *const all = phases[i].declaration;
        for (size_t j = 0; j < phases[i].count; j++)
            for (size_t k = 0; k < j; k++)
                assert_false(text_equal(all[j].word[0], all[k].word[0]) &&
                             text_equal(all[j].word[1], all[k].word[1]));
    }
}

static void declarations_are_not_loaded(void **state)
{
    (void)state;
    for (size_t i = 0; i < phase_count; i++)
        assert_int_equal(phases[i].section_flags & SHF_ALLOC, 0);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(every_function_has_a_layer),
        cmocka_unit_test(every_declared_function_exists),
        cmocka_unit_test(declarations_are_well_formed),
        cmocka_unit_test(nothing_is_declared_twice),
        cmocka_unit_test(declarations_are_not_loaded),
    };

    return cmocka_run_group_tests_name("layers", tests, open_phases, close_phases);
}
