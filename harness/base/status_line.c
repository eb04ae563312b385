/* status_line.c -- one line on stderr, updated slowly enough for a person or a log.
 *
 * SPDX-License-Identifier: MIT */
#include "base/status_line.h"

#include "base/clock.h"
#include "base/complain.h"

#include <stdbool.h>
#include <stdio.h>
#include <unistd.h>

enum { WIDTH = 79, LINE_MAX_BYTES = 256 };

static double const SECONDS_BETWEEN_REWRITES = 0.1;
static double const SECONDS_BETWEEN_LINES = 10;

static bool line_is_open;
static double said_at;

/* Padded with spaces to the width, to overwrite a longer previous line. */
void status_line_show(char const *line)
{
    bool const terminal = isatty(STDERR_FILENO) == 1;
    double const now = (double)clock_ns(CLOCK_MONOTONIC) / 1e9;

    if (said_at != 0 &&
        now - said_at < (terminal ? SECONDS_BETWEEN_REWRITES : SECONDS_BETWEEN_LINES))
        return;
    said_at = now;
    complain_after(status_line_end); /* the next complaint starts a new line */
    if (terminal)
        fprintf(stderr, "\r%-*.*s", WIDTH, WIDTH, line);
    else
        fprintf(stderr, "%s\n", line);
    line_is_open = terminal;
}

void status_line_say(char const *verb, char const *what)
{
    char line[LINE_MAX_BYTES];

    snprintf(line, sizeof line, "%s: %s", verb, what);
    status_line_show(line);
}

void status_line_end(void)
{
    if (line_is_open)
        fputc('\n', stderr);
    line_is_open = false;
    said_at = 0;
}
