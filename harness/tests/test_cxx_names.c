/* test_cxx_names.c -- the functions of a library in C++, as compilers and strip may leave it.
 *
 * Every byte of the library is looked up. It is built while the test runs; where there is no such
 * compiler the test is skipped.
 *
 * SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/intern.h"
#include "base/text.h"
#include "symbols/symbols.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[] = "/tmp/slablab-names-XXXXXX";
static char *source;
static struct symbols *symbols;

/* The names of a library's functions: of code, and of what was inlined into it. */
static struct object *library;
static struct intern code;
static struct intern inlined;
static struct intern declared; /* layers and their functions */

/* The command is freed. */
static void run(char *command)
{
    char *const whole = text_format("exec 2>>'%s/log'; %s", folder, command);
    int const status = system(whole);

    if (status != 0)
        print_message("skipped, since this fails: %s\n", command);
    free(whole);
    free(command);
    if (status != 0)
        skip();
}

/* Compiles both units with these options, links them as lib.so in the folder NAME, and runs what
 * follows there. */
static void build(char const *name, char const *compiler, char const *options, char const *then)
{
    char *const compile = text_format("%s -fPIC -fno-omit-frame-pointer %s -c %s", compiler,
                                      options, source);

    run(text_format("mkdir %s/%s && cd %s/%s && echo 'V1 { global: *; };' > versions && "
                    "%s -o one.o && %s -DOTHER -o other.o && %s %s -shared -Wl,--build-id "
                    "-Wl,--version-script,versions -o lib.so one.o other.o && %s",
                    folder, name, folder, name, compile, compile, compiler, options, then));
    free(compile);
}

static void forget(void)
{
    intern_free(&code);
    intern_free(&inlined);
    intern_free(&declared);
    code = inlined = declared = (struct intern){0};
}

static void take(struct frame const *frame)
{
    if (frame->function == NULL)
        return;
    intern_text(frame->inlined ? &inlined : &code, frame->function);
    if (frame->layer == NULL)
        return;
    char *const words = text_format("%s %s", frame->layer, frame->function);
    intern_text(&declared, words);
    free(words);
}

static void read_names(char const *name)
{
    char *const path = text_format("%s/%s/lib.so", folder, name);
    struct stat status;

    forget();
    assert_int_equal(stat(path, &status), 0);
    library = symbols_object(symbols, path);
    for (off_t at = 0; at < status.st_size; at++) {
        struct frames const frames = object_frames(library, (uint64_t)at, false);
        for (size_t i = 0; i < frames.count; i++)
            take(&frames.frame[i]);
    }
    free(path);
}

/* How many of the names have that part. */
static size_t with(struct intern const *names, char const *part)
{
    size_t count = 0;

    for (size_t i = 0; i < names->count; i++)
        count += strstr(intern_bytes(names, i), part) != NULL;
    return count;
}

static void assert_has(struct intern const *names, char const *name)
{
    for (size_t i = 0; i < names->count; i++)
        if (text_equal(intern_bytes(names, i), name))
            return;
    for (size_t i = 0; i < names->count; i++)
        print_message("there is: %.100s\n", (char const *)intern_bytes(names, i));
    fail_msg("no '%s'", name);
}

static void assert_all(struct intern const *names, char const *const *wanted)
{
    for (; *wanted != NULL; wanted++)
        assert_has(names, *wanted);
    assert_int_equal(with(names, "_Z"), 0);
}

