#!/usr/bin/env bash
# ci_examples.sh -- the command lines in docs/ci, run as they stand there. Usage: [BUILD]
#
# Base and head are this checkout's commit, and results go to a folder of the test's own; nothing
# else is changed. Equal code must pass, and leave what the files collect.
#
# SPDX-License-Identifier: MIT
set -euo pipefail
cd "$(dirname "$0")/../.."
build=${1:-build}
output=$(mktemp --directory)
trap 'rm -rf "$output"' EXIT
failures=0

if ! commit=$(git -c safe.directory='*' rev-parse --verify --quiet 'HEAD^{commit}'); then
    echo "skipped: no git checkout, so there are no revisions to compare"
    exit 0
fi
python=$(for python in python3 /usr/bin/python3; do
    "$python" -c 'import yaml' 2>/dev/null && echo "$python" && break
done) || { echo "skipped: no python3 has yaml; try: apt-get install python3-yaml" && exit 0; }

for file in docs/ci/github.yml docs/ci/gitlab.yml; do
    results=$output/$(basename "$file" .yml)
    "$python" harness/tests/ci_commands.py "$file" |
        sed "s|build/slablab gate|$build/slablab gate --out $results --seed 1 --wait|" \
            >"$output/text"
    status=0
    BASE=$commit CI_MERGE_REQUEST_DIFF_BASE_SHA=$commit REFERENCE=$commit \
        bash -euo pipefail "$output/text" >"$output/log" 2>&1 || status=$?
    # Void by chance, once in a hundred: the control arm.
    if [[ $status -ne 0 && $status -ne 4 ]]; then
        echo "FAILED: $file: status $status; it printed:"
        cat "$output/log"
        failures=$((failures + 1))
    fi
    for report in gate.md gate.xml gate.json; do
        if ! ls "$results"/counts/*-gate/"$report" >/dev/null 2>&1 ||
            ! grep --quiet results/counts/ "$file"; then
            echo "FAILED: $file: its results/counts/ holds no $report"
            failures=$((failures + 1))
        fi
    done
done
[[ $failures -eq 0 ]] && echo "examples of CI: all run"
