/* yaml_bounds.c -- libyaml's events one by one, before a tree is made of them.
 *
 * libyaml looks through all open brackets at every token: 200,000 of them took it minutes. It reads
 * 1,024 characters ahead at most, so to stop at a depth of 16 is to stop early.
 *
 * SPDX-License-Identifier: MIT */
#include "base/yaml_bounds.h"

#include "base/complain.h"

#include <yaml.h>

struct bounds {
    unsigned documents;
    unsigned depth;
};

/* Takes in one event; false where it is beyond the bounds. */
static bool within(struct bounds *bounds, yaml_event_type_t type)
{
    switch (type) {
    case YAML_DOCUMENT_START_EVENT: bounds->documents++; break;
    case YAML_SEQUENCE_START_EVENT:
    case YAML_MAPPING_START_EVENT: bounds->depth++; break;
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT: bounds->depth--; break;
    default: break;
    }
    return bounds->documents <= 1 && bounds->depth <= YAML_DEPTH_MOST;
}

static void complain_of(struct bounds const *bounds, char const *path, size_t line)
{
    if (bounds->documents > 1)
        complain("one file for each experiment",
                 "%s:%zu: a second document begins here, and a file holds one", path, line);
    else
        complain("experiments/null.yaml is a short example",
                 "%s:%zu: too deep: lists and mappings within one another, more than %d", path,
                 line, YAML_DEPTH_MOST);
}

bool yaml_bounds_hold(char const *path, char const *text, size_t size)
{
    struct bounds bounds = {0};
    yaml_parser_t parser;
    yaml_event_t event;
    bool good = true;
    bool more = true;

    if (yaml_parser_initialize(&parser) == 0)
        return true;
    yaml_parser_set_input_string(&parser, (unsigned char const *)text, size);
    while (more && yaml_parser_parse(&parser, &event) == 1) {
        good = within(&bounds, event.type);
        more = good && event.type != YAML_STREAM_END_EVENT;
        if (!good)
            complain_of(&bounds, path, event.start_mark.line + 1);
        yaml_event_delete(&event);
    }
    yaml_parser_delete(&parser);
    return good;
}
