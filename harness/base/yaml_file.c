/* yaml_file.c -- a YAML file read through a libcyaml schema, with the line of everything in it.
 *
 * libcyaml tells faults by a log: first what ("Load: Unexpected key: foo"), then where, from the
 * inside out
 * ("in mapping field 'stop' ..."). Its own lines are those of the parser's last event, often not
 * the culprit's; so only the names are taken from it, and the line is looked up in the document.
 *
 * SPDX-License-Identifier: MIT */
#include "base/yaml_file.h"

#include "base/complain.h"
#include "base/memory.h"
#include "base/text.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

/* What libcyaml's log said. */
struct fault {
    char *what;  /* NULL until it said something */
    char *place; /* the path of the innermost node named in the backtrace */
};

struct yaml_file {
    char *path;
    bool is_text; /* of no file: its lines are nobody's */
    char *text;
    size_t size;
    yaml_document_t document;
    bool document_open;
    cyaml_schema_value_t const *schema;
    cyaml_data_t *data;
    unsigned count; /* of data's entries, where the schema is a list */
    struct fault fault;
};

/* The key's mark of the last pair of that name: a key written twice is looked up for its second. */
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
                *line = key->start_mark.line + 1;
            }
        }
    } else if (node->type == YAML_SEQUENCE_NODE && text_to_number(name, &index)) {
        yaml_node_item_t *const start = node->data.sequence.items.start;
        if (index < (size_t)(node->data.sequence.items.top - start)) {
            child = yaml_document_get_node(document, start[index]);
            *line = child->start_mark.line + 1;
        }
    }
    return child;
}

size_t yaml_file_line(struct yaml_file const *file, char const *place)
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
    char message[1024];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    if (file->is_text)
        complain(hint, "%s: %s", file->path, message);
    else
        complain(hint, "%s:%zu: %s", file->path, yaml_file_line(file, place), message);
}

/* Prepends one step of the backtrace: "  in mapping field 'stop' (...)" or "  in sequence entry '1'
 * (...)". */
static void fault_step(struct fault *fault, char const *line)
{
    char const *const quote = strchr(line, '\'');

    if (quote == NULL)
        return;
    char *const name = text_copy_bytes(quote + 1, strcspn(quote + 1, "'"));
    uint64_t entry = 0;
    char *step = NULL;
    if (strstr(line, "sequence entry") != NULL && text_to_number(name, &entry) && entry > 0)
        step = text_format("%zu", (size_t)entry - 1); /* libcyaml counts entries from 1 */
    else
        step = text_copy(name);
    char *const place = text_format("%s%s%s", step, *fault->place != '\0' ? "/" : "", fault->place);
    free(step);
    free(name);
    free(fault->place);
    fault->place = place;
}

static void take_log(cyaml_log_t level, void *context, char const *format, va_list arguments)
{
    static char const prefix[] = "Load: ";
    struct fault *const fault = context;
    char line[512];

    if (level < CYAML_LOG_ERROR)
        return;
    vsnprintf(line, sizeof line, format, arguments);
    line[strcspn(line, "\n")] = '\0';
    char const *const words = strncmp(line, prefix, strlen(prefix)) == 0 ? line + strlen(prefix)
                                                                         : line;
    if (fault->what == NULL)
        fault->what = text_copy(words);
    else
        fault_step(fault, words);
}

/* The schema of what a path leads to; NULL when it leads nowhere. */
static cyaml_schema_value_t const *schema_at(cyaml_schema_value_t const *schema, char const *place)
{
    while (*place != '\0') {
        size_t const length = strcspn(place, "/");
        if (schema->type == CYAML_SEQUENCE) {
            schema = schema->sequence.entry;
        } else if (schema->type == CYAML_MAPPING) {
            cyaml_schema_field_t const *field = schema->mapping.fields;
            while (field->key != NULL
                   && (strlen(field->key) != length || strncmp(field->key, place, length) != 0))
                field++;
            if (field->key == NULL)
                return NULL;
            schema = &field->value;
        } else {
            return NULL;
        }
        place += length + (place[length] == '/');
    }
    return schema;
}

/* "one of question, expects, ...": the keys of a mapping, the words of an enumeration. */
static char *allowed_at(cyaml_schema_value_t const *schema, char const *place)
{
    cyaml_schema_value_t const *const value = schema_at(schema, place);
    char *text = text_copy("one of");

    if (value != NULL && value->type == CYAML_MAPPING)
        for (cyaml_schema_field_t const *field = value->mapping.fields; field->key != NULL; field++)
            text_append(&text, "%s %s", field > value->mapping.fields ? "," : "", field->key);
    else if (value != NULL && value->type == CYAML_ENUM)
        for (uint32_t i = 0; i < value->enumeration.count; i++)
            text_append(&text, "%s %s", i > 0 ? "," : "", value->enumeration.strings[i].str);
    return text;
}

static char const *after(char const *text, char const *start)
{
    size_t const length = strlen(start);

    return strncmp(text, start, length) == 0 ? text + length : NULL;
}