/* Whatever the compiler and its options. */
static char const *const exported[] = {
    "all",
    "plain",
    "versioned",
    "pool::Span::Span",
    "pool::Span::~Span",
    "pool::Span::operator int*",
    "pool::Span::operator<",
    "pool::Span::operator<<",
    "pool::Span::operator()",
    "pool::Span::grow",
    NULL,
};
static char const *const local[] = {
    "pool::drain",
    "pool::(anonymous namespace)::flush",
    NULL,
};
static char const *const of_gcc[] = {
    "pool::Bin<unsigned long, (pool::Kind)0>::take<all::{lambda(int)#1}>",
    "pool::Bin<void (*)(int, char**), (pool::Kind)1>::take<all::{lambda(int)#2}>",
    NULL,
};
static char const *const within[] = {
    "pool::(anonymous namespace)::only_within",
    "pool::(anonymous namespace)::Map::operator()",
    "pool::Bin<long, (pool::Kind)0>::refill",
    NULL,
};

static void assert_code(void)
{
    assert_all(&code, exported);
    assert_all(&code, local);
    assert_int_equal(with(&code, "plain"), 1);
    assert_int_equal(with(&code, "versioned"), 1);
    assert_int_equal(with(&code, "flush"), 2); /* flush, of two files, and flush_other */
    assert_int_equal(with(&code, "grow"), 1);  /* two overloads */
    assert_int_equal(with(&code, "Span::Span") + with(&code, "~Span"), 2);
}

static void assert_inlined(void)
{
    assert_all(&inlined, within);
    assert_int_equal(with(&inlined, "namespace)::both<"), 1);
    for (size_t i = 0; i < inlined.count; i++)
        if (strstr(intern_bytes(&inlined, i), "namespace)::both<") != NULL)
            assert_has(&code, intern_bytes(&inlined, i));
    assert_int_equal(with(&inlined, "refill"), 1);
    assert_null(object_problem(library));
}

static void the_linkers_table_is_demangled(void **state)
{
    (void)state;
    build("plain", "g++", "-O2", "true");
    read_names("plain");
    assert_code();
    assert_all(&code, of_gcc);
    assert_int_equal(inlined.count, 0);
    assert_null(object_problem(library));
}

static void dwarf_spells_what_is_inlined_as_the_linker_would(void **state)
{
    (void)state;
    build("debug", "g++", "-O2 -g", "true");
    read_names("debug");
    assert_code();
    assert_all(&code, of_gcc);
    assert_inlined();
    assert_int_equal(with(&inlined, "all::{lambda#"), 4);
    assert_has(&inlined, "all::{lambda#4}::operator()");
}

/* By the name without arguments, by that of what is inlined, and by the linker's. */
static void layers_are_declared_of_functions_in_cxx(void **state)
{
    static char const *const wanted[] = {
        "backend pool::Bin<unsigned long, (pool::Kind)0>::take<all::{lambda(int)#1}>",
        "backend pool::Bin<void (*)(int, char**), (pool::Kind)1>::take<all::{lambda(int)#2}>",
        "front pool::(anonymous namespace)::Map::operator()",
        "front pool::Span::operator<<",
        NULL,
    };

    (void)state;
    read_names("debug");
    assert_all(&declared, wanted);
    assert_int_equal(declared.count, 4);
}

static void another_compiler_is_as_good(void **state)
{
    (void)state;
    build("clang", "clang++", "-O2 -g", "true");
    read_names("clang");
    assert_code();
    assert_inlined();
    assert_has(&inlined, "all::$_3::operator()");
}

static void units_joined_by_the_linker(void **state)
{
    (void)state;
    build("lto", "g++", "-O2 -g -flto", "true");
    read_names("lto");
    assert_code();
    assert_inlined();
}

static void split_dwarf_is_read(void **state)
{
    (void)state;
    build("split", "g++", "-O2 -g -gsplit-dwarf", "true");
    read_names("split");
    assert_code();
    assert_inlined();
    build("split4", "clang++", "-O2 -gdwarf-4 -gsplit-dwarf", "true");
    read_names("split4");
    assert_code();
    assert_inlined();
}

