/* yaml_file.c -- a libyaml document, walked along a shape.
 *
 * SPDX-License-Identifier: MIT */
#include "base/yaml_file.h"

#include "base/arena.h"
#include "base/complain.h"
#include "base/memory.h"
#include "base/regular_file.h"
#include "base/text.h"
#include "base/yaml_bounds.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

enum { MESSAGE_BYTES_MAX = 1024 };

struct yaml_file {
    char *path;
    char *text; /* NULL: of no file */
    yaml_document_t document;
    bool document_open;
    struct arena arena; /* all that data points to */
    void *data;
    unsigned count; /* of data's entries, where the file is a list */
};

static size_t line_of(yaml_node_t const *node)
{
    return node->start_mark.line + 1;
}

/* The key's line of the last pair of that name. */
static yaml_node_t *child_of(yaml_document_t *document, yaml_node_t const *node, char const *name,
                             size_t *line)
{
    yaml_node_t *child = NULL;
    uint64_t index = 0;

    if (node->type == YAML_MAPPING_NODE) {
        for (yaml_node_pair_t *pair = node->data.mapping.pairs.start;
             pair < node->data.mapping.pairs.top; pair++) {
            yaml_node_t const *const key = yaml_document_get_node(document, pair->key);
            if (key->type == YAML_SCALAR_NODE && text_equal((char *)key->data.scalar.value, name)) {
                child = yaml_document_get_node(document, pair->value);
                *line = line_of(key);
            }
        }
    } else if (node->type == YAML_SEQUENCE_NODE && text_to_number(name, &index)) {
        yaml_node_item_t *const start = node->data.sequence.items.start;
        if (index < (size_t)(node->data.sequence.items.top - start)) {
            child = yaml_document_get_node(document, start[index]);
            *line = line_of(child);
        }
    }
    return child;
}

static size_t line_of_place(struct yaml_file const *file, char const *place)
{
    yaml_document_t *const document =
        (yaml_document_t *)&file->document; /* libyaml knows no const */
    yaml_node_t *node = yaml_document_get_root_node(document);
    size_t line = 1;

    while (node != NULL && *place != '\0') {
        size_t const length = strcspn(place, "/");
        char *const name = text_copy_bytes(place, length);
        node = child_of(document, node, name, &line);
        free(name);
        place += length + (place[length] == '/');
    }
    return line;
}

void yaml_file_complain(struct yaml_file const *file, char const *place, char const *hint,
                        char const *format, ...)
{
    char message[MESSAGE_BYTES_MAX];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    if (file->text == NULL)
        complain(hint, "%s: %s", file->path, message);
    else
        complain(hint, "%s:%zu: %s", file->path, line_of_place(file, place), message);
}

/* Always false. */
__attribute__((format(printf, 4, 5))) static bool refuse(struct yaml_file const *file, size_t line,
                                                         char const *hint, char const *format, ...)
{
    char message[MESSAGE_BYTES_MAX];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    complain(hint, "%s:%zu: %s", file->path, line, message);
    return false;
}

/* Says what would be known: the words that fields or choices of `size` bytes begin with. */
static bool refuse_unknown(struct yaml_file const *file, size_t line, char const *what,
                           char const *word, void const *known, size_t size)
{
    char *hint = text_copy("one of");
    char const *const *entry = known;

    for (; *entry != NULL; entry = (void const *)((char const *)entry + size))
        text_append(&hint, "%s %s", entry != known ? "," : "", *entry);
    refuse(file, line, hint, "unknown %s '%s'", what, word);
    free(hint);
    return false;
}

static bool take_value(struct yaml_file *file, yaml_node_t const *node, size_t line,
                       struct yaml_field const *field, char *into);

static bool is_of(struct yaml_file const *file, yaml_node_t const *node, yaml_node_type_t type,
                  size_t line)
{
    static char const *const kinds[][2] = {
        [YAML_SCALAR_NODE] = {"one value is expected here",
                              "key: value, in quotes where it holds ': '"},
        [YAML_SEQUENCE_NODE] = {"a list is expected here", "[one, two]"},
        [YAML_MAPPING_NODE] = {"keys and values are expected here", "{key: value}"},
    };

    return node->type == type || refuse(file, line, kinds[type][1], "%s", kinds[type][0]);
}

static bool has_needed(struct yaml_file *file, yaml_node_t const *node, size_t line,
                       struct yaml_field const *field)
{
    size_t there = 0;

    while (field->key != NULL
           && (!field->needed || child_of(&file->document, node, field->key, &there) != NULL))
        field++;
    if (field->key == NULL)
        return true;
    char *const hint = text_format("%s: ...", field->key);
    refuse(file, line, hint, "key '%s' is missing", field->key);
    free(hint);
    return false;
}

static bool take_pair(struct yaml_file *file, yaml_node_t const *node, yaml_node_pair_t const *pair,
                      struct yaml_shape const *shape, char *into)
{
    yaml_node_t const *const key = yaml_document_get_node(&file->document, pair->key);
    yaml_node_t const *const value = yaml_document_get_node(&file->document, pair->value);
    char const *const name = (char *)key->data.scalar.value;
    struct yaml_field const *field = shape->fields;
    size_t line = line_of(key);

    if (!is_of(file, key, YAML_SCALAR_NODE, line))
        return false;
    while (field->key != NULL && !text_equal(field->key, name))
        field++;
    if (field->key == NULL)
        return refuse_unknown(file, line, "key", name, shape->fields, sizeof *field);
    if (child_of(&file->document, node, name, &line) != value)
        return refuse(file, line, "each key once", "key '%s' is written twice", name);
    return take_value(file, value, line, field, into);
}

