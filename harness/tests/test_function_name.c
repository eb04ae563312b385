/* test_function_name.c -- names that compilers give to code, and the functions that they mean.
 *
 * SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/text.h"
#include "symbols/function_name.h"

#include <stdlib.h>
#include <string.h>

static void assert_name(char const *linker_name, char const *wanted)
{
    char *const name = function_name_of(linker_name);

    assert_string_equal(name, wanted);
    free(name);
}

static void names_of_c_are_themselves(void **state)
{
    (void)state;
    assert_name("malloc", "malloc");
    assert_name("_Z", "_Z");
    assert_name("_Zebra", "_Zebra");
    assert_name("@", "@");
    assert_name(".cold", ".cold");
}

static void names_of_cxx(void **state)
{
    (void)state;
    assert_name("_ZN8tcmalloc11ThreadCache16FetchFromCentralE", "tcmalloc::ThreadCache::"
                                                                "FetchFromCentral");
    assert_name("_Znwm", "operator new");
    assert_name("_ZlsRSoRK3Foo", "operator<<");
    assert_name("_ZN3FoocvPiEv", "Foo::operator int*");
    assert_name("_ZZ6mallocENKUlmE0_clEm", "malloc::{lambda(unsigned long)#2}::operator()");
    assert_name("_ZN4pool3BinIPFviPPcELNS_4KindE1EE4takeEv",
                "pool::Bin<void (*)(int, char**), (pool::Kind)1>::take");
}

/* The whole constructor, that of a base class; the destructor that frees, too. */
static void variants_of_a_constructor_are_one_function(void **state)
{
    (void)state;
    assert_name("_ZN3FooC1Ev", "Foo::Foo");
    assert_name("_ZN3FooC2Ev", "Foo::Foo");
    assert_name("_ZN3FooD0Ev", "Foo::~Foo");
    assert_name("_ZN3FooD2Ev", "Foo::~Foo");
}

/* The example of Rust's RFC 2603, and names of its older scheme: their last part is a hash. */
static void names_of_rust(void **state)
{
    (void)state;
    assert_name("_RNvNtCs1234_7mycrate3foo3bar", "mycrate::foo::bar");
    assert_name("_ZN4core3fmt5write17h0123456789abcdefE", "core::fmt::write");
    assert_name("_ZN50_$LT$T$u20$as$u20$core..convert..Into$LT$U$GT$$GT$4into17h0123456789abcdefE",
                "<T as core::convert::Into<U>>::into");
    assert_name("_ZN4pool10slab..cold4take17h0123456789abcdefE", "pool::slab::cold::take");
    assert_name("_ZN4core3fmt5write17h0123456789abcdefE.llvm.1234567", "core::fmt::write");
}

static void clones_are_the_function_that_was_cloned(void **state)
{
    (void)state;
    assert_name("tiny_refill.constprop.0", "tiny_refill");
    assert_name("tiny_refill.part.0.isra.0.cold", "tiny_refill");
    assert_name("tiny_refill.lto_priv.0", "tiny_refill");
    assert_name("_ZNK4pool12_GLOBAL__N_13MapclEiPKc.constprop.0.isra.0",
                "pool::(anonymous namespace)::Map::operator()");
    assert_name("a.colder.Name", "a.colder.Name");
}

static void versions_are_no_part_of_a_name(void **state)
{
    (void)state;
    assert_name("malloc@@GLIBC_2.2.5", "malloc");
    assert_name("memcpy@GLIBC_2.14", "memcpy");
    assert_name("_ZN3FooC1Ev@@LIBFOO_1.0", "Foo::Foo");
}

/* Stacks are joined by ';', and lines end in "\n"; JSON is UTF-8. */
static void what_records_cannot_hold_is_replaced(void **state)
{
    (void)state;
    assert_name("_RNvMC0INtC0_3FooAhj4_E3bar", "<::Foo<[u8: 4]>>::bar");
    assert_name("two\nlines\tand \x7f", "two?lines?and ?");
    assert_name("caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x90\x98", "caf\xc3\xa9 \xe2\x82\xac "
                                                             "\xf0\x9f\x90\x98");
    assert_name("caf\xe9 \xc0\xaf \xed\xa0\x80 \xf5\x80 \xe2\x82", "caf? ?? ??? ?? ??");
}

