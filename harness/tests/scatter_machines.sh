#!/usr/bin/env bash
# scatter_machines.sh -- what is equal on all machines of a share, and what may differ.
#
# Usage: [BUILD]. A second machine is this one after another boot, as a clone is.
#
# SPDX-License-Identifier: MIT
set -euo pipefail
cd "$(dirname "$0")/../.."
build=$(realpath "${1:-build}")
work=$(mktemp --directory)
trap 'rm -rf "$work"' EXIT
. harness/tests/fixtures/expect.sh
unset CC

# boot_again SHARE: this machine is another one from here on.
boot_again() {
    sed --in-place 's/"boot": "[0-9a-f]*"/"boot": "0123456789abcdef"/' "$1"/machines/*/machine.json
}

# of_samples RUN JQ: what jq says of all samples, each value once.
of_samples() {
    jq --raw-output ".samples[] | $2" "$1/samples.jsonl" | sort --unique
}

cat >"$work/machines.yaml" <<END
question: Do machines do the same work?
baseline: baseline
arms: [phase17-1]
workloads: [{run: fixed_random size=256 slots=400, start: warm}]
stop: {blocks_max: 2}
END
readonly once=$work/once own=$work/own

# Operations are calibrated once; each machine attests.
expect 0 '2 units of 1 blocks' scatter "$work/machines.yaml" --dir "$once" --units 2
calibrated=$(sha256sum "$once/calibration.json")
expect 0 'no unit is left' work "$once" --part 1/2
boot_again "$once"
expect 0 'attesting: fixed_random' work "$once" --part 2/2
expect 0 'gathered: 2 of 2 units, 2 blocks, of 2 machines' gather "$once"
check 'calibrated once' test "$(sha256sum "$once/calibration.json")" = "$calibrated"
check 'all did the same operations' test "$(of_samples "$once/run" .operations | wc --lines)" -eq 1
check 'each has attested' test "$(find "$once/machines" -name attestation.json | wc --lines)" -eq 2
check 'each arm is one file' test \
    "$(of_samples "$once/run" 'select(.arm == "baseline") | .build_id' | wc --lines)" -eq 1
other=$(find "$once/machines" -name attestation.json | head --lines=1)
jq '.cells[0].arms[0].build_id = "0123"' "$other" >"$work/changed"
cp "$work/changed" "$other"
expect 2 'did not do the same work' gather "$once"

# Each builds by a compiler of its own.
expect 0 '2 units of 1 blocks' scatter "$work/machines.yaml" --dir "$own" --units 2 --build-here
cp --recursive "$own" "$work/broken"
expect 0 'building: phase17-1' work "$own" --part 1/2
CC='gcc -O1' expect 2 "were built by gcc, and CC names gcc -O1" work "$own"
boot_again "$own"
CC='gcc -O1' expect 0 'building: phase17-1' work "$own"
expect 0 'gathered: 2 of 2 units, 2 blocks, of 2 machines' gather "$own"
check 'gather names the compiler' grep --quiet 'built on their machines by: gcc: GCC: ' "$work/all"
check 'and the other' grep --quiet 'built on their machines by: gcc -O1: GCC: ' "$work/all"
check 'and that they differ' grep --quiet 'the compiler differs from machine to machine' "$work/all"
check 'an arm has a build-id on each machine' test \
    "$(of_samples "$own/run" 'select(.arm == "baseline") | .build_id' | wc --lines)" -eq 2
check 'its file is called as in the plan' test \
    "$(of_samples "$own/run" 'select(.arm == "baseline") | .object')" = bin/libbaseline.so
check 'each block names its compiler' test \
    "$(jq --raw-output .compiler "$own/run/samples.jsonl" | sort --unique | wc --lines)" -eq 2
check 'the builds are in the run' test \
    "$(find "$own/run" -name 'build.*.json' | wc --lines)" -eq 2
for object in "$own"/machines/*/build/libbaseline.so; do
    jq --raw-output .build_ids.baseline "$(dirname "$object")/build.json"
done | sort >"$work/built"
check 'they are what was measured' diff "$work/built" \
    <(of_samples "$own/run" 'select(.arm == "baseline") | .build_id')
echo '#error no such compiler' >>"$work/broken/allocators/phases/baseline.c"
expect 2 'error no such compiler' work "$work/broken"
check 'half a build is none' test -z "$(find "$work/broken/machines" -name 'build*')"

[[ $failures -eq 0 ]] && echo 'scatter: machines differ in what they may'
exit $((failures > 0))
