#!/usr/bin/env bash
# requeue.sh -- workers of a share killed at random moments: is a unit lost, does one count twice?
#
# Usage: requeue.sh BUILD KILLS [SEED]. Three workers at a time, each with a machine's lock of its
# own as if it were alone on a machine, are killed by SIGKILL after 0 to .7 s and begun again, until
# so many were killed; then one works to the end. A share that is done before is gathered, checked
# and followed by another.
#
# SPDX-License-Identifier: MIT
set -euo pipefail
cd "$(dirname "$0")/../.."
build=$(realpath "$1")
readonly build kills=$2
RANDOM=${3:-1}
readonly cells=2 blocks=120 units=30
work=$(mktemp --directory)
trap 'rm -rf "$work"' EXIT

cat >"$work/tiny.yaml" <<END
question: Does every unit count once, whichever worker is killed, and when?
baseline: baseline
arms: [phase17-1 SLABLAB_SMALLMID=1]
workloads:
  - {run: fixed_random size=256 slots=400 operations=2000, start: cold}
  - {run: null operations=1, start: cold}
stop: {blocks_max: $blocks}
END
export SLABLAB_LOCK=$work/lock
killed=0 shares=0 whole=0

share() {
    shares=$((shares + 1))
    "$build/slablab" scatter "$work/tiny.yaml" --dir "$work/share-$shares" --units $units \
        --lease 1 >/dev/null
}

# finish: the share is worked to its end, and holds every block of every cell once.
finish() {
    local -r folder=$work/share-$shares
    "$build/slablab" work "$folder" --wait 2>/dev/null
    "$build/slablab" gather "$folder" >"$work/gathered" || [ $? -eq 4 ]
    grep --quiet "^gathered: $units of $units units, $((cells * blocks)) blocks" "$work/gathered" ||
        { cat "$work/gathered"; return 1; }
    local seen
    seen=$(grep --only-matching '"cell":"[^"]*","block":[0-9]*' "$folder/run/samples.jsonl" |
        sort --unique | wc --lines)
    [ "$seen" -eq $((cells * blocks)) ] ||
        { echo "FAILED: $seen blocks, each counted once"; return 1; }
    [ -z "$(find "$folder/units" -type f)" ] ||
        { echo 'FAILED: a unit is still claimed'; return 1; }
    whole=$((whole + 1))
}

share
while [ "$killed" -lt "$kills" ]; do
    workers=()
    for one in 1 2 3; do
        SLABLAB_LOCK=$work/lock-$one "$build/slablab" work "$work/share-$shares" --wait \
            2>/dev/null &
        workers+=($!)
    done
    for worker in "${workers[@]}"; do
        sleep "0.$(printf '%03d' $((RANDOM % 700)))"
        if kill -KILL "$worker" 2>/dev/null; then
            killed=$((killed + 1))
        fi
    done
    wait "${workers[@]}" 2>/dev/null || true
    if [ "$(find "$work/share-$shares/shards" -name '*.jsonl' | wc --lines)" -eq $units ]; then
        finish
        share
    fi
done 2>/dev/null # of the shell, which tells of every one that was killed
finish
echo "$killed workers killed; $whole shares of $units units: no unit lost, none counted twice"
