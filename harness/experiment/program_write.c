/* program_write.c -- a program as plan.json has it.
 *
 * SPDX-License-Identifier: MIT */
#include "experiment/program.h"

#include <inttypes.h>
#include <stdio.h>

static double const NS_PER_SECOND = 1e9;

static json_t *texts_to_json(char *const *texts, size_t count)
{
    json_t *const array = json_array();

    for (size_t i = 0; i < count; i++)
        json_array_append_new(array, json_string(texts[i]));
    return array;
}

static json_t *command_to_json(struct command const *command)
{
    if (command->count == 0)
        return json_null();
    return json_pack("{s:s, s:o}", "executable", command->executable, "arguments",
                     texts_to_json(command->arguments, command->count));
}

json_t *program_to_json(struct program const *program)
{
    char digest[17];

    snprintf(digest, sizeof digest, "%016" PRIx64, program->digest);
    return json_pack("{s:o, s:o, s:b, s:o, s:s, s:o, s:s?, s:o, s:s, s:f, s:f, s:I, s:s, s:s?}",
                     "command", command_to_json(&program->command), "server",
                     command_to_json(&program->server), "client_too", program->client_too, "inputs",
                     texts_to_json(program->inputs, program->input_count), "inputs_digest",
                     program->files_digest, "make", command_to_json(&program->make), "stdin",
                     program->standard_input, "environment",
                     texts_to_json(program->environment, program->environment_count), "output",
                     program->output == OUTPUT_DIGEST ? digest
                     : program->output == OUTPUT_ANY  ? "any"
                                                      : "same",
                     "timeout_seconds", (double)program->timeout_ns / NS_PER_SECOND,
                     "ready_seconds", (double)program->ready_ns / NS_PER_SECOND, "cpus",
                     (json_int_t)program->cpus, "build_id", program->build_id, "linked_allocator",
                     program->linked);
}
