#!/usr/bin/env bash
# instruments.sh -- profile and faults over every phase and peer, and over every workload. Usage:
# [BUILD]
#
# Every ledger must add up to getrusage's count with nothing unplaced, whole and in the region;
# every profile must lose nothing and name what it sampled; what was planted must be found.
#
# SPDX-License-Identifier: MIT
set -euo pipefail
cd "$(dirname "$0")/../.."
build=${1:-build}
output=$(mktemp --directory)
trap 'rm -rf "$output"' EXIT

if [ "$(id -u)" -ne 0 ]; then
    echo "skipped: a user that may not record the kernel cannot see every fault"
    exit 0
fi

{
    echo "question: Does every page fault have a place?"
    echo "baseline: baseline"
    echo "arms:"
    "$build/slablab" list allocators | awk '$2 == "phase," || $2 == "peer," { print $1 }' |
        grep --invert-match --line-regexp baseline |
        while read -r allocator; do
            settings=""
            for variable in SLABLAB_SMALLMID SLABLAB_PREWARM; do
                grep --quiet --text "$variable" "$build/lib$allocator.so" 2>/dev/null || continue
                settings+=" $variable=1"
            done
            echo "  - $allocator$settings"
        done
    printf '  - ss-prewarm SLABLAB_PREWARM=1 SLABLAB_PREWARM_METHOD=%s\n' populate hugepage
    echo "workloads:"
    printf '  - run: %s operations=5000\n' null random_mixed sawtooth \
        'hand_over threads=1,3 slots=500'
    echo '  - run: "fixed_random size=5000 slots=400 operations=5000"' # the C library's tier
} >"$output/all.yaml"
{
    printf '%s\n' 'question: And of every workload?' 'baseline: baseline' 'arms: [glibc]' workloads:
    for workload in $("$build/slablab" list workloads | awk '/^[a-z]/ { print $1 }'); do
        [[ $workload != contract ]] || continue # attestation's own; an operation is a whole pass
        echo "  - run: \"$workload operations=5000\""
    done
} >"$output/each.yaml"
cat >"$output/planted.yaml" <<'YAML'
question: Is what was planted found?
baseline: baseline
workloads: [{run: planted pages=1000 operations=3000}]
YAML

# look COMMAND EXPERIMENT BLOCKS -- a run whose control differs by chance, as one in a hundred does,
# is void; its records are held against what must be true of them all the same.
look() {
    local -r words=("$1" "$output/$2.yaml" --blocks "$3" --out "$output")
    if ! "$build/slablab" "${words[@]}" >"$output/log" 2>&1 &&
        ! grep --quiet 'the control arm differs' "$output/log"; then
        cat "$output/log"
        exit 1
    fi
}

for experiment in all each; do
    look faults "$experiment" 1
    look profile "$experiment" 1
done
look profile planted 12
look faults planted 2
python3 harness/tests/check_instruments.py "$output"
