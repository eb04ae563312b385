#!/usr/bin/env bash
# matrix.sh -- prints the allocators' tests as commands: a test, a phase, a setting a line.
#
#   matrix.sh BUILD phases [PHASE]   each test program under each phase, timing and observing
#   matrix.sh BUILD fuzz [long]      the walk of the fuzzer with fixed seeds, and what once failed
#   matrix.sh BUILD sanitize [long]  under AddressSanitizer with UBSan, and under ThreadSanitizer
#   matrix.sh BUILD programs [all]   the real programs of workloads/programs/
#
# .ci/steps.py runs them. What is `long` or `all` is for `make test-all`; without it each program is
# carried by one allocator, and each allocator carries one program.
#
# No report of a sanitizer is suppressed. What would be one is led past them by sanitizers/libc.c,
# and what neither can do (a thread in a forked child) is left out in tests/child.h.
#
# SPDX-License-Identifier: MIT
set -euo pipefail

here=$(dirname "$(realpath "$0")")
build=$(realpath "$1")
readonly here build which=${3:-}
# shellcheck disable=SC1091 # checked as a file of its own
source "$here/programs/settings.sh"

all_phases() {
    basename --suffix=.c --multiple "$here"/../phases/*.c
}

# "PHASE [NAME=value ...]", a line for each phase and setting.
all_settings() {
    local phase
    for phase in $(all_phases); do
        settings_of "$phase" | sed "s/^/$phase /"
    done
}

phases() {
    local -r tests=(conformance alignment misuse bad_input arrays observe reuse refill prewarm eager
        model exhaustion threads ledger cache color huge decay transfer large realloc)
    local phase settings test object
    printf '%s\n' "$build"/allocators/tests/size_class{,_dense,_untagged,_medium}
    for phase in ${which:-$(all_phases)}; do
        echo "LD_PRELOAD=$build/lib$phase.so $build/allocators/tests/configuration names"
        for test in smallmid prewarm; do
            if reads "$phase" "SLABLAB_${test^^}"; then
                echo "LD_PRELOAD=$build/lib$phase.so $build/allocators/tests/configuration $test"
            fi
        done
        settings_of "$phase" | while read -r settings; do
            for test in "${tests[@]}"; do
                for object in "$build/lib$phase.so" "$build/observe/lib$phase.so"; do
                    echo "LD_PRELOAD=$object $settings $build/allocators/tests/$test"
                done
            done
        done
    done
}

# walk ARGUMENTS PHASE [NAME=value ...] -- over LD_PRELOAD, and with invariants checked.
walk() {
    local -r arguments=$1 phase=$2 settings=${*:3}
    echo "LD_PRELOAD=$build/lib$phase.so $settings $build/allocators/tests/fuzz $arguments"
    echo "SLABLAB_LINKED=lib$phase.so $settings $build/debug/prefixed/$phase/fuzz $arguments"
}

fuzz() {
    local seeds=('1 8000' '2 8000') phase settings seed arguments
    [ -z "$which" ] || seeds=('4 60000' '5 60000' '6 60000' '7 60000')
    all_settings | while read -r phase settings; do
        for seed in "${seeds[@]}"; do
            # shellcheck disable=SC2086 # settings are words
            walk "$seed" "$phase" $settings
        done
    done
    [ -z "$which" ] || return 0
    sed --regexp-extended '/^(#|$)/d' "$here/fuzz/regressions" | while read -r phase arguments; do
        settings=${arguments%%-- *}
        # shellcheck disable=SC2086 # settings are words
        walk "${arguments#*-- }" "$phase" $settings
    done
}

# The runtime and each workload of several threads, over the C library's malloc, for data races.
threaded_workloads() {
    local -r words='threads=3 warmup=500 operations=20000'
    local workload
    grep --files-with-matches workload_run_threads "$here"/../../workloads/*.c |
        while read -r workload; do
            workload=$(basename "$workload" .c)
            echo "TSAN_OPTIONS=halt_on_error=1 $build/tsan/workloads/$workload $words"
        done
}

# What leaks under test is not the sanitizer's, and what is the sanitizer's is cmocka's; hugepage
# counts its faults, and a sanitizer's shadow memory has faults of its own.
sanitize() {
    local -r options='ASAN_OPTIONS=detect_leaks=0 TSAN_OPTIONS=halt_on_error=1:die_after_fork=0'
    local tests=('asan conformance' 'asan fuzz 1 6000' 'tsan fuzz 1 3000') phase settings test
    [ -z "$which" ] || tests=('asan '{conformance,alignment,misuse,model,threads,ledger}
        'asan fuzz 3 60000' 'tsan '{conformance,alignment,model,threads,ledger} 'tsan fuzz 3 30000')
    threaded_workloads
    all_settings | grep --invert-match hugepage | while read -r phase settings; do
        for test in "${tests[@]}"; do
            echo "$options SLABLAB_LINKED=lib$phase.so $settings" \
                "$build/${test%% *}/prefixed/$phase/${test#* }"
        done
    done
}

# Attestation holds what a program prints under a phase against what it prints under glibc.
programs() {
    local names lines line phase settings name
    mapfile -t names < <("$build/slablab" list programs |
        sed --quiet --regexp-extended '/cannot run: /d; s/^([a-z0-9_+]+) .*/\1/p')
    "$build/slablab" list programs | sed --quiet 's/ *cannot run: / /p' | sed 's/^/skip  /' >&2
    mapfile -t lines < <(all_settings)
    for line in "${!lines[@]}"; do
        read -r phase settings <<<"${lines[line]}"
        for name in "${!names[@]}"; do
            [ -n "$which" ] || [ "$name" -eq $((line % ${#names[@]})) ] || continue
            echo "$build/slablab attest -- glibc $phase $settings ${names[name]}"
        done
    done
}

case $2 in
    phases | fuzz | sanitize | programs) "$2" | tr --squeeze-repeats ' ' ;;
    *) printf "matrix.sh: '%s' is none of phases, fuzz, sanitize, programs\n" "$2" >&2 && exit 2 ;;
esac
