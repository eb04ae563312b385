/* test_random.c -- the generator and the contents against values worked out by hand.
 *
 * SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "content.h"
#include "random.h"

/* 1: 1 ^ 1 << 13 = 0x2001; >> 17 is 0; 0x2001 ^ 0x40020 = 0x42021. */
static void first_draw_from_one(void **unused)
{
    uint32_t state = 1;

    (void)unused;
    assert_int_equal(random_draw(&state), 0x42021);
    assert_int_equal(state, 0x42021);
}

/* 42 = 0x2a: ^ << 13 = 0x5402a; ^ >> 17 (= 2) = 0x54028; ^ << 5 (= 0xa80500) = 0xad4528. */
static void first_draw_from_the_published_seed(void **unused)
{
    uint32_t state = 42;

    (void)unused;
    assert_int_equal(random_draw(&state), 0xad4528);
}

/* Shifts are linear over exclusive or: the draw of a ^ b is the draw of a ^ the draw of b. */
static void draws_are_linear(void **unused)
{
    (void)unused;
    for (uint32_t i = 1; i < 1000; i++) {
        uint32_t left = i * 2654435761u;
        uint32_t right = i * 40503u + 7;
        uint32_t both = left ^ right;
        random_draw(&left);
        random_draw(&right);
        assert_int_equal(random_draw(&both), left ^ right);
    }
}

/* FNV-1a with 64 bits of "a", from the authors' test vectors: 0xaf63dc4c8601ec8c. */
static void checksum_is_fnv_1a(void **unused)
{
    (void)unused;
    assert_true(checksum_add(CHECKSUM_START, 'a') == UINT64_C(0xaf63dc4c8601ec8c));
}

static void content_is_the_first_and_the_last_byte(void **unused)
{
    unsigned char block[4] = {9, 9, 9, 9};

    (void)unused;
    content_write(block, 4, 0xab);
    assert_int_equal(block[0], 0xab);
    assert_int_equal(block[1], 9);
    assert_int_equal(block[2], 9);
    assert_int_equal(block[3], 0xab);
    assert_int_equal(content_read(block, 4), 0xabab);
    assert_int_equal(content_expected(0xab), 0xabab);
    block[3] = 0;
    assert_int_equal(content_read(block, 4), 0xab00);
}

static void content_of_a_single_byte(void **unused)
{
    unsigned char block[2] = {9, 9};

    (void)unused;
    content_write(block, 1, 7);
    assert_int_equal(block[1], 9);
    assert_int_equal(content_read(block, 1), content_expected(7));
}

static void neighbours_have_different_tags(void **unused)
{
    (void)unused;
    for (uint32_t i = 0; i < 100000; i++)
        assert_int_not_equal(content_tag(i), content_tag(i + 1));
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(first_draw_from_one),
        cmocka_unit_test(first_draw_from_the_published_seed),
        cmocka_unit_test(draws_are_linear),
        cmocka_unit_test(checksum_is_fnv_1a),
        cmocka_unit_test(content_is_the_first_and_the_last_byte),
        cmocka_unit_test(content_of_a_single_byte),
        cmocka_unit_test(neighbours_have_different_tags),
    };

    return cmocka_run_group_tests_name("random.h, content.h", tests, NULL, NULL);
}
