/* plan_change.c -- the first key by which two plans differ, in words.
 *
 * SPDX-License-Identifier: MIT */
#include "experiment/plan_file.h"

#include "base/text.h"

#include <stdlib.h>

enum { SHOWN_MAX = 60 };

/* What experiments write as a percentage. */
static char const *const ratios[] = {"margin",     "alpha",      "alpha_control", "half_width",
                                     "alpha_fail", "alpha_pass", "share"};

static bool is_ratio(char const *key)
{
    for (size_t i = 0; i < sizeof ratios / sizeof *ratios; i++)
        if (text_equal(key, ratios[i]))
            return true;
    return false;
}

static char *shown(char const *key, json_t const *value)
{
    if (value == NULL)
        return text_copy("nothing");
    if (json_is_string(value))
        return text_format("%.*s", SHOWN_MAX, json_string_value(value));
    if (json_is_array(value) || json_is_object(value))
        return text_format("%zu entries", json_is_array(value) ? json_array_size(value)
                                                               : json_object_size(value));
    if (json_is_number(value) && is_ratio(key))
        return text_format("%.6g %%", 100 * json_number_value(value));
    if (json_is_number(value))
        return json_is_integer(value)
            ? text_format("%" JSON_INTEGER_FORMAT, json_integer_value(value))
            : text_format("%.10g", json_real_value(value));
    return text_copy(json_is_null(value) ? "null" : json_is_true(value) ? "true" : "false");
}

static char *told(char const *path, char const *key, json_t const *stored, json_t const *now)
{
    char *const then = shown(key, stored);
    char *const is = shown(key, now);
    char *const text =
        text_format("%s is %s, and the unfinished run has %s", path, is, then);

    free(is);
    free(then);
    return text;
}

static char *first_change(char const *path, char const *key, json_t const *stored,
                          json_t const *now);

/* An entry of a list is called by its id or its name, where it has one. */
static char *change_in_list(char const *path, json_t const *stored, json_t const *now)
{
    char *change = NULL;

    for (size_t i = 0; change == NULL && i < json_array_size(now); i++) {
        json_t const *const entry = json_array_get(now, i);
        json_t const *const id = json_object_get(entry, "id");
        json_t const *const name = id != NULL ? id : json_object_get(entry, "name");
        char *const place = json_is_string(name)
            ? text_format("%s[%s]", path, json_string_value(name))
            : text_format("%s[%zu]", path, i);
        change = first_change(place, place, json_array_get(stored, i), entry);
        free(place);
    }
    return change;
}

static char *change_in_object(char const *path, json_t const *stored, json_t const *now)
{
    json_t *const all = json_copy((json_t *)now);
    char *change = NULL;
    char const *key;
    json_t *value;

    json_object_update_missing(all, (json_t *)stored);
    json_object_foreach(all, key, value) {
        if (change != NULL || (*path == '\0' && plan_key_is_said(key)))
            continue;
        char *const place = text_format("%s%s%s", path, *path == '\0' ? "" : ".", key);
        change = first_change(place, key, json_object_get(stored, key), json_object_get(now, key));
        free(place);
    }
    json_decref(all);
    return change;
}

static char *first_change(char const *path, char const *key, json_t const *stored,
                          json_t const *now)
{
    if (stored != NULL && now != NULL && json_equal(stored, now))
        return NULL;
    if (json_is_object(stored) && json_is_object(now))
        return change_in_object(path, stored, now);
    if (json_is_array(stored) && json_is_array(now) &&
        json_array_size(stored) == json_array_size(now))
        return change_in_list(path, stored, now);
    return told(path, key, stored, now);
}

char *plan_change(json_t const *stored, json_t const *now)
{
    return first_change("", "", stored, now);
}
