#!/usr/bin/env bash
# scatter_files.sh -- what an experiment names by a path goes into the share. Usage: [BUILD]
#
# Scattered in a folder that is then gone, and worked on in another.
#
# SPDX-License-Identifier: MIT
set -euo pipefail
cd "$(dirname "$0")/../.."
build=$(realpath "${1:-build}")
work=$(mktemp --directory)
trap 'rm -rf "$work"' EXIT
. harness/tests/fixtures/expect.sh

mkdir --parents "$work/mine/data" "$work/mine/bench/programs" "$work/elsewhere"
cp "$build/libbump.so" "$work/mine/libmine.so"
sed 's/"null"/"nothing"/' workloads/null.c >"$work/nothing.c"
gcc -O2 -fno-builtin -I workloads -o "$work/mine/bench/nothing" "$work/nothing.c" \
    "$build/workloads/runtime.a"
cp /bin/cat "$work/mine/tool"
ln --symbolic tool "$work/mine/linked"
echo one >"$work/mine/data/one"
echo two >"$work/mine/two"
cat >"$work/mine/bench/count.yaml" <<'END'
program: [./linked, one]
inputs: [data]
END
echo 'workloads: [bench]' >"$work/mine/slablab.yaml"
cat >"$work/mine/paths.yaml" <<END
question: Do files that an experiment names go with it?
baseline: baseline
arms: [./libmine.so as mine, $work/mine/libmine.so as absolute]
workloads:
  - {run: null operations=1, start: cold}
  - {run: nothing operations=1, start: cold}
  - {program: [./tool, two], inputs: [two]}
  - run: count
stop: {blocks_max: 2}
END
cd "$work/mine"
expect 0 '4 units of 8 blocks' scatter paths.yaml --dir "$work/share"
echo other >two
cd "$work/elsewhere"
mv "$work/mine" "$work/gone"
mkdir "$work/mine"
cp "$build/libbaseline.so" libmine.so # another file of that name is not what was scattered
expect 0 'no unit is left' work "$work/share"
expect 0 'gathered: 4 of 4 units, 8 blocks' gather "$work/share" --out "$work/run"
for copy in '"./libmine.so"' '"two"' '"data"' '"./tool"'; do
    grep --quiet --fixed-strings "$copy" "$work/share/bin/files.json" ||
        { echo "FAILED: $copy is not in files.json" && failures=$((failures + 1)); }
done

echo changed >>"$work"/share/bin/files/*/two
expect 2 'is not the copy of two that scatter made: it is gone or was changed' \
    work "$work/share"
[[ $failures -eq 0 ]] && echo 'scatter: files that are named go with it'
exit $((failures > 0))
