#!/usr/bin/env bash
# inputs.sh -- runs libFuzzer over what the harness reads: a record, an experiment, an object.
#
#   inputs.sh BUILD SECONDS
#
# What is found stays in BUILD/fuzzer/inputs/, the inputs that cover most as well.
#
# SPDX-License-Identifier: MIT
set -euo pipefail
cd "$(dirname "$0")/../../.."
build=$(realpath "$1")
readonly build seconds=$2 found=$build/fuzzer/inputs
mkdir --parents "$found/corpus"

# begin BYTE NAME -- an input for that reader, from standard input.
begin() {
    { printf '%b' "$1" && cat; } >"$found/corpus/begin-$2"
}
xz --decompress --stdout results/reference/null/*/samples.jsonl.xz |
    sed '1!d; s/"slablab-block[^"]*"/"slablab-block\/2"/
         s/"plan": *"[^"]*"/"plan":"0123456789abcdef"/
         s/"cell": *"[^"]*"/"cell":"one cold"/' | begin '\x00' record
begin '\x01' experiment <experiments/smoke.yaml
begin '\x02' object <"$build/libbaseline.so"

# Arms and trees that end with the program are no leak of a reader.
if ! ASAN_OPTIONS=detect_leaks=0 "$build/fuzzer/harness/fuzz_inputs" "$found/corpus" \
    -max_total_time="$seconds" -timeout=60 -artifact_prefix="$found/" -print_final_stats=1 \
    >"$found/log" 2>&1; then
    tail --lines=40 "$found/log"
    for input in "$found"/crash-* "$found"/timeout-*; do
        [[ ! -f $input ]] || echo "  try: $build/fuzzer/harness/fuzz_inputs $input"
    done
    exit 1
fi
grep -E 'stat::number_of_executed_units|cov:' "$found/log" | tail --lines=2