static void split_dwarf_that_is_gone_is_said(void **state)
{
    char *found;

    (void)state;
    build("gone", "g++", "-O2 -g -gsplit-dwarf", "rm *.dwo");
    read_names("gone");
    assert_code();
    assert_all(&code, of_gcc);
    assert_int_equal(inlined.count, 0);
    found = text_copy(object_problem(library) != NULL ? object_problem(library) : "(null)");
    assert_string_equal(found, "functions inlined in 2 of its units are not told apart: 'one.dwo' "
                               "and its like are not where the compiler left them");
    free(found);
}

/* Only what other objects may call has a name left. */
static void a_stripped_library_has_its_exported_names(void **state)
{
    (void)state;
    build("stripped", "g++", "-O2 -g", "strip --strip-all lib.so");
    read_names("stripped");
    assert_all(&code, exported);
    assert_int_equal(with(&code, "pool::drain"), 0);
    assert_int_equal(inlined.count, 0);
}

static void debug_information_beside_the_library(void **state)
{
    (void)state;
    build("beside", "g++", "-O2 -g",
          "objcopy --only-keep-debug lib.so lib.debug && strip --strip-all lib.so && "
          "objcopy --add-gnu-debuglink=lib.debug lib.so");
    read_names("beside");
    assert_code();
    assert_inlined();
}

/* As packages with debug symbols install it. */
static void debug_information_by_the_build_id(void **state)
{
    (void)state;
    if (geteuid() != 0) {
        print_message("skipped: only root may put a file into /usr/lib/debug\n");
        skip();
    }
    build("by-id", "g++", "-O2 -g",
          "id=$(readelf --notes lib.so | sed -n 's/.*Build ID: //p') && "
          "at=/usr/lib/debug/.build-id/${id%${id#??}} && mkdir -p $at && "
          "objcopy --only-keep-debug lib.so $at/${id#??}.debug && strip --strip-all lib.so && "
          "echo $at/${id#??}.debug > installed");
    read_names("by-id");
    run(text_format("cd %s/by-id && rm $(cat installed) && "
                    "rmdir -p --ignore-fail-on-non-empty $(dirname $(cat installed))",
                    folder));
    assert_code();
    assert_inlined();
}

/* 1,024 times pool::Span. */
static void a_long_name_is_whole(void **state)
{
    (void)state;
    read_names("plain");
    assert_int_equal(with(&code, "Long<Four<"), 1);
    for (size_t i = 0; i < code.count; i++) {
        char const *const name = intern_bytes(&code, i);
        size_t spans = 0;
        for (char const *at = name; (at = strstr(at, "pool::Span")) != NULL; at++)
            spans++;
        if (strncmp(name, "Long<", 5) == 0)
            assert_int_equal(spans, 1024);
        if (strncmp(name, "Long<", 5) == 0)
            assert_true(text_ends_with(name, ">::name"));
    }
}

static int open_all(void **state)
{
    (void)state;
    symbols = symbols_open();
    source = realpath("harness/tests/fixtures/names.cpp", NULL);
    return source != NULL && mkdtemp(folder) != NULL ? 0 : -1;
}

static int close_all(void **state)
{
    char *const command = text_format("rm -rf '%s'", folder);
    int const status = system(command);

    (void)state;
    free(command);
    free(source);
    forget();
    symbols_close(symbols);
    return status;
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(the_linkers_table_is_demangled),
        cmocka_unit_test(dwarf_spells_what_is_inlined_as_the_linker_would),
        cmocka_unit_test(layers_are_declared_of_functions_in_cxx),
        cmocka_unit_test(another_compiler_is_as_good),
        cmocka_unit_test(units_joined_by_the_linker),
        cmocka_unit_test(split_dwarf_is_read),
        cmocka_unit_test(split_dwarf_that_is_gone_is_said),
        cmocka_unit_test(a_stripped_library_has_its_exported_names),
        cmocka_unit_test(debug_information_beside_the_library),
        cmocka_unit_test(debug_information_by_the_build_id),
        cmocka_unit_test(a_long_name_is_whole),
    };

    return cmocka_run_group_tests_name("cxx_names", tests, open_all, close_all);
}
