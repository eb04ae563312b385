/* complain.h -- one form for every error: what, on what, why, and what to try.
 *
 *   slablab: experiments/phase17.yaml:12: unknown workload 'fixd_random'
 *     try: slablab list workloads
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_COMPLAIN_H
#define SLABLAB_COMPLAIN_H

/* The documented exit statuses of slablab; method.md's verdicts. */
enum exit_status {
    EXIT_STATUS_PASS = 0,
    EXIT_STATUS_FAIL = 1,
    EXIT_STATUS_USAGE = 2,
    EXIT_STATUS_INCONCLUSIVE = 3,
    EXIT_STATUS_VOID = 4,
    EXIT_STATUS_INTERRUPTED = 130
};

/* Prints "slablab: <message>" and, unless it is NULL, "  try: <hint>" on stderr. */
__attribute__((format(printf, 2, 3))) void complain(char const *hint, char const *format, ...);

#endif
