#!/usr/bin/env bash
# sanitize.sh -- runs the prefixed phases under AddressSanitizer with UBSan, and ThreadSanitizer.
#
#   sanitize.sh BUILD         a short walk of the fuzzer over every phase and setting
#   sanitize.sh BUILD long    longer walks, and the other tests that can be linked
#
# No report is suppressed. What would be one is led past the sanitizers by sanitizers/libc.c, and
# what ThreadSanitizer cannot do (a thread in a forked child) is left out in tests/child.h.
#
# SPDX-License-Identifier: MIT
set -euo pipefail

here=$(dirname "$(realpath "$0")")
build=$(realpath "${1:-build}")
readonly here build long=${2:-}
# shellcheck disable=SC1091 # checked as a file of its own
source "$here/programs/settings.sh"

# What leaks under test is not the sanitizer's, and what is the sanitizer's is cmocka's.
export ASAN_OPTIONS=detect_leaks=0
export TSAN_OPTIONS=halt_on_error=1:die_after_fork=0

# 255 tells xargs to start nothing more.
sanitize() {
    local -r sanitizer=$1 phase=$2 test=$3 settings=("${@:4}")
    local arguments output
    IFS=: read -r -a arguments <<<"$test"
    set -- SLABLAB_LINKED="lib$phase.so" "${settings[@]}" \
        "$build/$sanitizer/prefixed/$phase/${arguments[0]}" "${arguments[@]:1}"
    if ! output=$(timeout 300 env "$@" 2>&1); then
        printf 'FAIL  %s\n%s\n  try: %s\n' "$sanitizer $phase $test" "$output" "$*"
        exit 255
    fi
}
export -f sanitize
export build

if [ -n "$long" ]; then
    tests='asan:conformance asan:alignment asan:misuse asan:model asan:threads asan:ledger
        asan:fuzz:3:60000
        tsan:conformance tsan:alignment tsan:model tsan:threads tsan:ledger
        tsan:fuzz:3:30000'
else
    tests='asan:conformance asan:fuzz:1:6000 tsan:fuzz:1:3000'
fi
readonly tests

cases() {
    local path phase settings test
    for path in "$here"/../phases/*.c; do
        phase=$(basename "$path" .c)
        # hugepage counts its faults, and a sanitizer's shadow memory has faults of its own.
        settings_of "$phase" | grep --invert-match hugepage | while read -r settings; do
            for test in $tests; do
                echo "${test%%:*} $phase ${test#*:} $settings"
            done
        done
    done
}

cases | xargs --delimiter='\n' --max-procs=2 --replace={} bash -c 'sanitize {}'
printf 'ok    sanitize: %d runs\n' "$(cases | wc --lines)"
