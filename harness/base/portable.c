/* portable.c -- folders at the beginning of paths, found and replaced.
 *
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* realpath */
#include "base/portable.h"

#include "base/text.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* In the order in which they are looked for: the project may lie in Slablab's folder, and both in
 * the home folder. */
enum { PROJECT, SLABLAB, HOME, HOME_RESOLVED, FOLDERS };

static char *folders[FOLDERS];

static char *folder_of(char const *path)
{
    size_t length = path != NULL && *path == '/' ? strlen(path) : 0;

    while (length > 0 && path[length - 1] == '/')
        length--;
    return length > 0 ? text_copy_bytes(path, length) : NULL;
}

void portable_set_folders(char const *project, char const *slablab, char const *home)
{
    char *const resolved = home != NULL && *home == '/' ? realpath(home, NULL) : NULL;

    for (size_t i = 0; i < FOLDERS; i++)
        free(folders[i]);
    folders[PROJECT] = folder_of(project);
    folders[SLABLAB] = folder_of(slablab);
    folders[HOME] = folder_of(home);
    folders[HOME_RESOLVED] = folder_of(resolved);
    free(resolved);
}

static bool in_a_name(char character)
{
    return isalnum((unsigned char)character) || (character != '\0' && strchr("._~-+", character));
}

/* Behind a name or a slash a folder's name is the middle of another path; -I/home is an option.
 * More slashes before it, which bring an arm's path to a length, belong to it; those of a URL do
 * not. */
static bool begins_a_path(char const *text, char const *at)
{
    char const *first = at;

    while (first > text && first[-1] == '/')
        first--;
    if (first == text || (!in_a_name(first[-1]) && (first == at || first[-1] != ':')))
        return true;
    if (first < at)
        return false;
    return at - text >= 2 && isalpha((unsigned char)at[-1]) && at[-2] == '-' &&
           (at - text == 2 || !in_a_name(at[-3]));
}

/* The folder that stands at `at`, or FOLDERS. */
static size_t folder_at(char const *text, char const *at)
{
    for (size_t i = 0; i < FOLDERS; i++) {
        size_t const length = folders[i] != NULL ? strlen(folders[i]) : 0;
        if (length > 0 && strncmp(at, folders[i], length) == 0 && !in_a_name(at[length]) &&
            begins_a_path(text, at))
            return i;
    }
    return FOLDERS;
}

char *portable_text(char const *text)
{
    char *const result = text_copy(text); /* "." and "~" are no longer than what they stand for */
    char *end = result;

    for (char const *at = text; *at != '\0';) {
        size_t const folder = *at == '/' ? folder_at(text, at) : (size_t)FOLDERS;
        if (folder == FOLDERS) {
            *end++ = *at++;
            continue;
        }
        while (end > result && end[-1] == '/')
            end--;
        at += strlen(folders[folder]);
        if (folder != PROJECT && folder != SLABLAB)
            *end++ = '~';
        else if (*at == '/' && in_a_name(at[1]))
            at++;
        else
            *end++ = '.';
    }
    *end = '\0';
    return result;
}

static json_t *portable_string(json_t const *value)
{
    char *const text = portable_text(json_string_value(value));
    json_t *const string = json_string(text);

    free(text);
    return string;
}

static json_t *portable_object(json_t const *value)
{
    json_t *const object = json_object();
    char const *key;
    json_t *inner;

    json_object_foreach((json_t *)value, key, inner) {
        char *const name = portable_text(key);
        json_object_set_new(object, name, portable_json(inner));
        free(name);
    }
    return object;
}

json_t *portable_json(json_t const *value)
{
    json_t *array;
    size_t index;
    json_t *inner;

    if (json_is_string(value))
        return portable_string(value);
    if (json_is_object(value))
        return portable_object(value);
    if (!json_is_array(value))
        return json_deep_copy(value);
    array = json_array();
    json_array_foreach(value, index, inner) {
        json_array_append_new(array, portable_json(inner));
    }
    return array;
}
