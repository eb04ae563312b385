#!/usr/bin/env bash
# gate_faults.sh -- heads with planted faults, gated by counts on the command line. Usage: [BUILD]
# SPDX-License-Identifier: MIT
set -euo pipefail
cd "$(dirname "$0")/../.."
slablab=${1:-build}/slablab
output=$(mktemp --directory)
trap 'rm -rf "$output"' EXIT
failures=0

# All forward to the C library. TURNS is a file in which each process leaves a byte; EVERY, of how
# many processes one is odd.
cat >"$output/head.c" <<'END'
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>
void *__libc_malloc(size_t size);
static int odd;
static char const complaint[] = "head: heap corrupt\n";
__attribute__((constructor)) static void begin(void)
{
#ifdef EVERY
    int const file = open(TURNS, O_WRONLY | O_CREAT | O_APPEND, 0644);
    if (write(file, ".", 1) == 1)
        odd = lseek(file, 0, SEEK_CUR) % EVERY == 0;
    close(file);
#endif
#ifdef START_FAULTS
    char *const page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    for (int i = 0; i < START_FAULTS; i++) {
        page[0] = 1;
        madvise(page, 4096, MADV_DONTNEED);
    }
#endif
}
__attribute__((visibility("default"))) void *malloc(size_t size)
{
#ifdef CRASH
    static int requests;
    if (odd && ++requests == 500)
        write(2, complaint, sizeof complaint - 1), abort();
#endif
#ifdef TURN
    for (int volatile i = 0; i < TURN + odd; i++)
        ;
#endif
    return __libc_malloc(size);
}
END
# head NAME OPTION...: builds NAME.so.
head() {
    gcc -O2 -w -fPIC -shared -fno-builtin -Wl,--build-id -DTURNS="\"$output/$1.turns\"" "${@:2}" \
        -o "$output/$1.so" "$output/head.c"
}
head plain
head crash -DCRASH -DEVERY=1
head flaky -DCRASH -DEVERY=8
head start -DSTART_FAULTS=5000
head often -DCRASH -DEVERY=3
head rare -DCRASH -DEVERY=16
head jitter -DTURN=1 -DEVERY=8
head jitter2 -DTURN=1 -DEVERY=8
head more -DTURN=2 -DEVERY=8

# experiment NAME GATE BLOCKS
experiment() {
    cat >"$output/$1.yaml" <<END
question: Does a gate see what it should?
baseline: baseline
workloads: [{run: fixed_random size=256 slots=400 operations=20000, start: cold}]
gate: {$2}
stop: {blocks_max: $3}
END
}
experiment faults 'decides: [page_faults 5%]' 60
experiment counts 'decides: [instructions 1%]' 60

# gate STATUS EXPERIMENT BASE HEAD TEXT...: the exit status, and that every TEXT is printed.
gate() {
    local status=0 text
    rm -f "$output"/*.turns
    "$slablab" gate "$output/$2.yaml" --base "$output/$3.so" --head "$output/$4.so" --seed 3 \
        --fresh --out "$output" >"$output/all" 2>&1 || status=$?
    for text in "${@:5}"; do
        if [[ $status -ne $1 ]] || ! grep --quiet --extended-regexp -- "$text" "$output/all"; then
            echo "FAILED: gate $2 of $3 and $4: status $status, wanted $1 and '$text'; it printed:"
            cat "$output/all"
            failures=$((failures + 1))
            return
        fi
    done
}

gate 0 faults plain plain 'verdict: PASS \(0 of 3 rows' 'are the same build'
# V3: the head crashes in every process, in one of eight; the base in one of 16.
said="the head's first: crashed by signal 6 \(Aborted\): head: heap corrupt"
gate 1 faults plain crash 'verdict: FAIL' 'failures: FAIL: 11 of the head and 0 of the base' "$said"
gate 1 faults plain flaky 'verdict: FAIL' 'failures: FAIL: 11 of the head and 0 of the base' "$said"
for report in gate.md gate.xml gate.json; do
    if ! grep --quiet 'heap corrupt\|11 of the head' "$output"/faults/*-gate/$report; then
        echo "FAILED: no failure is told of in $report"
        failures=$((failures + 1))
    fi
done
gate 0 faults rare plain 'verdict: PASS' 'failures: PASS: 0 of the head and [1-9]'
# Killed at whatever moment that is, it goes on with the same pairs. A kill may take one crash from
# it, and 13 valid blocks have more crashes beside them than there are kills.
killed=(gate "$output/faults.yaml" --base "$output/plain.so" --head "$output/often.so" --seed 5
    --out "$output/killed")
rm -f "$output"/*.turns
status=137
for seconds in 0.3 0.5 0.7 0.9 1.1 60; do
    [[ $status -eq 137 ]] || break
    status=0
    timeout --signal=KILL "$seconds" "$slablab" "${killed[@]}" >"$output/all" 2>&1 || status=$?
done 2>"$output/killed.log"
runs=("$output"/killed/faults/*-gate)
if [[ $status -ne 1 ]] || ! grep --quiet 'failures: FAIL: 11 of the head' "$output/all" ||
    [[ ${#runs[@]} -ne 1 ]]; then
    echo "FAILED: a killed gate of a crashing head: status $status; it printed:"
    cat "$output/all"
    failures=$((failures + 1))
fi
# V4: the region has no fault more.
gate 1 faults plain start 'process_page_faults +\+(49[89]|50[01])[0-9] .* FAIL' \
    ' page_faults .* PASS'
# V2: counts with two modes are decided, and shown.
if command -v valgrind >/dev/null; then
    gate 0 counts jitter jitter2 'instructions .* PASS +([7-9]|[1-5][0-9])$' \
        'instructions of the head vary in fixed_random.*: [0-9]+ \([0-9]+\), [0-9]+ \(' \
        'switch off its timed work'
    gate 1 counts jitter more 'instructions .* FAIL +(1[1-9]|[2-5][0-9])$'
    gate 1 counts plain flaky 'verdict: FAIL' 'failures: FAIL'
fi
[[ $failures -eq 0 ]] && echo "gate faults: all found"
