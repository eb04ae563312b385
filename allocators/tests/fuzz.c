/* fuzz.c -- checks random sequences of the whole malloc API against a shadow of every live byte.
 *
 *   fuzz SEED OPERATIONS           a failure names the operation, and the command that repeats it
 *   fuzz input HEX [OPERATIONS]    the decisions are these bytes: what `make fuzz` found
 *
 * A second thread runs beside the walk: its operations are the same each time, their timing is not.
 *
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "tests/fuzz/walk.h"
#include "tests/preloaded.h"

enum { INPUT_BYTES_MAX = 8192 };

static void usage(void)
{
    fputs("fuzz: what shall be repeated?\n  try: fuzz SEED OPERATIONS, or fuzz input HEX\n",
          stderr);
    exit(2);
}

/* The bytes that pairs of hexadecimal digits stand for. */
static size_t input_of_hex(char const *hex, uint8_t *input)
{
    size_t const bytes = strlen(hex) / 2;

    if (strlen(hex) % 2 != 0 || bytes > INPUT_BYTES_MAX)
        usage();
    for (size_t i = 0; i < bytes; i++) {
        char const digits[3] = {hex[2 * i], hex[2 * i + 1], '\0'};
        char *end = NULL;

        input[i] = (uint8_t)strtoul(digits, &end, 16);
        if (*end != '\0')
            usage();
    }
    return bytes;
}

/* In a child, so that the parent can report where it crashed. */
static int walk_in_child(uint64_t operations)
{
    int status = -1;
    pid_t const child = fork();

    if (child == 0) {
        walk_on(operations);
        walk_end();
        _exit(0);
    }
    require(child > 0 && waitpid(child, &status, 0) == child, "no child");
    if (WIFSIGNALED(status))
        whereabouts_say(strsignal(WTERMSIG(status)));
    else if (WEXITSTATUS(status) > WHEREABOUTS_SAID)
        whereabouts_say("ended by a sanitizer");
    return status != 0;
}

int main(int argc, char **argv)
{
    static uint8_t input[INPUT_BYTES_MAX];
    static char replay[2 * INPUT_BYTES_MAX + 64];
    uint64_t operations = UINT64_MAX;

    if (argc < 3)
        usage();
    if (strcmp(argv[1], "input") == 0) {
        walk.decisions = decisions_of_input(input, input_of_hex(argv[2], input));
        snprintf(replay, sizeof replay, "%s input %s", argv[0], argv[2]);
        operations = argc > 3 ? strtoull(argv[3], NULL, 10) : operations;
    } else {
        walk.decisions = decisions_of_seed(strtoull(argv[1], NULL, 10));
        snprintf(replay, sizeof replay, "%s %s", argv[0], argv[1]);
        operations = strtoull(argv[2], NULL, 10);
    }
    whereabouts_begin(replay);
    require(preloaded_object_serves("malloc"), "another object serves malloc");
    return walk_in_child(operations);
}
