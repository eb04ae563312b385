/* gate_certified.c -- the rate of false alarms, from the stored certificate.
 *
 * certificate.json has a promise for each variant that was planted; those of equal builds promise
 * FAIL in at most a share of gates.
 *
 * SPDX-License-Identifier: MIT */
#include "gate/gate_certified.h"

#include "base/text.h"
#include "base/regular_file.h"
#include "catalogue/project.h"
#include "gate/gate_words.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>

static char const file[] = "results/reference/certify/certificate.json";

/* Over the variants in which nothing had changed. */
struct false_alarms {
    json_int_t failed;
    json_int_t gates;
    size_t kinds;
    size_t kept;
    size_t broken;
    json_int_t gates_needed; /* of each kind */
    double limit;
};

static struct false_alarms count(json_t const *certificate)
{
    struct false_alarms counted = {0};
    size_t index;
    json_t *variant;

    json_array_foreach(json_object_get(certificate, "variants"), index, variant) {
        json_t const *const promise = json_object_get(variant, "promise");
        if (!text_equal(gate_text_at(promise, "said"), "fail") ||
            !json_is_true(json_object_get(promise, "at_most")))
            continue;
        counted.failed += json_integer_value(json_object_get(promise, "count"));
        counted.gates += json_integer_value(json_object_get(promise, "gates"));
        counted.kinds++;
        counted.kept += text_equal(gate_text_at(promise, "verdict"), "kept");
        counted.broken += text_equal(gate_text_at(promise, "verdict"), "broken");
        counted.gates_needed = json_integer_value(json_object_get(promise, "gates_needed"));
        counted.limit = json_number_value(json_object_get(promise, "limit"));
    }
    return counted;
}

char *gate_certified_text(void)
{
    char *const path = text_format("%s/%s", project_home(), file);
    json_t *const certificate = regular_file_json(path, 0, NULL);
    struct false_alarms const counted = count(certificate);

    json_decref(certificate);
    free(path);
    if (counted.gates == 0)
        return text_copy("False alarms: this slablab has no certificate, so nothing was counted "
                         "here (make certify).");
    char *text = text_format("False alarms, counted: %" JSON_INTEGER_FORMAT
                             " of %" JSON_INTEGER_FORMAT " gates between equal builds failed",
                             counted.failed, counted.gates);
    if (counted.broken > 0)
        text_append(&text, "; more than the %g %% that are promised, in %zu of %zu kinds.",
                    100 * counted.limit, counted.broken, counted.kinds);
    else if (counted.kept == counted.kinds)
        text_append(&text, ", so at most %g %% do in each of %zu kinds (95 %%).",
                    100 * counted.limit, counted.kinds);
    else
        text_append(&text,
                    ". That is too few to say that at most %g %% do: it takes %" JSON_INTEGER_FORMAT
                    " without one of each kind, and %zu of %zu kinds lack them.",
                    100 * counted.limit, counted.gates_needed, counted.kinds - counted.kept,
                    counted.kinds);
    return text;
}
