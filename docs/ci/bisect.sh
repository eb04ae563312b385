#!/usr/bin/env bash
# bisect.sh -- names the commit that made an allocator worse: git bisect, and a gate at each step.
#
#   docs/ci/bisect.sh GOOD BAD [EXPERIMENT]      in a built checkout without uncommitted changes
#
# Each step holds a commit against GOOD. `--bisect` gives git its exit statuses: 0 for a PASS, 1 for
# a FAIL, and 125 where the gate could tell nothing (the commit cannot be built, or the verdict is
# INCONCLUSIVE or VOID): git then tries a commit beside it. 128 ends the bisection: no commit can be
# measured, as by a wrong word or on a full disk. The experiment is copied, for a checkout
# may change it; build/ is not in git and stays. `git bisect log` shows the steps afterwards.
#
# SPDX-License-Identifier: MIT
set -euo pipefail
cd "$(dirname "$0")/../.."
if [[ $# -lt 2 ]]; then
    echo "usage: docs/ci/bisect.sh GOOD BAD [EXPERIMENT]" >&2
    exit 2
fi
good=$(git rev-parse --verify "$1^{commit}")
readonly good
work=$(mktemp --directory)
cp "${3:-docs/ci/counts.yaml}" "$work/bisect.yaml"

git bisect start "$2" "$good" --
status=0
git bisect run build/slablab gate "$work/bisect.yaml" --bisect --base "$good" --head HEAD \
    --fresh --wait --out "$work" || status=$?
echo "gates: $work; back to where you were: git bisect reset"
exit "$status"
