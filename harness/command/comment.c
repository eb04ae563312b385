/* comment.c -- slablab comment: finished gates as the text of one comment on a change.
 *
 * SPDX-License-Identifier: MIT */
#include "base/complain.h"
#include "base/regular_file.h"
#include "base/text.h"
#include "command/commands.h"
#include "gate/gate_certified.h"
#include "gate/gate_report.h"
#include "gate/gate_words.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Hidden where Markdown is shown. A job looks for a comment that begins so, and replaces it. */
static char const marker[] = "<!-- slablab comment -->\n";

enum { RUNS_MAX = GATE_MARKDOWN_BYTES / 20000 };

/* NULL after a complaint. */
static json_t *read_gate(char const *folder)
{
    char *const path = text_format("%s/gate.json", folder);
    json_error_t error;
    json_t *gate = regular_file_json(path, 0, &error);

    if (gate == NULL)
        complain("a folder that slablab gate made: results/<experiment>/<time>-gate",
                 "comment: %s: %s", path, error.text);
    else if (strncmp(gate_text_at(gate, "schema"), "slablab-gate/", 13) != 0) {
        complain("restore the file from its copy", "comment: %s: no gate's schema, but '%.40s'",
                 path, gate_text_at(gate, "schema"));
        json_decref(gate);
        gate = NULL;
    }
    free(path);
    return gate;
}

int command_comment(int argc, char **argv)
{
    size_t const runs = (size_t)argc - 1;
    char *text = text_copy(marker);
    char *const certified = gate_certified_text();
    bool good = runs >= 1 && runs <= RUNS_MAX;

    if (!good)
        complain("slablab comment results/gate/<time>-gate",
                 "comment: one to %d gates make a comment, and there are %zu", RUNS_MAX, runs);
    for (size_t i = 1; i <= runs && good; i++) {
        json_t *const gate = read_gate(argv[i]);
        good = gate != NULL;
        if (!good)
            break;
        char *const one = gate_markdown(gate, certified, GATE_MARKDOWN_BYTES / runs);
        text_append(&text, "%s%s", i > 1 ? "\n" : "", one);
        free(one);
        json_decref(gate);
    }
    if (good)
        fputs(text, stdout);
    free(certified);
    free(text);
    return good ? EXIT_STATUS_PASS : EXIT_STATUS_USAGE;
}
