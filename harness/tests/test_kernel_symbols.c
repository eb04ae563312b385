/* test_kernel_symbols.c -- addresses of kernels made up, and of the one that runs.
 *
 * SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "symbols/kernel_symbols.h"
#include "symbols/symbols.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct kernel_symbols kernel_list(char const *text)
{
    char path[] = "/tmp/slablab-kallsyms-XXXXXX";
    int const file = mkstemp(path);
    struct kernel_symbols list;

    assert_true(file >= 0);
    assert_int_equal(write(file, text, strlen(text)), strlen(text));
    assert_int_equal(close(file), 0);
    kernel_symbols_read(&list, path);
    assert_int_equal(unlink(path), 0);
    return list;
}

static void assert_text(char const *text, char const *wanted)
{
    assert_string_equal(text != NULL ? text : "(null)", wanted != NULL ? wanted : "(null)");
}

static void code_of_the_kernel_is_looked_up_in_its_list(void **state)
{
    struct kernel_symbols list = kernel_list("ffffffff81002000 t second\t[a_module]\n"
                                             "ffffffff81001000 t local_name\n"
                                             "ffffffff81001000 T first\n"
                                             "ffffffff81001800 D data\n"
                                             "ffffffff81001900 r constants\n");

    (void)state;
    assert_false(list.hidden);
    assert_text(kernel_symbols_name(&list, 0xffffffff81000fff), NULL);
    assert_text(kernel_symbols_name(&list, 0xffffffff81001000), "first");
    assert_text(kernel_symbols_name(&list, 0xffffffff81001fff), "first");
    assert_text(kernel_symbols_name(&list, 0xffffffff81002000), "second");
    assert_text(kernel_symbols_name(&list, 0xffffffff81012000), "second");
    assert_text(kernel_symbols_name(&list, 0xffffffffa1002000), NULL);
    assert_text(kernel_symbols_name(&list, 0x400000), NULL);
    kernel_symbols_free(&list);
}

static void a_list_of_zeros_hides_the_names(void **state)
{
    struct kernel_symbols list = kernel_list("0000000000000000 T first\n"
                                             "0000000000000000 t second\n");

    (void)state;
    assert_true(list.hidden);
    assert_text(kernel_symbols_name(&list, 0), NULL);
    kernel_symbols_free(&list);
    kernel_symbols_read(&list, "/nonexistent/kallsyms");
    assert_true(list.hidden);
    kernel_symbols_free(&list);
}

static void this_kernel_names_its_own_code(void **state)
{
    char line[512];
    uint64_t address = 0;
    FILE *const list = fopen("/proc/kallsyms", "re");

    (void)state;
    while (list != NULL && address == 0 && fgets(line, sizeof line, list) != NULL)
        if (strstr(line, " T vfs_read\n") != NULL)
            address = strtoull(line, NULL, 16);
    if (list != NULL)
        fclose(list);
    if (address == 0) {
        print_message("skipped: /proc/kallsyms does not show vfs_read\n");
        skip();
    }
    struct symbols *const symbols = symbols_open();
    assert_int_equal(symbols_kernel_names(symbols), KERNEL_NAMES_ALL);
    assert_text(symbols_kernel(symbols, address), "vfs_read");
    assert_text(symbols_kernel(symbols, address + 4), "vfs_read");
    symbols_close(symbols);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(code_of_the_kernel_is_looked_up_in_its_list),
        cmocka_unit_test(a_list_of_zeros_hides_the_names),
        cmocka_unit_test(this_kernel_names_its_own_code),
    };

    return cmocka_run_group_tests_name("kernel_symbols", tests, NULL, NULL);
}
