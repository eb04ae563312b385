/* status_line.h -- the current activity, on one line of stderr.
 *
 * On a terminal the line is rewritten; elsewhere a plain line appears every ten seconds.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_STATUS_LINE_H
#define SLABLAB_STATUS_LINE_H

/* Shows a line, unless another was shown a moment ago. */
void status_line_show(char const *line);

/* Shows the current activity: "calibrating: <cell>". */
void status_line_say(char const *verb, char const *what);

/* Ends the rewritten line, so that other output starts on a new one. */
void status_line_end(void);

#endif
