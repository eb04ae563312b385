#!/usr/bin/env bash
# command_line.sh -- slablab's words and exit statuses, as a user meets them. Usage: [BUILD]
# SPDX-License-Identifier: MIT
set -euo pipefail
cd "$(dirname "$0")/../.."
slablab=${1:-build}/slablab
output=$(mktemp --directory)
trap 'rm -rf "$output"' EXIT
failures=0

# expect STATUS TEXT WORD...: slablab WORD... exits with STATUS and prints TEXT somewhere.
expect() {
    local status=0
    "$slablab" "${@:3}" >"$output/all" 2>&1 || status=$?
    if [[ $status -ne $1 ]] || ! grep --quiet --fixed-strings -- "$2" "$output/all"; then
        echo "FAILED: slablab ${*:3}: status $status, wanted $1 and '$2'; it printed:"
        cat "$output/all"
        failures=$((failures + 1))
    fi
}

# narrow WORD...: slablab WORD... succeeds, and no line of it is wider than 80 columns.
narrow() {
    local status=0
    "$slablab" "$@" >"$output/all" 2>&1 || status=$?
    if [[ $status -ne 0 ]]; then
        echo "FAILED: slablab $*: status $status; it printed:"
        cat "$output/all"
        failures=$((failures + 1))
    elif grep --line-number '.\{81\}' "$output/all"; then
        echo "FAILED: slablab $*: wider than 80 columns"
        failures=$((failures + 1))
    fi
}

expect 0 'usage: slablab COMMAND' --help
expect 0 "slablab $(cat VERSION)" --version
expect 2 'usage: slablab COMMAND'
expect 2 "try: $slablab doctor" docter
expect 2 "; $slablab list allocators" gate experiments/gate.yaml --base baselin --head bump
expect 2 "unknown command 'xyzzy'" xyzzy
while read -r command; do
    expect 0 "usage: slablab $command" "$command" --help
    narrow "$command" --help
    expect 0 ".B slablab $command" manual "$command"
done < <("$slablab" --help | sed -n 's/^  \([a-z][a-z]*\) .*/\1/p')
expect 0 'SLABLAB 1 ' manual
expect 2 "try: $slablab manual" manual manuel
expect 2 'one of bash, zsh, fish is wanted' completion csh
none='is possible: [0-9]* comp\|impossible'
for experiment in experiments/*.yaml; do
    for form in '' --quick; do
        # shellcheck disable=SC2086 # no form is no word
        if "$slablab" plan "$experiment" $form 2>&1 | grep --quiet "$none"; then
            echo "FAILED: slablab plan $experiment $form: its blocks are too few for any verdict"
            failures=$((failures + 1))
        fi
    done
done
expect 2 'plan: one experiment is wanted, and 0 are given' plan
expect 2 'unknown or incomplete option' plan --slow experiments/null.yaml
expect 2 "--elsewhere '0%' is no half width" plan experiments/null.yaml --elsewhere 0%
expect 2 "--elsewhere '2' is no half width" plan experiments/null.yaml --elsewhere 2
expect 2 "--seed '0' is not a whole number above 0" plan experiments/null.yaml --seed 0
for command in run gate profile faults plan; do
    expect 2 "$command: --out '' names no folder" "$command" experiments/null.yaml --out ''
done
runs=(results/reference/null/*)
run=${runs[0]}
expect 2 "try: $slablab table $run" run "$run"
expect 2 "try: $slablab judge $run" gate "$run"
expect 2 "try: $slablab where $run" faults "$run"
expect 2 'nowhere.yaml: No such file or directory' plan nowhere.yaml
expect 2 "unknown kind 'nothing'" list nothing
expect 2 "one experiment is wanted, and it got 'none'" profile
expect 2 "not for one is --blocks '5'" run --blocks 5 experiments/null.yaml
expect 2 "'nll'" run -- baseline phase17-1 nll
expect 2 "and not also 'experiments/null.yaml'" faults experiments/null.yaml -- baseline null
expect 2 "an allocator's name is missing" profile --
expect 2 'an experiment needs a workload' profile -- baseline
expect 2 "slablab: command_line: unknown workload 'nul'" faults -- baseline nul
expect 2 "unknown allocator 'basline'" profile -- basline null
expect 2 "unknown or incomplete option '--rate'" faults --rate 5 experiments/null.yaml
expect 2 "--rate '0' is not a whole number from 1 to 50000" profile --rate 0 experiments/null.yaml
expect 2 "--blocks 'x' is not a whole number" profile --blocks x experiments/null.yaml
expect 2 "one experiment is wanted, and not also 'experiments/null.yaml'" \
    gate experiments/gate.yaml experiments/null.yaml
expect 2 "--seconds '0' is not a whole number" gate --seconds 0
expect 2 "--seed 'x' is not a whole number" gate experiments/gate.yaml --seed x
expect 2 'a gate needs to know what decides' gate experiments/null.yaml --base bump --head bump
expect 2 'one to 3 gates make a comment, and there are 0' comment
expect 2 '/gate.json: ' comment "$output"
expect 0 'page-faults' list events
expect 0 'fixed_random' list workloads
# Output that does not arrive is no success.
for words in --help --version list 'list events' 'list metrics --json' doctor 'run --help' \
    'plan experiments/null.yaml'; do
    for output_of in '>/dev/full' '>&-'; do
        status=0
        eval "$slablab $words $output_of" 2>"$output/all" || status=$?
        if [[ $status -ne 2 ]] || ! grep --quiet 'cannot print all of it' "$output/all"; then
            echo "FAILED: slablab $words $output_of: status $status; it printed:"
            cat "$output/all"
            failures=$((failures + 1))
        fi
    done
done
narrow --help
narrow list
narrow doctor
for experiment in experiments/*.yaml; do
    [ "$experiment" != experiments/claims.yaml ] || continue
    expect 0 'the baseline again, hidden:' plan "$experiment"
    expect 0 'form:        quick' plan "$experiment" --quick --seed 7
done
# Threads: how many CPUs samples have, and what their workloads report.
expect 0 'The mean over machines reaches' plan experiments/phase17.yaml --elsewhere 2%
expect 2 "no complete run of 'smoke' is stored" plan experiments/smoke.yaml --elsewhere 2% \
    --out "$output/nothing"
[ "$(nproc)" -eq 1 ] || expect 0 'for samples at most' plan experiments/threads.yaml
expect 0 'waits_for_room' list workloads
# A gate by counts, which say the same every time; the head that never frees has more faults.
counts=$output/counts.yaml
cat >"$counts" <<END
question: Does a gate see what it should?
baseline: baseline
workloads: [{run: fixed_random size=256 slots=400 operations=20000, start: cold}]
gate: {decides: [page_faults 5%], reports: [time 2%]}
END
export GITHUB_STEP_SUMMARY=$output/summary.md
gate=(gate "$counts" --out "$output" --record --base baseline)
expect 0 'verdict: PASS (0 of 3 rows failed' "${gate[@]}" --head baseline
expect 1 'verdict: FAIL (2 of 3 rows failed' "${gate[@]}" --head bump --explain
explained='page faults of the region  *base  *head  *change of control$'
if ! grep --quiet "$explained" "$output/all" || ! grep --quiet "$explained" "$output/summary.md" ||
    grep --quiet "$explained" "$output/history/counts.jsonl"; then
    echo "FAILED: slablab gate --explain: no page faults in the terminal and the job's summary" \
        'alone; it printed:'
    cat "$output/all"
    failures=$((failures + 1))
fi
unset GITHUB_STEP_SUMMARY
# What a cap leaves undecided is said to be; the plan, and with it its hash, has the cap.
fine=$output/fine.yaml
sed 's/^gate: .*/gate: {decides: [time 0.01%]}/' "$counts" >"$fine"
expect 3 'verdict: INCONCLUSIVE' gate "$fine" --out "$output" --base baseline --head baseline \
    --seconds 1
