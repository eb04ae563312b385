#!/usr/bin/env bash
# job_files.sh -- what `slablab scatter --print` prints, run as far as it can be. Usage: [BUILD]
#
# The share's path has a comma and an ampersand, which YAML and shells take for their own. Slurm
# runs its job file in .ci/slurm.sh.
#
# SPDX-License-Identifier: MIT
set -euo pipefail
cd "$(dirname "$0")/../.."
build=$(realpath "${1:-build}")
work=$(mktemp --directory)
trap 'rm -rf "$work"' EXIT
. harness/tests/fixtures/expect.sh

# print ENGINE [WORD...]: the job file of three workers
print() {
    "$build/slablab" scatter "$work/tiny one.yaml" --dir "$work/a,&share" --workers 3 --print "$@"
}

# yaml FILE PYTHON: what Python says of `job`, the file's content
yaml() {
    python3 -c "import sys, yaml; job = yaml.safe_load(open(sys.argv[1])); print($2)" "$1"
}

cat >"$work/tiny one.yaml" <<END
question: Does the job file work?
baseline: baseline
workloads: [{run: null operations=1, start: cold}]
stop: {blocks_max: 3}
END
"$build/slablab" scatter "$work/tiny one.yaml" --dir "$work/a,&share" --units 3 >/dev/null
cp --recursive "$work/a,&share" "$work/fresh"

for engine in sbatch parallel kubernetes github; do
    print "$engine" >"$work/$engine"
    check "$engine: at most 15 lines" test "$(wc --lines <"$work/$engine")" -le 15
done

for engine in sbatch parallel; do
    if command -v shellcheck >/dev/null; then
        check "$engine: shellcheck" shellcheck --shell=bash "$work/$engine"
    else
        echo 'skip: shellcheck is not installed'
    fi
done
check 'sbatch: an array of three' grep --quiet --line-regexp '#SBATCH --array=1-3' "$work/sbatch"
check 'sbatch: its last line works' bash "$work/sbatch" 2>/dev/null
check 'sbatch: and does all units' "$build/slablab" gather "$work/a,&share" --out "$work/one" \
    >/dev/null

if command -v parallel >/dev/null; then
    rm --recursive "$work/a,&share" && cp --recursive "$work/fresh" "$work/a,&share"
    mkdir "$work/home"
    check 'parallel: on this host without ssh' env HOME="$work/home" bash "$work/parallel" : \
        2>/dev/null
    check 'parallel: does all units' "$build/slablab" gather "$work/a,&share" --out "$work/two" \
        >/dev/null
else
    echo 'skip: parallel is not installed'
fi

if python3 -c 'import yaml' 2>/dev/null; then
    check 'kubernetes: an indexed Job of three' test "$(yaml "$work/kubernetes" \
        'job["apiVersion"], job["kind"], *(job["spec"][key] for key in ("completionMode",
            "completions", "parallelism"))')" = 'batch/v1 Job Indexed 3 3'
    check 'kubernetes: its containers work' test "$(yaml "$work/kubernetes" \
        '*(box["command"] + [mount["mountPath"] for mount in box["volumeMounts"]]
            for box in job["spec"]["template"]["spec"]["containers"])')" = \
        "['$work/a,&share/bin/slablab', 'work', '$work/a,&share', '--wait', '$work/a,&share']"
    check 'github: scatter, work, gather' test "$(yaml "$work/github" \
        '*((name, part.get("needs")) for name, part in job["jobs"].items())')" = \
        "('scatter', None) ('work', 'scatter') ('gather', 'work')"
    # The steps of its jobs, each worker's in a folder of its own; nothing is installed.
    mkdir --parents "$work/runner/build" "$work/all"
    ln --symbolic "$build/slablab" "$work/runner/build/slablab"
    step() {
        yaml "$work/github" "next(step['run'] for step in job['jobs']['$1']['steps']
            if 'run' in step)" | sed "s/\${{ matrix.part }}/${2-}/g; s/^.*apt-get install [^&]*&& //
                s/^.* && make && //"
    }
    (cd "$work/runner" && bash -eu -c "$(step scatter)" >/dev/null && cp share.tar "$work/all")
    for part in 1 2 3; do
        mkdir "$work/worker$part" && cp "$work/all/share.tar" "$work/worker$part"
        (cd "$work/worker$part" && bash -eu -c "$(step work $part)" 2>/dev/null)
        cp "$work/worker$part/part-$part.tar" "$work/all"
    done
    check 'github: gathers what the parts did' bash -eu -c "cd '$work/all' && $(step gather)" \
        >"$work/gathered"
    check 'github: all of it' grep --quiet '^gathered: 1 of 1 units, 3 blocks' "$work/gathered"
else
    echo 'skip: python3-yaml is not installed'
fi

[[ $failures -eq 0 ]] && echo 'job files: complete and short'
exit $((failures > 0))