static bool take_mapping(struct yaml_file *file, yaml_node_t const *node, size_t line,
                         struct yaml_shape const *shape, char *into)
{
    if (!is_of(file, node, YAML_MAPPING_NODE, line))
        return false;
    for (yaml_node_pair_t *pair = node->data.mapping.pairs.start;
         pair < node->data.mapping.pairs.top; pair++)
        if (!take_pair(file, node, pair, shape, into))
            return false;
    return has_needed(file, node, line, shape->fields);
}

static char *take_text(struct yaml_file *file, yaml_node_t const *node, size_t line)
{
    if (!is_of(file, node, YAML_SCALAR_NODE, line))
        return NULL;
    return arena_copy(&file->arena, node->data.scalar.value, node->data.scalar.length + 1);
}

static bool take_list(struct yaml_file *file, yaml_node_t const *node, size_t line,
                      struct yaml_field const *field, char *into)
{
    size_t const size = field->kind == FIELD_TEXTS ? sizeof(char *) : field->shape->size;
    bool taken = is_of(file, node, YAML_SEQUENCE_NODE, line);

    if (!taken)
        return false;
    yaml_node_item_t const *const items = node->data.sequence.items.start;
    size_t const count = (size_t)(node->data.sequence.items.top - items);
    char *const entries = arena_zeroed(&file->arena, count * size);
    for (size_t i = 0; taken && i < count; i++) {
        yaml_node_t const *const item = yaml_document_get_node(&file->document, items[i]);
        char *const entry = entries + i * size;
        if (field->kind == FIELD_TEXTS)
            taken = (*(char **)entry = take_text(file, item, line_of(item))) != NULL;
        else
            taken = take_mapping(file, item, line_of(item), field->shape, entry);
    }
    *(char **)(into + field->offset) = entries;
    *(unsigned *)(into + field->count_offset) = (unsigned)count;
    return taken;
}

static bool take_choice(struct yaml_file *file, yaml_node_t const *node, size_t line,
                        struct yaml_field const *field, unsigned *value)
{
    struct yaml_choice const *choice = field->choices;
    char const *const word = take_text(file, node, line);

    if (word == NULL)
        return false;
    while (choice->word != NULL && !text_equal(choice->word, word))
        choice++;
    *value = choice->value;
    return choice->word != NULL
        || refuse_unknown(file, line, field->key, word, field->choices, sizeof *choice);
}

/* `line` is that of the key, or of the list's entry, whose value the node is; `into` the struct of
 * the mapping that holds it. */
static bool take_value(struct yaml_file *file, yaml_node_t const *node, size_t line,
                       struct yaml_field const *field, char *into)
{
    void *const slot = into + field->offset;

    switch (field->kind) {
    case FIELD_TEXT: return (*(char **)slot = take_text(file, node, line)) != NULL;
    case FIELD_CHOICE: return take_choice(file, node, line, field, slot);
    case FIELD_MAPPING:
        *(char **)slot = arena_zeroed(&file->arena, field->shape->size);
        return take_mapping(file, node, line, field->shape, *(char **)slot);
    case FIELD_TEXTS:
    case FIELD_MAPPINGS: break;
    }
    return take_list(file, node, line, field, into);
}

static bool parse_document(struct yaml_file *file, size_t size)
{
    yaml_parser_t parser;

    if (!yaml_parser_initialize(&parser)) {
        complain("free some memory", "%s: out of memory", file->path);
        return false;
    }
    yaml_parser_set_input_string(&parser, (unsigned char const *)file->text, size);
    file->document_open = yaml_parser_load(&parser, &file->document) == 1;
    bool const empty = file->document_open && yaml_document_get_root_node(&file->document) == NULL;
    if (empty)
        complain("experiments/null.yaml is a short example", "%s: the file is empty", file->path);
    else if (!file->document_open)
        complain("quotes around a value that holds ': ' or ' #', each closed, and spaces, not tabs",
                 "%s:%zu: %s", file->path, parser.problem_mark.line + 1, parser.problem);
    yaml_parser_delete(&parser);
    return file->document_open && !empty;
}

struct yaml_file *yaml_file_of_nothing(char const *name)
{
    struct yaml_file *const file = memory_zeroed(1, sizeof *file);

    file->path = text_copy(name);
    return file;
}

struct yaml_file *yaml_file_open(char const *path, struct yaml_shape const *shape, bool is_list)
{
    struct yaml_field const whole = {.kind = is_list ? FIELD_MAPPINGS : FIELD_MAPPING,
                                     .offset = offsetof(struct yaml_file, data),
                                     .count_offset = offsetof(struct yaml_file, count),
                                     .shape = shape};
    struct yaml_file *const file = yaml_file_of_nothing(path);
    size_t size = 0;
    char const *why = NULL;

    file->text = regular_file_text(path, YAML_BYTES_MOST, &size, &why);
    if (file->text == NULL)
        complain("slablab list experiments", "%s: %s", path, why);
    else if (yaml_bounds_hold(path, file->text, size) && parse_document(file, size) &&
             take_value(file, yaml_document_get_root_node(&file->document), 1, &whole,
                        (char *)file))
        return file;
    yaml_file_close(file);
    return NULL;
}

void yaml_file_close(struct yaml_file *file)
{
    if (file == NULL)
        return;
    if (file->document_open)
        yaml_document_delete(&file->document);
    arena_free(&file->arena);
    free(file->text);
    free(file->path);
    free(file);
}

void const *yaml_file_data(struct yaml_file const *file)
{
    return file->data;
}

size_t yaml_file_count(struct yaml_file const *file)
{
    return file->count;
}

char const *yaml_file_text(struct yaml_file const *file)
{
    return file->text;
}

char const *yaml_file_path(struct yaml_file const *file)
{
    return file->path;
}
