/* test_damaged_objects.c -- hundreds of damaged shared objects: each is read as far as it goes, and
 * none ends the program.
 *
 * Every input comes from its number, so that one that fails is there again; the object that is
 * being read when the program ends is the file in the test's folder.
 *
 * SPDX-License-Identifier: MIT */
#include "fixture.h"
#include "seeded.h"

#include "catalogue/build_id.h"
#include "catalogue/object_facts.h"
#include "catalogue/preload.h"
#include "symbols/inline_chain.h"
#include "symbols/layer_declarations.h"
#include "symbols/symbol_table.h"
#include "symbols/unwind_rules.h"

#include <elf.h>

enum { OBJECTS = 4000, PRELOADED_EACH = 16, SECONDS_MAX = 240, ADDRESSES = 16 };

static char *whole;
static size_t whole_bytes;
static char *path;
static int read_whole(void **state)
{
    fixture_make(state);
    char *const build = fixture_build_folder();
    char *const object = text_format("%s/libbaseline.so", build);

    whole = text_of_file(object, &whole_bytes);
    assert_non_null(whole);
    path = fixture_path("damaged.so");
    free(object);
    free(build);
    return 0;
}

static int free_whole(void **state)
{
    free(whole);
    free(path);
    return fixture_remove(state);
}

/* A place that readers look at: the headers, the tables that they name, or anywhere. */
static size_t draw_offset(void)
{
    Elf64_Ehdr header;

    memcpy(&header, whole, sizeof header);
    size_t const segments = header.e_phoff + draw((size_t)header.e_phnum * sizeof(Elf64_Phdr));
    size_t const sections = header.e_shoff + draw((size_t)header.e_shnum * sizeof(Elf64_Shdr));
    size_t const offsets[] = {draw(sizeof header), segments, sections, sections, draw(8192),
                              draw(whole_bytes)};
    return offsets[draw(sizeof offsets / sizeof *offsets)];
}

static void damage(char *bytes)
{
    static uint64_t const values[] = {0, 1, 0x7f, 0xffff, 0xffffffff, 1ull << 63, UINT64_MAX};
    size_t const at = draw_offset();
    size_t const left = whole_bytes - at;
    size_t const action = draw(3);

    if (action == 0)
        bytes[at] ^= (char)(1 << draw(8));
    else if (action == 1)
        memcpy(bytes + at, &values[draw(7)], left < 8 ? left : (size_t)1 << draw(4));
    else
        memset(bytes + at, draw(2) == 0 ? 0 : 0xff, left < 64 ? left : draw(64));
}

static void write_damaged(uint64_t number)
{
    char *const bytes = malloc(whole_bytes);
    FILE *const file = fopen(path, "w");

    seed(number);
    assert_non_null(bytes);
    assert_non_null(file);
    memcpy(bytes, whole, whole_bytes);
    for (size_t changes = 1 + draw(3); changes > 0; changes--)
        damage(bytes);
    size_t const kept = draw(8) == 0 ? draw(whole_bytes) : whole_bytes;
    assert_int_equal(fwrite(bytes, 1, kept, file), kept);
    assert_int_equal(fclose(file), 0);
    free(bytes);
}

/* All that a profile asks of an arm's object. Returns whether it has symbols. */
static bool read_symbols(void)
{
    struct object_file file;
    struct symbol_table table = {0};
    struct layer_declarations layers = {0};
    struct code_units units = {0};
    Dwarf_Die entries[INLINE_CHAIN_MAX];

    object_file_open(&file, path);
    if (file.module != NULL) {
        symbol_table_read(&table, &file);
        layer_declarations_read(&layers, &file);
        code_units_read(&units, &file);
        for (size_t i = 0; i < ADDRESSES; i++) {
            uint64_t address = draw(whole_bytes);
            object_file_address(&file, address, &address);
            symbol_table_name(&table, address);
            unwind_rule_at(&file, address);
            for (size_t depth = inline_chain(&units, address, entries); depth > 0; depth--)
                inline_chain_file(&entries[depth - 1]);
        }
    }
    bool const known = table.count > 0;
    code_units_free(&units);
    layer_declarations_free(&layers);
    symbol_table_free(&table);
    object_file_close(&file);
    return known;
}

static void objects_are_read_as_far_as_they_go(void **state)
{
    size_t with_id = 0;
    size_t with_symbols = 0;
    bool declared;

    (void)state;
    for (uint64_t i = 0; i < OBJECTS; i++) {
        write_damaged(i);
        char *const build_id = catalogue_build_id(path);
        struct words variables = object_variables(path, &declared);
        struct words tiers = object_tiers(path);
        object_defines(path, "malloc");
        with_id += *build_id != '\0';
        with_symbols += read_symbols();
        words_free(&variables);
        words_free(&tiers);
        free(build_id);
    }
    assert_in_range(with_id, 1, OBJECTS - 1);
    assert_in_range(with_symbols, 1, OBJECTS - 1);
}

/* As `plan` asks: the loader looks at it in a process of its own. */
static void the_loader_s_refusal_is_told(void **state)
{
    size_t refused = 0;

    (void)state;
    for (uint64_t i = 0; i < OBJECTS; i += PRELOADED_EACH) {
        write_damaged(i);
        char *const fault = preload_fault("/bin/true", path);
        assert_true(fault == NULL || *fault != '\0');
        refused += fault != NULL;
        free(fault);
    }
    assert_in_range(refused, 1, OBJECTS / PRELOADED_EACH - 1);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(objects_are_read_as_far_as_they_go),
        cmocka_unit_test(the_loader_s_refusal_is_told),
    };

    alarm(SECONDS_MAX); /* nothing that is damaged is read for ever */
    return cmocka_run_group_tests_name("damaged objects", tests, read_whole, free_whole);
}