/* Of the arguments of f each holds the one before twice: the twentieth would be of megabytes. */
static void a_name_without_end_stays_as_it_is(void **state)
{
    static char const digits[] = "0123456789ABCDEFGHIJ";
    char *name = text_copy("_Z1fI1pIiiE");

    (void)state;
    assert_name("_Z1fI1pIiiES0_IS1_S1_EE", "f<p<int, int>, p<p<int, int>, p<int, int> > >");
    for (int i = 1; i < 20; i++)
        text_append(&name, "S0_IS%c_S%c_E", digits[i], digits[i]);
    text_append(&name, "E");
    assert_name(name, name);
    free(name);
}

static void a_declaration_may_leave_arguments_out(void **state)
{
    char const *const name = "pool::Bin<void (*)(int, char**), (pool::Kind)1>::take<int>";

    (void)state;
    assert_true(function_name_is(name, name, NULL));
    assert_true(function_name_is("pool::Bin::take", name, NULL));
    assert_true(function_name_is("_ZN4takeE", name, "_ZN4takeE"));
    assert_false(function_name_is("take", name, NULL));
    assert_false(function_name_is("pool::Bin", name, NULL));
    assert_true(function_name_is("A::operator<", "A::operator<", NULL));
    assert_true(function_name_is("A::operator<", "A<int>::operator< <int>", NULL));
    assert_true(function_name_is("A::operator<<", "A<int>::operator<<", NULL));
    assert_true(function_name_is("A::operator<=>", "A<int>::operator<=>", NULL));
    assert_true(function_name_is("A::operator->", "A<B<int> >::operator->", NULL));
    assert_true(function_name_is("A::operator()", "A<int>::operator()<char>", NULL));
    assert_true(function_name_is("my_operator", "my_operator<int>", NULL));
    assert_false(function_name_is("A::operator", "A::operator<", NULL));
}

static void assert_short(char const *name, size_t bytes, char const *wanted)
{
    char *const found = function_name_short(name, bytes);

    assert_string_equal(found, wanted);
    assert_true(strlen(found) <= bytes);
    free(found);
}

static void a_short_name_keeps_what_is_its_own(void **state)
{
    char const *const name = "pool::(anonymous namespace)::Bin<void (*)(int, char**), long>::"
                             "take<int>";

    (void)state;
    assert_short(name, 72, name);
    assert_short(name, 71, "pool::(anonymous namespace)::Bin<...>::take<...>");
    assert_short(name, 30, "pool::...::take<...>");
    assert_short(name, 19, "...::take<...>");
    assert_short(name, 8, "ta.....>");
    assert_short("malloc", 8, "malloc");
    assert_short("a_function_of_c", 10, "a_f...of_c");
    assert_short("A<std::map<int, int> >::operator<< <char>", 30, "A<...>::operator<< <...>");
    assert_short("f(int, std::pair<int, int>)::{lambda(std::map<int, int>)#1}::operator()", 30,
                 "...::operator()");
    assert_short("\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9", 10,
                 "\xc3\xa9...\xc3\xa9\xc3\xa9");
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(names_of_c_are_themselves),
        cmocka_unit_test(names_of_cxx),
        cmocka_unit_test(variants_of_a_constructor_are_one_function),
        cmocka_unit_test(names_of_rust),
        cmocka_unit_test(clones_are_the_function_that_was_cloned),
        cmocka_unit_test(versions_are_no_part_of_a_name),
        cmocka_unit_test(what_records_cannot_hold_is_replaced),
        cmocka_unit_test(a_name_without_end_stays_as_it_is),
        cmocka_unit_test(a_declaration_may_leave_arguments_out),
        cmocka_unit_test(a_short_name_keeps_what_is_its_own),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
