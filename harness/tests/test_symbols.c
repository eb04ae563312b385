/* test_symbols.c -- functions and layers of this test's own code, as it is and stripped.
 *
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "own_code.h"

#include "base/text.h"
#include "catalogue/build_id.h"
#include "symbols/symbols.h"

#include <link.h>
#include <stdlib.h>
#include <sys/auxv.h>
#include <sys/utsname.h>

/* What allocators/core/layer.h writes into an allocator. */
__asm__(".pushsection .slablab.layers,\"\",%progbits\n"
        ".asciz \"function\\tinner\\tbackend\"\n"
        ".asciz \"file\\ttests/test_symbols.c\\tfront\"\n"
        ".asciz \"file\\twn_code.h\\tnever\"\n"
        ".asciz \"file\\town_code.h\\tother\"\n"
        ".asciz \"memory\\tsuperslab_map\\tsuperslab\\t1048576\\t4096\"\n"
        ".popsection\n");

/* Code without DWARF: a label of no size, a function with a local and two global names, and one
 * that a compiler cut to fit. */
__asm__(".pushsection .text\n"
        "sizeless: nop\n"
        "nop\n"
        ".type a_local_name, STT_FUNC\n"
        "a_local_name: nop\n"
        "within: nop\n"
        ".size a_local_name, .-a_local_name\n"
        ".globl the_global_name, a_longer_global_name\n"
        ".set the_global_name, a_local_name\n"
        ".set a_longer_global_name, a_local_name\n"
        ".type tiny_refill.constprop.0, STT_FUNC\n"
        "tiny_refill.constprop.0: nop\n"
        ".size tiny_refill.constprop.0, .-tiny_refill.constprop.0\n"
        ".popsection\n");
extern char const sizeless[] __asm__("sizeless");
extern char const within[] __asm__("within");
extern char const clone[] __asm__("tiny_refill.constprop.0");

static _Thread_local char volatile thread_local_data[1000];
static char folder[] = "/tmp/slablab-symbols-XXXXXX";
static struct symbols *symbols;

static uint64_t volatile in_inner; /* an address in what was `inner`, in `outer` */

static inline __attribute__((always_inline)) void inner(void)
{
    in_inner = own_return_address();
}

static __attribute__((noinline)) void outer(void)
{
    inner();
    thread_local_data[0] = 1;
}

static struct object *own_object(void)
{
    return symbols_object(symbols, "/proc/self/exe");
}

/* What objcopy makes of a file in the test's folder; skips the test where there is no objcopy. */
static struct object *copied(char const *original, char const *options, char const *name)
{
    char *const source = realpath(original, NULL);
    char *const path = text_format("%s/%s", folder, name);
    char *const command = text_format("objcopy %s '%s' '%s'", options, source, path);
    int const status = system(command);
    struct object *const object = symbols_object(symbols, path);

    free(source);
    free(command);
    free(path);
    if (status != 0) {
        print_message("skipped: objcopy (binutils) does not work\n");
        skip();
    }
    return object;
}

/* NULL is a value like any other. */
static void assert_text(char const *text, char const *wanted)
{
    assert_string_equal(text != NULL ? text : "(null)", wanted != NULL ? wanted : "(null)");
}

static void assert_frame(struct frame frame, char const *function, char const *layer, bool inlined)
{
    assert_text(frame.function, function);
    assert_text(frame.layer, layer);
    assert_int_equal(frame.inlined, inlined);
}

static void assert_one_frame(struct frames frames, char const *function, char const *layer)
{
    assert_int_equal(frames.count, 1);
    assert_frame(frames.frame[0], function, layer, false);
}

static uint64_t offset_of(void const *code)
{
    return own_offset((uintptr_t)code);
}

static void inlined_functions_come_first(void **state)
{
    struct frames const frames = object_frames(own_object(), own_offset(in_inner), true);

    (void)state;
    assert_null(object_problem(own_object()));
    assert_int_equal(frames.count, 2);
    assert_frame(frames.frame[0], "inner", "backend", true);
    assert_frame(frames.frame[1], "outer", "front", false);
}

static void a_place_is_asked_once(void **state)
{
    uint64_t const place = own_offset(in_inner);
    struct frames const first = object_frames(own_object(), place, true);

    (void)state;
    assert_ptr_equal(object_frames(own_object(), place, true).frame, first.frame);
    assert_ptr_not_equal(object_frames(own_object(), place, false).frame, first.frame);
}

