#!/usr/bin/env bash
# tests.sh -- prints steps of test commands, which .ci/steps.py runs; the Makefile says of what.
#
#   tests.sh BUILD STEP...
#
# In the environment: PYTHON; UNITS, tests that may run side by side; MEASURING, those that measure,
# which do so, too, for each has a machine's lock of its own.
#
# SPDX-License-Identifier: MIT
set -euo pipefail
cd "$(dirname "$0")/.."
readonly build=$1 matrix=allocators/tests/matrix.sh
readonly sources="\$(git -c safe.directory='*' ls-files '*.c' '*.h' '*.py' '*.sh')"
readonly pytest="$PYTHON -m pytest -q -p no:cacheprovider -n auto --dist loadfile --durations=10"

# step NAME [COMMAND]
step() {
    printf '[%s]\n%s\n' "$1" "${2:-}"
}

# A line for each test that measures.
measuring() {
    local test
    local -r lock=$(realpath "$build")/lock
    for test in ${MEASURING:?}; do
        printf 'SLABLAB_LOCK=%q %s %s\n' "$lock-${test##*/}" "$test" "$build"
    done
}

# shellcheck disable=SC2086 # UNITS are words
one() {
    case $1 in
        style) step style "python3 .ci/style.py $sources" ;;
        units) step 'unit tests in C' && printf '%s\n' ${UNITS:?} ;;
        phase=*) step "the API under ${1#*=}" && "$matrix" "$build" phases "${1#*=}" ;;
        phases) step 'the API under every phase' && "$matrix" "$build" phases ;;
        fuzz) step 'short walks of the fuzzer' && "$matrix" "$build" fuzz ;;
        fuzz-long) step 'long walks of the fuzzer' && "$matrix" "$build" fuzz long ;;
        sanitize) step sanitizers && "$matrix" "$build" sanitize ;;
        sanitize-long) step 'sanitizers, all tests' && "$matrix" "$build" sanitize long ;;
        programs) step 'real programs' && "$matrix" "$build" programs ;;
        programs-all) step 'real programs, all allocators' && "$matrix" "$build" programs all ;;
        measuring) step 'what measures' && measuring ;;
        paper) step 'the paper, which takes TeX' ".ci/paper.sh $PYTHON" ;;
        python) step 'tests in Python' "$pytest -m 'not paper' analysis/tests" ;;
        python-quick) step 'quick tests in Python' "$pytest -m 'not slow' analysis/tests" ;;
        *) printf "tests.sh: unknown step '%s'\n" "$1" >&2 && exit 2 ;;
    esac
}

for name in "${@:2}"; do
    one "$name"
done
