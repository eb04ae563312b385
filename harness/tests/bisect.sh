#!/usr/bin/env bash
# bisect.sh -- docs/ci/bisect.sh over commits of which some cannot be built. Usage: [BUILD]
#
# A clone of this checkout gets eight commits: the second breaks the build, the fifth mends it, and
# the seventh makes every process touch 4,096 pages more. That one is to be named.
#
# SPDX-License-Identifier: MIT
set -euo pipefail
cd "$(dirname "$0")/../.."
build=$(realpath "${1:-build}")
work=$(mktemp --directory)
trap 'rm -rf "$work"' EXIT

if ! git -c safe.directory='*' rev-parse --verify --quiet 'HEAD^{commit}' >/dev/null; then
    echo "skipped: no git checkout, so there are no commits"
    exit 0
fi
export GIT_CONFIG_COUNT=3 GIT_CONFIG_KEY_0=safe.directory GIT_CONFIG_VALUE_0='*' \
    GIT_CONFIG_KEY_1=user.name GIT_CONFIG_VALUE_1=a GIT_CONFIG_KEY_2=user.email \
    GIT_CONFIG_VALUE_2=a@b
export SLABLAB_LOCK=$work/lock
git clone --quiet --shared . "$work/clone"
mkdir -p "$work/clone/build/observe"
cp -r "$build/slablab" "$build/workloads" "$work/clone/build"
cp "$build"/lib*.so "$work/clone/build"
cp "$build"/observe/*.so "$work/clone/build/observe"
mkdir -p "$work/clone/docs/ci" && cp docs/ci/bisect.sh "$work/clone/docs/ci"
cd "$work/clone"

# commit NAME [LINE]: LINE at the end of the baseline, which otherwise stays as it is
commit() {
    [[ -z ${2:-} ]] || echo "$2" >>allocators/phases/baseline.c
    echo "$1" >>CHANGELOG.md
    git add --all . && git commit --quiet --message="$1"
}

waste='static char waste[4096 << 12]; __attribute__((constructor)) static void wasted(void)'
waste+=' { for (int i = 0; i < 4096; i++) ((char volatile *)waste)[i << 12] = 1; }'
commit good
git tag good
commit one
commit broken '#error'
commit three
commit four
sed --in-place '/^#error/d' allocators/phases/baseline.c
commit mended
commit six
commit culprit "$waste"
commit eight
cat >"$work/faults.yaml" <<END
question: Since which commit does a process touch more?
baseline: baseline
workloads: [{run: fixed_random size=256 slots=400 operations=20000, start: cold}]
gate: {decides: [process_page_faults 5%]}
END

gcc -shared -x c -o "$work/no_malloc.so" - <<<'int nothing;'

# status WANTED WORD...: of slablab gate --bisect
failures=0
status() {
    local found=0
    build/slablab gate "$work/faults.yaml" --bisect --base good --out "$work/out" --fresh \
        "${@:2}" >"$work/log" 2>&1 || found=$?
    [[ $found -eq $1 ]] && return
    echo "FAILED: slablab gate --bisect ${*:2}: status $found, wanted $1; it printed:"
    cat "$work/log"
    failures=$((failures + 1))
}
status 0 --head good
status 1 --head HEAD~1
status 125 --head HEAD~5
status 125 --head "$work/no_malloc.so"
status 128 --head no-such-commit
status 128 --head ./no-such-file.so
status 128 --head good --seed x
status 128 --head good --out /proc/none
status 128 --head good --base no-such-commit
status 128 --head good --inconclusive=warn
docs/ci/bisect.sh good HEAD "$work/faults.yaml" >"$work/log" 2>&1 || true
if ! grep --quiet 'is the first bad commit' "$work/log" ||
    [[ $(git show --no-patch --format=%s refs/bisect/bad) != culprit ]]; then
    echo "FAILED: docs/ci/bisect.sh: another commit than the seventh is named; it printed:"
    cat "$work/log"
    failures=$((failures + 1))
fi
[[ $failures -eq 0 ]] && echo "bisect: the culprit is named"
