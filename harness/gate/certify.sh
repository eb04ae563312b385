#!/usr/bin/env bash
# certify.sh -- asks the gate some hundred times about planted changes, and keeps its answers.
#
#   certify.sh BUILD OUT NULLS GATES SEED
#
# First a run of fixed length, which says how large the planted changes of time are. Then NULLS
# gates of same against same and GATES of each planted change (twice as many of time+2), one at a
# time, in an order drawn from SEED, so that all share the weather. Each appends one line to
# OUT/gates.jsonl when it has ended: the variant, the exit status, the seconds and gate.json. Its
# samples are kept without weather and objects in OUT/samples/, about 190 bytes a block (27 once
# `make certificate` has packed them); the rest of its folder is dropped. Started again, it goes on
# where it stopped: a gate is in the file or it is not.
#
# SPDX-License-Identifier: MIT
set -euo pipefail
cd "$(dirname "$0")/../.."
build=$(realpath "$1")
mkdir --parents "$2/samples"
out=$(realpath "$2")
readonly build out nulls=$3 gates=$4 seed=$5
readonly lines=$out/gates.jsonl scratch=$out/unfinished
python=$(make --silent print-python)
commit=$(git -c safe.directory='*' describe --always --dirty --abbrev=40 --exclude='*')
readonly python commit

# variant, base, head, experiment: the base is planted where the head is to be better. The gate
# makes a promise of time+2, so it is there twice.
variants() {
    cat <<'TABLE'
null            same   same            certify
time+1          same   time+1          certify
time+2          same   time+2          certify
time+2          same   time+2          certify
time+5          same   time+5          certify
time-2          time+2 same            certify
faults+10       same   faults+10       certify_counts
vm_hwm+5        same   vm_hwm+5        certify_counts
mmap-per-refill same   mmap-per-refill certify_counts
instructions+1  same   instructions+1  certify_instructions
TABLE
}

# One line of the table for each gate, in the order that SEED gives.
schedule() {
    variants | awk -v nulls="$nulls" -v gates="$gates" -v seed="$seed" '
        BEGIN { srand(seed) }
        { for (i = $1 == "null" ? nulls : gates; i > 0; i--) printf "%.9f %s\n", rand(), $0 }' |
        sort --numeric-sort | sed 's/^[^ ]* //'
}

in_file() {
    grep --count --fixed-strings "{\"variant\": \"$1\"," "$lines" || true
}

# A crash may have left the beginning of a line.
drop_torn_line() {
    touch "$lines"
    if [[ -s $lines && $(tail --bytes=1 "$lines" | wc --lines) -eq 0 ]]; then
        sed --in-place '$d' "$lines"
    fi
}

# one VARIANT BASE HEAD EXPERIMENT SEED NUMBER: a gate, and its line.
one() {
    local status=0 folder kept
    local -r began_us=${EPOCHREALTIME/[^0-9]/}
    rm --recursive --force "$scratch"
    "$build/slablab" gate "experiments/$4.yaml" --base "$build/planted/lib$2.so" \
        --head "$build/planted/lib$3.so" --out "$scratch" --fresh --seed "$5" \
        >"$out/last_gate.txt" 2>&1 || status=$?
    if [[ ! $status =~ ^[0134]$ ]]; then
        cat "$out/last_gate.txt" >&2
        echo "certify: the gate of $1 ended with status $status, and is not kept" >&2
        echo "  try: the same command resumes with the next gate" >&2
        exit "$status"
    fi
    local -r milliseconds=$(((${EPOCHREALTIME/[^0-9]/} - began_us) / 1000))
    folder=$(echo "$scratch/$4"/*-gate)
    kept=samples/$(printf '%s-%03d' "$1" "$6").csv
    "$python" -m analysis.gate.compact "$folder" "$out/$kept"
    cp "$folder/machine.json" "$out/machine.json"
    {
        printf '{"variant": "%s", "base": "%s", "head": "%s", "experiment": "%s", "seed": %d, ' \
            "$1" "$2" "$3" "$4" "$5"
        printf '"commit": "%s", "status": %d, "wall_ms": %d, "samples": "%s", "gate": %s}\n' \
            "$commit" "$status" "$milliseconds" "$kept" "$(tr --delete '\n' <"$folder/gate.json")"
    } >"$scratch/line"
    cat "$scratch/line" >>"$lines" # one write
    sync "$lines"
    rm --recursive --force "$scratch"
    printf '%-16s %4d  status %d  %7d ms\n' "$1" "$6" "$status" "$milliseconds"
}

if ! compgen -G "$out/planted_changes/*/outcome.json" >/dev/null; then
    "$build/slablab" run experiments/planted_changes.yaml --seed "$seed" --out "$out"
fi
drop_torn_line
declare -A left number
for variant in $(variants | awk '{ print $1 }'); do
    left[$variant]=$(in_file "$variant")
    number[$variant]=0
done
place=0
while read -r variant base head experiment; do
    place=$((place + 1))
    number[$variant]=$((number[$variant] + 1))
    if [[ ${left[$variant]} -gt 0 ]]; then
        left[$variant]=$((left[$variant] - 1))
    else
        one "$variant" "$base" "$head" "$experiment" $((seed * 10000 + place)) "${number[$variant]}"
    fi
done < <(schedule)
echo "certify: all $place gates are in $lines"