if ! grep --quiet '"seconds_in_all": 1.0' "$output"/fine/*/plan.json ||
    ! grep --quiet '"stopped_by": "seconds_max"' "$output"/fine/*/outcome.json; then
    echo "FAILED: slablab gate --seconds 1: the cap is not in its plan, or did not stop it"
    failures=$((failures + 1))
fi
# Killed as soon as it has recorded one more block, a gate goes on with the same command, and
# decides as it would. On a busy machine it may have decided before the kill.
killed=(gate "$counts" --out "$output/killed" --base baseline --head bump --seed 5)
for blocks in 1 2 3; do
    "$slablab" "${killed[@]}" >"$output/all" 2>&1 &
    until [[ $(cat "$output"/killed/counts/*/samples.jsonl 2>/dev/null | wc --lines) -ge $blocks ]]
    do
        kill -0 "$!" 2>/dev/null || break
        sleep 0.01
    done
    kill -KILL "$!" 2>/dev/null || true
    wait "$!" 2>/dev/null || true
done
expect 1 'verdict: FAIL (2 of 3 rows failed' "${killed[@]}"
if grep --quiet '"object": *"//' "$output"/killed/counts/*/samples.jsonl; then
    echo 'FAILED: slablab gate: the slashes that make paths equally long are in its samples'
    failures=$((failures + 1))
fi
if ! { grep --quiet ': PASS$' "$output/summary.md" && grep --quiet ': FAIL$' "$output/summary.md" &&
    [[ $(wc --lines <"$output/history/counts.jsonl") -eq 2 ]] && python3 -c '
import sys, xml.dom.minidom
for path in sys.argv[1:]: xml.dom.minidom.parse(path)' "$output"/counts/*-gate/gate.xml; }; then
    echo "FAILED: slablab gate: its job summary, history or XML: see $output"
    failures=$((failures + 1))
fi
# A user without rights: the program's own time and faults, and what is hidden is said.
nobody=(setpriv --reuid 65534 --regid 65534 --clear-groups "$slablab")
if [[ $(id -u) -eq 0 ]] && "${nobody[@]}" --version >"$output/all" 2>&1; then
    chmod 777 "$output"
    slablab=as_nobody
    as_nobody() { "${nobody[@]}" "$@" --out "$output" --blocks 1 --fresh; }
    expect 0 'this user may not sample the kernel' profile experiments/planted.yaml
    expect 0 'it is unknown who mapped memory' faults experiments/planted.yaml
fi
[[ $failures -eq 0 ]] && echo "command line: all as expected"