static void a_call_is_before_its_return_address(void **state)
{
    uint64_t const begin = own_offset((uintptr_t)own_return_address);

    (void)state;
    assert_one_frame(object_frames(own_object(), begin, false), "own_return_address", "other");
    char const *const before = object_frames(own_object(), begin, true).frame[0].function;
    assert_true(before == NULL || !text_equal(before, "own_return_address"));
}

static void names_without_dwarf_are_the_linkers(void **state)
{
    (void)state;
    assert_one_frame(object_frames(own_object(), offset_of(sizeless + 1), false), "sizeless", NULL);
    assert_one_frame(object_frames(own_object(), offset_of(within), false), "the_global_name",
                     NULL);
    assert_one_frame(object_frames(own_object(), offset_of(clone), false), "tiny_refill", NULL);
}

static void a_file_without_debug_information_knows_functions(void **state)
{
    struct object *const object = copied("/proc/self/exe", "--strip-debug", "no-debug");

    (void)state;
    assert_null(object_problem(object));
    assert_one_frame(object_frames(object, own_offset(in_inner), true), "outer", NULL);
}

static void a_stripped_file_says_so(void **state)
{
    struct object *const object = copied("/proc/self/exe", "--strip-all", "stripped");

    (void)state;
    assert_text(object_problem(object), "no symbols: stripped");
    assert_one_frame(object_frames(object, own_offset(in_inner), true), NULL, NULL);
    assert_string_equal(object_build_id(object), object_build_id(own_object()));
}

static void what_is_no_object_knows_nothing(void **state)
{
    struct object *const missing = symbols_object(symbols, "/nonexistent/libgone.so");

    (void)state;
    assert_text(object_problem(missing), "No such file or directory");
    assert_text(object_path(missing), "/nonexistent/libgone.so");
    assert_text(object_build_id(missing), "");
    assert_one_frame(object_frames(missing, 0x1000, false), NULL, NULL);
    assert_false(object_unwind_rule(missing, 0x1000).known);
    assert_int_equal(object_thread_local_bytes(missing), 0);
    assert_ptr_equal(symbols_object(symbols, "/nonexistent/libgone.so"), missing);
    assert_text(object_problem(symbols_object(symbols, "/dev/zero")), "no regular file");
    assert_non_null(object_problem(symbols_object(symbols, "/etc/passwd")));
    assert_one_frame(object_frames(own_object(), UINT64_MAX / 4, false), NULL, NULL);
}

/* With libc6-dbg installed its name comes from DWARF, which is the same. */
static void a_function_of_the_c_library_is_named(void **state)
{
    struct own_mapping library;
    uint64_t const address = (uintptr_t)qsort;

    (void)state;
    assert_true(own_mapping_find(address, &library));
    struct frames const frames =
        object_frames(symbols_object(symbols, library.path), own_offset(address), false);
    assert_text(frames.frame[frames.count - 1].function, "qsort");
    assert_one_frame(object_frames(copied(library.path,
                                          "--remove-section=.note.gnu.build-id "
                                          "--remove-section=.gnu_debuglink",
                                          "no-build-id"),
                                   own_offset(address), false),
                     "qsort", NULL);
}

static void the_vdso_is_an_object(void **state)
{
    struct object *const object = symbols_object(symbols, "[vdso]");
    bool found = false;

    (void)state;
    if (getauxval(AT_SYSINFO_EHDR) == 0) {
        print_message("skipped: this kernel maps no vdso\n");
        skip();
    }
    assert_null(object_problem(object));
    for (uint64_t offset = 0; offset < 0x4000 && !found; offset += 4) {
        char const *const name = object_frames(object, offset, false).frame[0].function;
        found = name != NULL && text_ends_with(name, "clock_gettime");
    }
    assert_true(found);
}

static void memory_is_declared_by_its_maker(void **state)
{
    struct frame const maker = {.function = "superslab_map"};
    struct frame const other = {.function = "superslab"};
    struct frame const nameless = {.function = NULL};
    struct memory_declaration const *const memory = object_memory(own_object(), &maker);

    (void)state;
    assert_non_null(memory);
    assert_text(memory->memory, "superslab");
    assert_int_equal(memory->unit_bytes, 1048576);
    assert_int_equal(memory->header_bytes, 4096);
    assert_null(object_memory(own_object(), &other));
    assert_null(object_memory(own_object(), &nameless));
}

