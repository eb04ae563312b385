#!/usr/bin/env bash
# layouts.sh -- a run and gates whose arms have several links, of phases and of revisions. Usage:
# [BUILD]
#
# Whatever the verdicts: how fast anything is decides nothing here.
#
# SPDX-License-Identifier: MIT
set -euo pipefail
cd "$(dirname "$0")/../.."
build=${1:-build}
output=$(mktemp --directory)
trap 'rm -rf "$output"' EXIT

give_up() {
    cat "$output/said" >&2
    printf 'layouts.sh: %s\n' "$1" >&2
    exit 1
}

# says TEXT FILE
says() {
    grep --quiet --fixed-strings -- "$1" "$2" || give_up "no '$1' in $2"
}

tells_of_links() {
    grep --quiet --extended-regexp 'one link alone may show|no spread between links' "$1" ||
        give_up "nothing of one link in $1"
}

# check_run RUN: its plan, its attestation and its samples.
check_run() {
    /usr/bin/python3 - "$1" <<'END'
import json, pathlib, sys
run = pathlib.Path(sys.argv[1])
plan = json.loads((run / "plan.json").read_text())
assert plan["layouts"]["links"] == 3 and "ld" in plan["layouts"]["linker"], plan["layouts"]
links = {arm["id"]: [link["build_id"] for link in arm.get("links", [])] for arm in plan["arms"]}
assert [len(set(found)) for found in links.values()] == [3, 3, 3, 0], links
assert links["baseline"] == links["control"] != links["ss-reuse"]
attested = json.loads((run / "attestation.json").read_text())["links"]
assert [(one["arm"], one["link"], one["build_id"]) for one in attested] == [
    (arm, i, links[arm][i]) for arm in ("baseline", "ss-reuse") for i in range(3)
]
drawn = set()
for line in (run / "samples.jsonl").read_text().splitlines():
    block = {sample["arm"]: sample for sample in json.loads(line)["samples"]}
    assert "link" not in block["glibc"]
    assert block["baseline"]["link"] != block["control"]["link"]
    for arm in ("baseline", "control", "ss-reuse"):
        assert block[arm]["build_id"] == links[arm][block[arm]["link"]]
    drawn.add((block["baseline"]["link"], block["ss-reuse"]["link"]))
assert len(drawn) == 9, drawn  # of 60 blocks each pair of links is in some, all but surely
END
}

cat > "$output/links.yaml" <<'END'
question: Does a link matter?
baseline: baseline
arms: [ss-reuse, glibc]
layouts: 3
workloads:
  - {run: fixed_random size=64 slots=100 operations=4000}
gate: {decides: [time 90%], without: [time_tail, process_time]}
stop: {blocks_max: 60}
END

# Each arm that is built here has three links, the peer one; samples tell which.
"$build/slablab" run "$output/links.yaml" --out "$output/runs" > "$output/said" 2>&1 ||
    [ $? = 4 ] || give_up "the run failed"
run=$(echo "$output"/runs/links/*)
check_run "$run" > "$output/said" 2>&1 || give_up "the run's records"

# A gate of phases, and one of a revision against itself, whose links are the phase's own.
"$build/slablab" gate "$output/links.yaml" --base baseline --head baseline --seed 7 \
    --out "$output/runs" > "$output/said" 2>&1 || [ $? != 2 ] || give_up "a gate of phases"
says "the same build" "$output/said"
tells_of_links "$output/said"
gate=$(echo "$output"/runs/links/*-gate)
tells_of_links "$gate/gate.md"
"$build/slablab" judge "$gate" > "$output/said" 2>&1 || give_up "its rows derived again"
says "one link alone" "$output/said"

# The same links as files; and what is not built here has none.
"$build/slablab" layouts baseline --links 3 > "$output/files" 2> "$output/said" ||
    give_up "its links as files"
[ "$(grep --count '/layouts/.*/baseline\.00[012]\.so$' "$output/files")" = 3 ] ||
    give_up "other files: $(cat "$output/files")"
for wrong in "glibc" "nothing" "baseline --links 0" "baseline --links"; do
    # shellcheck disable=SC2086 # words
    "$build/slablab" layouts $wrong > "$output/said" 2>&1 && give_up "layouts $wrong"
    [ $? = 2 ] || give_up "the status of layouts $wrong"
done

git rev-parse --verify --quiet HEAD > "$output/said" ||
    { echo "skipped: no revision here"; exit 0; }
"$build/slablab" gate "$output/links.yaml" --base HEAD:baseline --head HEAD:ss-reuse --seed 7 \
    --out "$output/revisions" > "$output/said" 2>&1 || [ $? != 2 ] ||
    give_up "a gate of revisions"
says '"links": 3' "$(echo "$output"/revisions/links/*-gate)/plan.json"
tells_of_links "$output/said"