/* "Expecting MAPPING, got event: SCALAR" in words for people. */
static void complain_of_kind(struct yaml_file const *file, char const *what)
{
    static struct {
        char const *expected;
        char const *words;
        char const *hint;
    } const kinds[] = {
        {"MAPPING", "keys and values are expected here", "{key: value}"},
        {"SEQUENCE", "a list is expected here", "[one, two]"},
        {"STRING", "one value is expected here", "key: value, in quotes where it holds ': '"},
        {"ENUM", "one word is expected here", "key: word"},
    };
    char const *const expected = after(what, "Expecting ");
    char const *words = what;
    char const *hint = "experiments/null.yaml is a short example";

    for (size_t i = 0; expected != NULL && i < sizeof kinds / sizeof *kinds; i++)
        if (after(expected, kinds[i].expected) != NULL) {
            words = kinds[i].words;
            hint = kinds[i].hint;
        }
    yaml_file_complain(file, file->fault.place, hint, "%s", words);
}

/* `word` is missing from the mapping that holds `place`: the backtrace of this fault ends in the
 * field that was read last, which is not the culprit. */
static void complain_of_missing(struct yaml_file const *file, char const *word)
{
    char const *const slash = strrchr(file->fault.place, '/');
    size_t const length = slash != NULL ? (size_t)(slash - file->fault.place) : 0;
    char *const parent = text_copy_bytes(file->fault.place, length);
    char *const hint = text_format("%s: ...", word);

    yaml_file_complain(file, parent, hint, "key '%s' is missing", word);
    free(hint);
    free(parent);
}

/* Turns libcyaml's words into ours. */
static void complain_of_fault(struct yaml_file const *file, cyaml_err_t error)
{
    struct fault const *const fault = &file->fault;
    char const *const what = fault->what != NULL ? fault->what : cyaml_strerror(error);
    char const *const slash = strrchr(fault->place, '/');
    char const *const last = slash != NULL ? slash + 1 : fault->place;
    char const *word = NULL;

    if ((word = after(what, "Unexpected key: ")) != NULL) {
        char *const place = text_format("%s%s%s", fault->place, *fault->place != '\0' ? "/" : "",
                                        word);
        char *const hint = allowed_at(file->schema, fault->place);
        yaml_file_complain(file, place, hint, "unknown key '%s'", word);
        free(hint);
        free(place);
    } else if ((word = after(what, "Missing required mapping field: ")) != NULL) {
        complain_of_missing(file, word);
    } else if ((word = after(what, "Mapping field already seen: ")) != NULL) {
        yaml_file_complain(file, fault->place, "each key once", "key '%s' is written twice", word);
    } else if ((word = after(what, "Invalid ENUM value: ")) != NULL) {
        char *const hint = allowed_at(file->schema, fault->place);
        yaml_file_complain(file, fault->place, hint, "unknown %s '%s'", last, word);
        free(hint);
    } else {
        complain_of_kind(file, what);
    }
}

static cyaml_config_t config_for(struct yaml_file *file)
{
    return (cyaml_config_t){
        .log_fn = take_log,
        .log_ctx = &file->fault,
        .mem_fn = cyaml_mem,
        .log_level = CYAML_LOG_ERROR,
    };
}

/* Libyaml first: it alone knows the line of a fault in the YAML itself. */
static bool parse_document(struct yaml_file *file)
{
    yaml_parser_t parser;

    if (!yaml_parser_initialize(&parser)) {
        complain("free some memory", "%s: out of memory", file->path);
        return false;
    }
    yaml_parser_set_input_string(&parser, (unsigned char const *)file->text, file->size);
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

/* Takes over the text. */
static struct yaml_file *read_text(char const *name, char *text, size_t size, bool is_text,
                                   cyaml_schema_value_t const *schema)
{
    struct yaml_file *const file = memory_zeroed(1, sizeof *file);
    cyaml_config_t const config = config_for(file);

    file->path = text_copy(name);
    file->is_text = is_text;
    file->schema = schema;
    file->fault.place = text_copy("");
    file->text = text;
    file->size = size;
    if (parse_document(file)) {
        bool const list = schema->type == CYAML_SEQUENCE;
        cyaml_err_t const error = cyaml_load_data((uint8_t *)file->text, file->size, &config,
                                                  schema, &file->data, list ? &file->count : NULL);
        if (error == CYAML_OK)
            return file;
        complain_of_fault(file, error);
    }
    yaml_file_close(file);
    return NULL;
}

struct yaml_file *yaml_file_open(char const *path, cyaml_schema_value_t const *schema)
{
    size_t size = 0;
    char *const text = text_of_file(path, &size);

    if (text != NULL)
        return read_text(path, text, size, false, schema);
    complain("slablab list experiments", "%s: %s", path, strerror(errno));
    return NULL;
}

struct yaml_file *yaml_file_of_text(char const *name, char const *text,
                                    cyaml_schema_value_t const *schema)
{
    return read_text(name, text_copy(text), strlen(text), true, schema);
}

void yaml_file_close(struct yaml_file *file)
{
    if (file == NULL)
        return;
    cyaml_config_t const config = config_for(file);
    if (file->data != NULL)
        cyaml_free(&config, file->schema, file->data, file->count);
    if (file->document_open)
        yaml_document_delete(&file->document);
    free(file->fault.what);
    free(file->fault.place);
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