static void a_declaration_that_makes_no_sense_is_a_problem(void **state)
{
    static char const section[] = "function\tinner\tfront\0memory\tmap\tspan\tbig\t0";
    char *const path = text_format("%s/section", folder);
    char *const options = text_format("--update-section .slablab.layers=%s", path);
    FILE *const file = fopen(path, "w");

    (void)state;
    assert_non_null(file);
    assert_int_equal(fwrite(section, 1, sizeof section, file), sizeof section);
    assert_int_equal(fclose(file), 0);
    struct object *const object = copied("/proc/self/exe", options, "other-layers");
    free(options);
    free(path);
    assert_text(object_problem(object),
                "'memory\tmap\tspan\tbig\t0' in .slablab.layers makes no sense");
    struct frames const frames = object_frames(object, own_offset(in_inner), true);
    assert_frame(frames.frame[0], "inner", "front", true);
    assert_frame(frames.frame[1], "outer", NULL, false);
}

static void the_build_id_is_the_linkers(void **state)
{
    char *const wanted = catalogue_build_id("/proc/self/exe");

    (void)state;
    assert_true(strlen(wanted) >= 16);
    assert_string_equal(object_build_id(own_object()), wanted);
    free(wanted);
}

static int add_thread_local(struct dl_phdr_info *info, size_t size, void *bytes)
{
    (void)size;
    for (size_t i = 0; i < info->dlpi_phnum; i++)
        if (info->dlpi_phdr[i].p_type == PT_TLS)
            *(uint64_t *)bytes = info->dlpi_phdr[i].p_memsz;
    return 1; /* the executable is the first, and enough */
}

static void thread_local_data_is_counted(void **state)
{
    uint64_t wanted = 0;

    (void)state;
    dl_iterate_phdr(add_thread_local, &wanted);
    assert_true(wanted >= sizeof thread_local_data);
    assert_int_equal(object_thread_local_bytes(own_object()), wanted);
}

/* At the entry nothing is pushed: 8 bytes for the return address. Where the call in `outer`
 * returns, bp is the frame pointer. */
static void rules_are_those_of_the_compiler(void **state)
{
    struct unwind_rule const entry = object_unwind_rule(own_object(), own_offset((uintptr_t)outer));
    struct unwind_rule const body = object_unwind_rule(own_object(), own_offset(in_inner) - 1);
    struct utsname machine;

    (void)state;
    assert_int_equal(uname(&machine), 0);
    if (!text_equal(machine.machine, "x86_64")) {
        assert_false(entry.known);
        return;
    }
    assert_true(entry.known);
    assert_false(entry.cfa_from_bp);
    assert_int_equal(entry.cfa_offset, 8);
    assert_false(entry.bp_saved);
    assert_true(body.known);
    assert_true(body.cfa_from_bp);
    assert_int_equal(body.cfa_offset, 16);
    assert_true(body.bp_saved);
    assert_int_equal(body.bp_offset, -16);
}

static void nobody_is_asked_over_the_network(void **state)
{
    (void)state;
    assert_int_equal(setenv("DEBUGINFOD_URLS", "http://192.0.2.1/", 1), 0);
    copied("/proc/self/exe", "--strip-all", "stripped-again");
    assert_null(getenv("DEBUGINFOD_URLS"));
}

static int open_all(void **state)
{
    (void)state;
    symbols = symbols_open();
    outer();
    return mkdtemp(folder) != NULL ? 0 : -1;
}

static int close_all(void **state)
{
    char *const command = text_format("rm -rf '%s'", folder);
    int const status = system(command);

    (void)state;
    free(command);
    symbols_close(symbols);
    return status;
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(inlined_functions_come_first),
        cmocka_unit_test(a_place_is_asked_once),
        cmocka_unit_test(a_call_is_before_its_return_address),
        cmocka_unit_test(names_without_dwarf_are_the_linkers),
        cmocka_unit_test(a_file_without_debug_information_knows_functions),
        cmocka_unit_test(a_stripped_file_says_so),
        cmocka_unit_test(what_is_no_object_knows_nothing),
        cmocka_unit_test(a_function_of_the_c_library_is_named),
        cmocka_unit_test(the_vdso_is_an_object),
        cmocka_unit_test(memory_is_declared_by_its_maker),
        cmocka_unit_test(a_declaration_that_makes_no_sense_is_a_problem),
        cmocka_unit_test(the_build_id_is_the_linkers),
        cmocka_unit_test(thread_local_data_is_counted),
        cmocka_unit_test(rules_are_those_of_the_compiler),
        cmocka_unit_test(nobody_is_asked_over_the_network),
    };

    return cmocka_run_group_tests_name("symbols", tests, open_all, close_all);
}
