#!/usr/bin/env bash
# certify.sh -- tests the driver of the certificate with a gate that measures nothing.
#
# SPDX-License-Identifier: MIT
set -euo pipefail
cd "$(dirname "$0")/../.."
scratch=$(mktemp --directory)
trap 'rm --recursive --force "$scratch"' EXIT
export CERTIFY_ASKED=$scratch/asked
build=$scratch/build out=$scratch/out
mkdir --parents "$build/planted" "$build/workloads"
touch "$build"/planted/lib{same,jitter}.so "$build"/lib{ss-reuse,phase17-2}.so
printf '#!/bin/sh\nexec sleep 60\n' >"$build/workloads/fixed_random"
chmod +x "$build/workloads/fixed_random"

# It says FAIL where a change was planted, and is interrupted the 11th time.
cat >"$build/slablab" <<'FAKE'
#!/usr/bin/env bash
set -euo pipefail
if [[ $1 = run ]]; then
    mkdir --parents "$6/planted_changes/run"
    echo '{}' >"$6/planted_changes/run/outcome.json"
    exit
fi
if [[ $1 = layouts ]]; then
    seq --format="$2.%03g" 0 $(($4 - 1))
    exit
fi
asked() {
    flock 3
    echo "$@" >>"$CERTIFY_ASKED"
    wc --lines <"$CERTIFY_ASKED"
}
[[ $(asked "$@" 3>"$CERTIFY_ASKED.lock") -ne 11 ]] || exit 130
folder=$9/$(basename "$2" .yaml)/20261125T000000Z-gate
mkdir --parents "$folder"
echo '{"arms": [{"id": "base"}, {"id": "control"}, {"id": "head"}]}' >"$folder/plan.json"
echo '{"host": "here", "cpu_model": "made up"}' >"$folder/machine.json"
printf '%s' '{"cell": "c", "block": 0, "valid": true, "samples": [' >"$folder/samples.jsonl"
cat >>"$folder/samples.jsonl" <<'BLOCK'
{"arm": "head", "cpu_ns": 7}, {"arm": "base", "cpu_ns": 5}]}
BLOCK
printf '{"verdict": "made up",\n "rows": []}\n' >"$folder/gate.json"
[[ $7 = */copy\ of* ]] || exit 1
FAKE
chmod +x "$build/slablab"

fail() {
    echo "FAILED: certify: $1" >&2
    exit 1
}

kinds=$(grep --count --invert-match '^#' harness/gate/certify.tsv)
gates=$((2 * kinds))

# ask STATUS [AT_ONCE] -- two gates of each line of the table.
ask() {
    local status=0
    CERTIFY_MOST=2 CERTIFY_AT_ONCE=${2:-1} \
        harness/gate/certify.sh "$build" "$out" 7 >"$scratch/log" 2>&1 || status=$?
    [[ $status -eq $1 ]] || { cat "$scratch/log"; fail "status $status, and not $1"; }
}

ask 130
[[ $(wc --lines <"$out/gates.jsonl") -eq 10 ]] || fail 'an interrupted gate was kept'
printf '{"variant": "null", "ba' >>"$out/gates.jsonl"
ask 0
[[ $(wc --lines <"$out/gates.jsonl") -eq $gates ]] || fail 'not all gates, or one twice'
[[ $(wc --lines <"$CERTIFY_ASKED") -eq $((gates + 1)) ]] ||
    fail 'a gate that was in was asked again'
ask 0
[[ $(wc --lines <"$CERTIFY_ASKED") -eq $((gates + 1)) ]] || fail 'there was nothing left to ask'
[[ ! -e $out/unfinished ]] || fail 'a folder of a gate was left behind'
[[ ! -e $out/dirt ]] || fail 'what ran beside a gate left its file behind'

python3 - "$out" "$CERTIFY_ASKED" <<'PYTHON'
import json, re, sys
from collections import Counter
from pathlib import Path

out = Path(sys.argv[1])
gates = [json.loads(line) for line in (out / "gates.jsonl").read_text().splitlines()]
count = Counter(gate["variant"] for gate in gates)
assert set(count.values()) == {2}, count
assert len(count) == len({gate["planted"] for gate in gates}) > 15, count
order = [gate["variant"] for gate in gates]
assert order != sorted(order), "they are to be mixed"
assert all(len({gate[key] for gate in gates}) == len(gates) for key in ("seed", "samples"))
for gate in gates:
    assert gate["schema"] == "slablab-certified/2", gate
    assert gate["status"] == (0 if gate["head"] == "copy" else 1), gate
    assert gate["gate"] == {"verdict": "made up", "rows": []} and gate["wall_ms"] >= 0
    assert gate["machine"]["cpu_model"] == "made up", gate
    rows = (out / gate["samples"]).read_text().splitlines()
    fields = dict(zip(rows[0].split(","), rows[1].split(",")))
    assert fields["head.cpu_ns"] == "7" and fields["base.cpu_ns"] == "5", fields
    assert fields["control.cpu_ns"] == "" and fields["head.mmap"] == "", fields
asked = Path(sys.argv[2]).read_text()
better = "--base {0}/libtime+2.so --head {0}/libsame.so".format(out.parent / "build/planted")
assert asked.count(better) in (2, 3), asked
linked = re.findall(rf"--head {out.parent}/build/planted/libsame.so.(\d{{3}}) ", asked)
assert len(linked) in (2, 3) and len(set(linked)) == 2 and "000" not in linked, asked
assert asked.count("--base jemalloc --head ") == asked.count("/libjemalloc.so") in (4, 5), asked
PYTHON

out=$scratch/some
CERTIFY_ONLY='time+2 null' ask 0
[[ $(grep --count '"variant": "\(time+2\|null\)"' "$out/gates.jsonl") -eq 4 ]] ||
    fail 'not the gates of two lines alone'
[[ $(wc --lines <"$out/gates.jsonl") -eq 4 ]] || fail 'gates of lines that were not asked for'
CERTIFY_ONLY='null tim' ask 2
grep --quiet "no line is called 'tim'" "$scratch/log" || fail 'a name that is no line'

# Two at a time: one of them is interrupted, and each gate is in once, beside another or alone.
[[ $(nproc) -gt 1 ]] || { echo 'certify: one CPU, so two gates at a time are not tested' && exit; }
out=$scratch/two
: >"$CERTIFY_ASKED"
ask 130 2
ask 0 2
python3 - "$out" "$gates" <<'PYTHON'
import json, sys
from collections import Counter
from pathlib import Path

gates = [json.loads(line) for line in Path(sys.argv[1], "gates.jsonl").read_text().splitlines()]
assert len(gates) == len({gate["seed"] for gate in gates}) == int(sys.argv[2]), len(gates)
assert set(Counter(gate["variant"] for gate in gates).values()) == {2}
assert all(gate["at_once"] == (2 if gate["beside"] == "-" else 1) for gate in gates)
PYTHON
echo "certify: $gates made-up gates are in, each once"
