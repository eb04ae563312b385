#!/usr/bin/env bash
# engine.sh -- runs libFuzzer over one phase, its time divided among the phase's settings.
#
#   engine.sh BUILD PHASE SECONDS
#
# What is found stays in BUILD/fuzzer/PHASE/, the inputs that cover most as well.
#
# SPDX-License-Identifier: MIT
set -euo pipefail

here=$(dirname "$(realpath "$0")")
build=$(realpath "$1")
readonly here build phase=$2 seconds=$3
# shellcheck disable=SC1091 # checked as a file of its own
source "$here/../programs/settings.sh"

mapfile -t settings < <(settings_of "$phase")
for setting in "${settings[@]}"; do
    name=${setting//[^a-z0-9]/}
    found=$build/fuzzer/$phase/${name:-plain}
    mkdir --parents "$found/corpus"
    for number in {1..16}; do # long sequences to begin with
        [ -f "$found/corpus/begin-$number" ] ||
            head --bytes=$((number * 256)) /dev/urandom >"$found/corpus/begin-$number"
    done
    echo "== $phase $setting: $((seconds / ${#settings[@]})) s"
    # shellcheck disable=SC2086 # settings are words
    if ! env ASAN_OPTIONS=detect_leaks=0 $setting \
        "$build/fuzzer/prefixed/$phase/libfuzzer" "$found/corpus" \
        -max_len=4096 -len_control=0 -timeout=60 -max_total_time=$((seconds / ${#settings[@]})) \
        -artifact_prefix="$found/" -print_final_stats=1 >"$found/log" 2>&1; then
        tail --lines=40 "$found/log"
        for input in "$found"/crash-* "$found"/timeout-*; do
            [ -f "$input" ] || continue
            hex=$(od --address-radix=n --format=x1 --output-duplicates "$input" | tr --delete ' \n')
            printf '  try: make debugged && %s build/debug/prefixed/%s/fuzz input %s\n' \
                "$setting" "$phase" "$hex"
        done
        exit 1
    fi
    grep -E 'stat::number_of_executed_units|cov:' "$found/log" | tail --lines=2
done
