#!/usr/bin/env bash
# coverage.sh -- runs the allocators' tests over instrumented phases, and prints what they reach.
#
#   coverage.sh BUILD      the folder that `make coverage` built into
#
# SPDX-License-Identifier: MIT
set -euo pipefail

here=$(dirname "$(realpath "$0")")
build=$(realpath "${1:-build}")
readonly here covered=$build/coverage
readonly tests=$here/..
# shellcheck disable=SC2034 # settings.sh reads it
build=$covered
# shellcheck disable=SC1091 # checked as a file of its own
source "$tests/programs/settings.sh"

find "$covered" -name '*.gcda' -delete
mkdir --parents "$covered/allocators"
ln --symbolic --force --no-dereference ../../allocators/tests "$covered/allocators/tests"
{
    echo '[the tests over instrumented phases]'
    "$tests/matrix.sh" "$covered" phases
} > "$covered/tests"
python3 "$tests/../../.ci/steps.py" "$covered/tests"

# The walk and the threads once more, with the invariants checked.
for path in "$tests"/../phases/*.c; do
    phase=$(basename "$path" .c)
    settings_of "$phase" | while read -r settings; do
        for test in 'fuzz 1 4000' ledger refill; do
            # shellcheck disable=SC2086 # settings and tests are words
            if ! timeout 600 env LD_PRELOAD="$covered/debug/lib$phase.so" $settings \
                "$covered"/allocators/tests/$test > "$covered/log" 2>&1; then
                tail --lines=30 "$covered/log" >&2
                exit 1
            fi
        done
    done
done
python3 "$here/report.py" "$covered" "$here/reasons"
