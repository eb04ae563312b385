#!/usr/bin/env bash
# scatter.sh -- a share whose units are missing, in any order, of another plan. Usage: [BUILD]
# SPDX-License-Identifier: MIT
set -euo pipefail
cd "$(dirname "$0")/../.."
build=$(realpath "${1:-build}")
work=$(mktemp --directory)
trap 'rm -rf "$work"' EXIT
. harness/tests/fixtures/expect.sh
slablab=$build/slablab

# experiment BLOCKS FILE
experiment() {
    cat >"$2" <<END
question: Do shards give a run?
baseline: baseline
arms: [phase17-1 SLABLAB_SMALLMID=1]
workloads:
  - {run: null operations=1, start: cold}
  - {run: null operations=2, start: cold}
stop: {blocks_max: $1}
END
}
experiment 6 "$work/tiny.yaml"
experiment 4 "$work/other.yaml"

expect 2 'one experiment and --dir SHARE are wanted' scatter "$work/tiny.yaml"
expect 2 "--units '0' is not a whole number" scatter "$work/tiny.yaml" --dir "$work/x" --units 0
expect 2 "--print 'pbs' is none of sbatch, parallel" scatter x.yaml --dir x --print pbs
expect 2 'No such file or directory' work "$work/nowhere"
expect 2 "--part '5/4' is no part of a whole" work "$work/nowhere" --part 5/4
mkdir "$work/empty"
expect 2 'No such file or directory' gather "$work/empty"

share=$work/share
expect 0 '6 units of 2 blocks' scatter "$work/tiny.yaml" --dir "$share" --units 6
expect 2 'is a share already' scatter "$work/tiny.yaml" --dir "$share"
expect 2 'no unit is done yet' gather "$share"

cp --recursive "$share" "$work/half" && rm "$work/half/scatter.json"
expect 2 'is no share, or scatter has not ended' work "$work/half"

# A part of it is a run already, and says what is missing.
expect 0 'no unit is left' work "$share" --part 2/2
expect 3 'gathered: 3 of 6 units, 6 blocks, of 1 machine' gather "$share"
expect 3 'missing: 3 units, of which 0 are held' gather "$share"
check 'an unfinished run has no outcome' test ! -e "$share/run/outcome.json"
check 'a unit before which one is missing begins the run' \
    grep --quiet '"block":0,.*"scattered_block":2' "$share/run/samples.jsonl"
expect 0 'no unit is left' work "$share" --part 1/2
expect 0 'gathered: 6 of 6 units, 12 blocks, of 1 machine' gather "$share" --out "$work/first"
check 'a whole run has an outcome' test -s "$work/first/outcome.json"

# The same shards, in whatever order they came, are the same bytes.
cp --recursive "$share" "$work/again"
rm --recursive "$work/again/shards" "$work/again/run" && mkdir "$work/again/shards"
for shard in $(find "$share/shards" -name '*.jsonl' -printf '%f\n' | sort --reverse); do
    cp "$share/shards/$shard" "$work/again/shards/"
done
expect 0 '6 of 6 units' gather "$work/again" --out "$work/second"
check 'the order of shards changes nothing' diff --recursive "$work/first" "$work/second"

# Another plan's shard, half a shard, and another machine's work are refused.
expect 0 '2 units of 4 blocks' scatter "$work/other.yaml" --dir "$work/other" --units 2
expect 0 'no unit is left' work "$work/other"
cp "$work/other/shards/c000-b00000.jsonl" "$work/again/shards/"
expect 2 'it is of another plan, and two plans are not mixed' gather "$work/again"
head --lines=1 "$share/shards/c000-b00000.jsonl" >"$work/again/shards/c000-b00000.jsonl"
expect 2 'it lacks blocks' gather "$work/again"
cp "$share/shards/c001-b00000.jsonl" "$work/again/shards/c000-b00000.jsonl"
expect 2 'it holds another block than its name says' gather "$work/again"

# A plan that was changed since belongs to no unit.
sed --in-place 's/"margin": 0.02/"margin": 0.03/' "$work/other/plan.json"
expect 2 'its plan.json was changed since it was written' work "$work/other"

# A machine of the same name that was booted otherwise, as a clone was, is another one.
machine=$(basename "$share"/machines/*)
cp --recursive "$share" "$work/clone"
sed --in-place 's/"boot": "[0-9a-f]*"/"boot": "0123456789abcdef"/' \
    "$work/clone/machines/$machine/machine.json"
rm "$work/clone/shards/c001-b00004.jsonl" && touch "$work/clone/units/todo/c001-b00004"
expect 0 'no unit is left' work "$work/clone"
expect 0 '12 blocks, of 2 machines' gather "$work/clone"
check 'both machines are described' test -s "$work/clone/run/machine.$machine.json"
sed --in-place '0,/"checksum": "/s//"checksum": "1/' \
    "$work/clone/machines/$machine/attestation.json"
expect 2 'did not do the same work' gather "$work/clone"

# Links travel with the rest; who builds there has none. Every sample names its own.
{ cat "$work/tiny.yaml" && echo 'layouts: 3'; } >"$work/linked.yaml"
expect 2 'machines that build the phases cannot link them 3 times' \
    scatter "$work/linked.yaml" --dir "$work/linked" --build-here
check 'a refused share is none' test ! -e "$work/linked"
expect 0 'units of' scatter "$work/linked.yaml" --dir "$work/linked" --units 4
expect 0 'no unit is left' work "$work/linked"
expect 0 '12 blocks, of 1 machine' gather "$work/linked"
check 'the plan holds links of every arm' test \
    "$(grep --only-matching 'links/[0-9a-f]*/[a-z0-9-]*\.00[0-2]\.so' "$work/linked/run/plan.json" |
        sort --unique | wc --lines)" = 6
check 'a link is drawn in each block' test \
    "$(grep --only-matching '"build_id":"[0-9a-f]*"' "$work/linked/run/samples.jsonl" |
        sort --unique | wc --lines)" -gt 3
expect 0 'link' components "$work/linked/run"
rm "$work"/linked/bin/links/*/baseline.002.so
expect 2 'linked' work "$work/linked"

# Workers that begin together, as containers of one machine, do not disturb one another.
expect 0 '6 units of 2 blocks' scatter "$work/tiny.yaml" --dir "$work/crowd" --units 6
crowd=()
for one in 1 2 3 4 5 6 7 8; do
    SLABLAB_LOCK=$work/lock-$one "$slablab" work "$work/crowd" --wait >>"$work/crowd.txt" 2>&1 &
    crowd+=($!)
done
for one in "${crowd[@]}"; do
    check 'a worker among others' wait "$one"
done
expect 0 '12 blocks, of 1 machine' gather "$work/crowd"

# A few kills; harness/bench/requeue.sh has the many.
check 'kills lose nothing' harness/bench/requeue.sh "$build" 6

[[ $failures -eq 0 ]] && echo 'scatter: every unit counted once'
exit $((failures > 0))
