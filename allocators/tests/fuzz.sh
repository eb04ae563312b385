#!/usr/bin/env bash
# fuzz.sh -- fuzzes every phase under every setting with fixed seeds, and replays what once failed.
#
#   fuzz.sh BUILD      the folder that `make tests debugged` was built into
#
# SPDX-License-Identifier: MIT
set -euo pipefail

here=$(dirname "$(realpath "$0")")
build=$(realpath "${1:-build}")
readonly here build
# shellcheck disable=SC1091 # checked as a file of its own
source "$here/programs/settings.sh"

# fuzz PHASE [NAME=value ...] -- ARGUMENT ... -- over LD_PRELOAD, then over the debug build.
# 255 tells xargs to start nothing more.
fuzz() {
    local -r phase=$1
    local settings=()
    shift
    while [ "$1" != -- ]; do
        settings+=("$1")
        shift
    done
    shift
    timeout 120 env LD_PRELOAD="$build/lib$phase.so" "${settings[@]}" \
        "$build/allocators/tests/fuzz" "$@" || exit 255
    timeout 120 env SLABLAB_LINKED="lib$phase.so" "${settings[@]}" \
        "$build/debug/prefixed/$phase/fuzz" "$@" || exit 255
}
export -f fuzz
export build

cases() {
    local path phase settings
    sed --regexp-extended '/^(#|$)/d' "$here/fuzz/regressions"
    for path in "$here"/../phases/*.c; do
        phase=$(basename "$path" .c)
        settings_of "$phase" | while read -r settings; do
            printf '%s -- %s 8000\n' "$phase $settings" 1 "$phase $settings" 2
        done
    done
}

cases | xargs --delimiter='\n' --max-procs=2 --replace={} bash -c 'fuzz {}'
printf 'ok    fuzz: %d sequences, over LD_PRELOAD and with invariants checked\n' \
    "$(cases | wc --lines)"
