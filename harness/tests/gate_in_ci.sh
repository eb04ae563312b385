#!/usr/bin/env bash
# gate_in_ci.sh -- what a gate leaves to a CI job: an exit status, a warning, a comment.
#
# Six blocks of one row that decides are INCONCLUSIVE whatever they hold: a PASS takes 13. Usage:
# [BUILD]
#
# SPDX-License-Identifier: MIT
set -euo pipefail
cd "$(dirname "$0")/../.."
slablab=${1:-build}/slablab
output=$(mktemp --directory)
trap 'rm -rf "$output"' EXIT
failures=0
unset GITHUB_ACTIONS GITHUB_STEP_SUMMARY

cat >"$output/short.yaml" <<END
question: What does a gate say whose cap comes first?
baseline: baseline
workloads: [{run: fixed_random size=256 slots=400 operations=20000, start: cold}]
gate: {decides: [page_faults 5%], without: [time_tail, process_time, process_page_faults]}
stop: {blocks_max: 6}
END

# gate STATUS TEXT WORD...: slablab gate exits with STATUS and prints TEXT ('' is not looked for).
gate() {
    local status=0
    "$slablab" gate "$output/short.yaml" --base baseline --head baseline --seed 3 --fresh --wait \
        --out "$output" "${@:3}" >"$output/all" 2>&1 || status=$?
    if [[ $status -ne $1 ]] || ! grep --quiet --fixed-strings -- "$2" "$output/all"; then
        echo "FAILED: gate ${*:3}: status $status, wanted $1 and '$2'; it printed:"
        cat "$output/all"
        failures=$((failures + 1))
    fi
}

gate 3 'verdict: INCONCLUSIVE'
gate 1 'verdict: INCONCLUSIVE' --inconclusive=fail
gate 0 'verdict: INCONCLUSIVE' --inconclusive=pass
if grep --quiet 'warning' "$output/all"; then
    echo "FAILED: --inconclusive=pass warns"
    failures=$((failures + 1))
fi
gate 0 'slablab: warning: INCONCLUSIVE: the cap came before' --inconclusive=warn
GITHUB_ACTIONS=true gate 0 '::warning title=slablab gate::INCONCLUSIVE' --inconclusive=warn
gate 2 "--inconclusive 'no' is none of fail, pass and warn" --inconclusive=no
if ! grep --quiet '"verdict": *"inconclusive"' "$output"/short/*-gate/gate.json; then
    echo "FAILED: gate.json does not say inconclusive"
    failures=$((failures + 1))
fi
# The history may be anywhere: in a branch of its own, say.
gate 3 'verdict: INCONCLUSIVE' --record="$output/kept" --label first
gate 3 'verdict: INCONCLUSIVE' --record="$output/kept" --label second
gate 2 "--record '' names no folder" --record=
if [[ $(grep --count '"label": *"\(first\|second\)"' "$output/kept/short.jsonl") -ne 2 ]] ||
    [[ -e $output/history ]]; then
    echo "FAILED: --record=DIR: two gates are not in DIR/short.jsonl"
    failures=$((failures + 1))
fi
# Two gates are one comment, which begins with what a job looks for.
runs=("$output"/short/*-gate)
comment=$("$slablab" comment "${runs[@]:0:2}")
if [[ $(head -1 <<<"$comment") != '<!-- slablab comment -->' ]] ||
    [[ $(grep --count '^## slablab gate: short: INCONCLUSIVE' <<<"$comment") -ne 2 ]] ||
    ! grep --quiet '^Effects are .* False alarms' <<<"$comment"; then
    echo "FAILED: slablab comment ${runs[*]:0:2}; it printed:"
    echo "$comment"
    failures=$((failures + 1))
fi
[[ $failures -eq 0 ]] && echo "gate in CI: every status and word is there"
