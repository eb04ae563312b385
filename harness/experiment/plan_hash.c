/* plan_hash.c -- one number that changes with whatever a plan decides or is judged by.
 *
 * FNV-1a, 64 bits (Fowler, Noll and Vo), over plan.json's values and not over its text, so that
 * any reader of JSON can compute it; harness/records.md has the rule. What is said about the plan
 * (question, expects, the experiment's text, how reports show its arms) is left out, and so is the
 * seed: two runs of one plan have one hash.
 *
 * SPDX-License-Identifier: MIT */
#include "experiment/plan_file.h"

#include "base/memory.h"
#include "base/text.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static char const *const said[] = {"question", "expects", "experiment_text", "presentation",
                                   "hash",     "seed"};

bool plan_key_is_said(char const *key)
{
    for (size_t i = 0; i < sizeof said / sizeof *said; i++)
        if (text_equal(key, said[i]))
            return true;
    return false;
}

static void mix(uint64_t *hash, void const *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++)
        *hash = (*hash ^ ((unsigned char const *)bytes)[i]) * UINT64_C(0x100000001b3);
}

/* With its final 0, so that neighbours cannot run into each other. */
static void mix_text(uint64_t *hash, char const *text)
{
    mix(hash, text, strlen(text) + 1);
}

/* In the order of little-endian memory, whatever this machine's is. */
static void mix_number(uint64_t *hash, char kind, uint64_t number)
{
    unsigned char bytes[1 + sizeof number] = {(unsigned char)kind};

    for (size_t i = 0; i < sizeof number; i++)
        bytes[1 + i] = (unsigned char)(number >> 8 * i);
    mix(hash, bytes, sizeof bytes);
}

static uint64_t bits_of(double real)
{
    uint64_t bits;

    memcpy(&bits, &real, sizeof bits);
    return bits;
}

static int compare_keys(void const *one, void const *other)
{
    return strcmp(*(char const *const *)one, *(char const *const *)other);
}

static void mix_value(uint64_t *hash, json_t const *value);

static void mix_object(uint64_t *hash, json_t const *object)
{
    char const **const keys = memory_zeroed(json_object_size(object), sizeof *keys);
    size_t count = 0;
    char const *key;
    json_t *value;

    json_object_foreach((json_t *)object, key, value) {
        keys[count++] = key;
    }
    qsort(keys, count, sizeof *keys, compare_keys);
    mix(hash, "{", 1);
    for (size_t i = 0; i < count; i++) {
        mix_text(hash, keys[i]);
        mix_value(hash, json_object_get(object, keys[i]));
    }
    mix(hash, "}", 1);
    free(keys);
}

static void mix_value(uint64_t *hash, json_t const *value)
{
    switch (json_typeof(value)) {
    case JSON_OBJECT:
        mix_object(hash, value);
        break;
    case JSON_ARRAY:
        mix(hash, "[", 1);
        for (size_t i = 0; i < json_array_size(value); i++)
            mix_value(hash, json_array_get(value, i));
        mix(hash, "]", 1);
        break;
    case JSON_STRING:
        mix(hash, "s", 1);
        mix_text(hash, json_string_value(value));
        break;
    case JSON_INTEGER:
        mix_number(hash, 'i', (uint64_t)json_integer_value(value));
        break;
    case JSON_REAL:
        mix_number(hash, 'r', bits_of(json_real_value(value)));
        break;
    default:
        mix(hash, json_is_true(value) ? "t" : json_is_false(value) ? "f" : "n", 1);
    }
}

char *plan_hash_of_json(json_t const *plan)
{
    json_t *const decisive = json_copy((json_t *)plan);
    uint64_t hash = UINT64_C(0xcbf29ce484222325);

    for (size_t i = 0; i < sizeof said / sizeof *said; i++)
        json_object_del(decisive, said[i]);
    mix_value(&hash, decisive);
    json_decref(decisive);
    return text_format("%016" PRIx64, hash);
}

/* A plan that cannot be written (plan_write complains) has no hash either. */
char *plan_hash(struct plan const *plan)
{
    json_t *const object = plan_to_json(plan);
    char *const hash = object != NULL ? plan_hash_of_json(object) : text_copy("");

    json_decref(object);
    return hash;
}
