/* test_containers.c -- maps with more keys than places, and an arena with pieces of all sizes.
 *
 * SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/intern.h"
#include "base/memory.h"
#include "base/number_map.h"

#include <stdlib.h>
#include <string.h>

enum { KEYS = 10000 };

static void finds_numbers(void **state)
{
    struct number_map map = {.slot = NULL};

    (void)state;
    for (uint64_t i = 0; i < KEYS; i++) {
        assert_null(number_map_find(&map, i * i));
        assert_int_equal(*number_map_at(&map, i * i), 0);
        *number_map_at(&map, i * i) = 3 * i;
    }
    assert_int_equal(map.count, KEYS);
    struct number_map copy = number_map_copy(&map);
    number_map_free(&map);
    for (uint64_t i = 0; i < KEYS; i++)
        assert_int_equal(*number_map_find(&copy, i * i), 3 * i);
    assert_null(number_map_find(&copy, 2));
    number_map_free(&copy);
}

static void numbers_strings(void **state)
{
    struct intern intern = {.entries = NULL};

    (void)state;
    for (size_t i = 0; i < KEYS; i++) {
        uint64_t const key = i * i;
        assert_int_equal(intern_number(&intern, &key, sizeof key), i);
    }
    for (size_t i = 0; i < KEYS; i++) {
        uint64_t const key = i * i;
        assert_int_equal(intern_number(&intern, &key, sizeof key), i);
    }
    assert_int_equal(intern.count, KEYS);
    intern_free(&intern);
}

/* Keys are their bytes, all of them: neither a beginning nor a longer one is the same. */
static void tells_lengths_apart(void **state)
{
    struct intern intern = {.entries = NULL};

    (void)state;
    assert_int_equal(intern_number(&intern, "abcdefghij", 10), 0);
    assert_int_equal(intern_number(&intern, "abcdefghij", 9), 1);
    assert_int_equal(intern_number(&intern, "", 0), 2);
    assert_int_equal(intern_number(&intern, "abcdefghik", 10), 3);
    assert_int_equal(intern_number(&intern, "abcdefghi", 9), 1);
    assert_int_equal(intern_number(&intern, "x", 0), 2);
    intern_free(&intern);
}

static void pieces_stay_whole(void **state)
{
    struct arena arena = {.newest = NULL};
    unsigned char *piece[300];

    (void)state;
    for (size_t i = 0; i < 300; i++) {
        piece[i] = arena_room(&arena, i * i);
        assert_int_equal((uintptr_t)piece[i] % 8, 0);
        memset(piece[i], (int)i % 256, i * i);
    }
    for (size_t i = 0; i < 300; i++)
        for (size_t j = 0; j < i * i; j++)
            assert_int_equal(piece[i][j], i % 256);
    char *const large = arena_room(&arena, 5 << 20);
    memset(large, 1, 5 << 20);
    assert_string_equal(arena_copy(&arena, "text", 5), "text");
    arena_free(&arena);
    assert_null(arena.newest);
}

static void room_grows(void **state)
{
    size_t *numbers = NULL;

    (void)state;
    for (size_t i = 0; i < 1000; i++) {
        numbers = memory_room(numbers, i, sizeof *numbers);
        numbers[i] = i;
    }
    for (size_t i = 0; i < 1000; i++)
        assert_int_equal(numbers[i], i);
    free(numbers);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(finds_numbers),
        cmocka_unit_test(numbers_strings),
        cmocka_unit_test(tells_lengths_apart),
        cmocka_unit_test(pieces_stay_whole),
        cmocka_unit_test(room_grows),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
