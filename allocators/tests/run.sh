#!/usr/bin/env bash
# run.sh -- runs every allocator test under every phase, a line each; stops at the first failure.
#
#   run.sh BUILD            the folder that `make allocators` and the test programs were built into
#   run.sh BUILD no-programs    without the real programs
#
# SPDX-License-Identifier: MIT
set -euo pipefail

here=$(dirname "$(realpath "$0")")
build=$(realpath "${1:-build}")
inputs=$(mktemp --directory)
trap 'rm --recursive --force "$inputs"' EXIT
programs=yes
[ "${2:-}" != no-programs ] || programs=no
readonly here build inputs programs
export here build inputs

# one TEST OBJECT [NAME=value ...] -- a line when it passes, all its output when it does not.
# 255 tells xargs to start nothing more.
one() {
    local -r test=$1 object=$2 settings=("${@:3}") began_us=${EPOCHREALTIME/[^0-9]/}
    local output
    case $test in
        programs) set -- "$here/programs/compare.sh" compare "$inputs" "$object" "${settings[@]}" ;;
        configuration-*) set -- "$build/allocators/tests/configuration" "${test#*-}" ;;
        *) set -- "$build/allocators/tests/$test" ;;
    esac
    if [ "$test" != programs ]; then
        set -- LD_PRELOAD="$object" "${settings[@]}" "$@"
    fi
    if ! output=$(timeout 300 env "$@" 2>&1); then
        printf 'FAIL  %s\n%s\n  try: %s\n' "$test ${object#"$build"/} ${settings[*]}" "$output" "$*"
        exit 255
    fi
    printf 'ok    %-24s %-62s %6d ms\n' "$test" "${object#"$build"/} ${settings[*]}" \
        $(((${EPOCHREALTIME/[^0-9]/} - began_us) / 1000))
}
export -f one

# shellcheck disable=SC1091 # checked as a file of its own
source "$here/programs/settings.sh"

readonly tests=(conformance alignment misuse bad_input observe reuse refill prewarm eager model
    exhaustion threads ledger cache)

# The arguments of `one`, a line each; the quick ones first.
cases() {
    local phase settings test
    for phase in "${phases[@]}"; do
        if reads "$phase" SLABLAB_SMALLMID; then
            echo "configuration-smallmid $build/lib$phase.so"
        fi
        if reads "$phase" SLABLAB_PREWARM; then
            echo "configuration-prewarm $build/lib$phase.so"
        fi
        settings_of "$phase" | while read -r settings; do
            for test in "${tests[@]}"; do
                echo "$test $build/lib$phase.so $settings"
                echo "$test $build/observe/lib$phase.so $settings"
            done
        done
    done
    [ "$programs" = yes ] || return 0
    for phase in "${phases[@]}"; do
        settings_of "$phase" | while read -r settings; do
            echo "programs $build/lib$phase.so $settings"
        done
    done
}

mapfile -t phases < <(basename --suffix=.c --multiple "$here"/../phases/*.c)
readonly phases
"$build/allocators/tests/size_class"
[ "$programs" = no ] || "$here/programs/compare.sh" expect "$inputs"
cases | xargs --delimiter='\n' --max-procs=2 --replace={} bash -c 'one {}'
