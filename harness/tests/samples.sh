#!/usr/bin/env bash
# samples.sh -- docs/ci/samples, each made a repository whose revisions are gated. Usage: [BUILD]
#
# Revisions: v1, the folder; same, its code and another README; slower, where what is planted in it
# takes a third more instructions or page faults. A gate of the first two passes, one of v1 (its
# slablab.yaml's reference) and HEAD fails. Verdicts are by counts alone.
#
# SPDX-License-Identifier: MIT
set -euo pipefail
cd "$(dirname "$0")/../.."
slablab=$(realpath "${1:-build}/slablab")
work=$(mktemp --directory)
trap 'rm -rf "$work"' EXIT
export GIT_CONFIG_COUNT=2 GIT_CONFIG_KEY_0=user.name GIT_CONFIG_VALUE_0=a \
    GIT_CONFIG_KEY_1=user.email GIT_CONFIG_VALUE_1=a@b
export SLABLAB_LOCK=$work/lock XDG_CACHE_HOME=$work/cache
unset GITHUB_STEP_SUMMARY
failures=0

fail() {
    echo "FAILED: $*; it printed:"
    cat "$work/log"
    failures=$((failures + 1))
}

# gate STATUS SAMPLE WORD...: slablab gate WORD... in its repository ends with that status.
gate() {
    local status=0
    (cd "$work/$2" && "$slablab" gate "${@:3}") >"$work/log" 2>&1 || status=$?
    [[ $status -eq $1 ]] || fail "samples/$2: slablab gate ${*:3}: status $status, wanted $1"
}

commit() {
    git add --all . && git commit --quiet --message="$1" && git tag "$1"
}

# sample NAME TOOL FILE FROM TO: in FILE the revision `slower` has TO for FROM.
sample() {
    if ! command -v "$2" >/dev/null; then
        echo "skipped: samples/$1: $2 is not installed"
        return
    fi
    cp -r "docs/ci/samples/$1" "$work/$1"
    (
        cd "$work/$1"
        printf 'build/\ntarget/\nresults/\n' >.gitignore
        git init --quiet .
        commit v1
        echo "Nothing of the code is new." >README
        commit same
        sed --in-place "s/$4/$5/" "$3"
        commit slower
    ) || fail "samples/$1: no repository"
    gate 0 "$1" --base v1 --head same
    grep --quiet '^base: v1, commit' "$work/log" || fail "samples/$1: a side is not its revision"
    gate 1 "$1"
    for log in "$work/$1"/results/gate/*-gate/build-{base,head}.log; do
        [[ -f $log ]] || fail "samples/$1: the log of a build is not kept: $log"
    done
    [[ -z $(git -C "$work/$1" status --porcelain) ]] || fail "samples/$1: files are left behind"
    [[ $(git -C "$work/$1" worktree list | wc -l) -eq 1 ]] || fail "samples/$1: a worktree is left"
}

sample cmake cmake chunks.cpp 'kTurns = 0' 'kTurns = 7'
sample meson meson recycle.c 'TURNS = 0' 'TURNS = 3'
sample make make parse.c 'SPARE_PAGES = 0' 'SPARE_PAGES = 40'
sample cargo cargo src/main.rs 'SPARE_PAGES: usize = 0' 'SPARE_PAGES: usize = 60'
[[ $failures -eq 0 ]] || exit 1
echo "samples: each revision judged as planted"
