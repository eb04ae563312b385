#!/usr/bin/env bash
# programs.sh -- ordinary programs as cells: what is recorded, and whatever goes wrong with one.
#
#   programs.sh [BUILD]
#
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2016 # what a sample's own shell expands
set -euo pipefail
cd "$(dirname "$0")/../.."
slablab=$(realpath "${1:-build}/slablab")
output=$(mktemp --directory)
trap 'rm -rf "$output"' EXIT
export TMPDIR=$output
failures=0

fail() {
    echo "FAILED: $*"
    cat "$output/all"
    failures=$((failures + 1))
}

# experiment BLOCKS ENTRY... -- writes $output/x.yaml with glibc and phase17-2 as arms.
experiment() {
    printf '%s\n' 'question: Do programs run?' 'baseline: glibc' 'arms: [phase17-2 MARK=1]' \
        "stop: {blocks_max: $1}" 'workloads:' "${@:2}" >"$output/x.yaml"
}

# expect COMMAND STATUS TEXT -- of slablab COMMAND on the experiment.
expect() {
    local status=0
    "$slablab" "$1" "$output/x.yaml" >"$output/all" 2>&1 || status=$?
    [[ $status -eq $2 ]] || fail "slablab $1: status $status, wanted $2"
    grep --quiet --fixed-strings -- "$3" "$output/all" || fail "slablab $1: it does not say '$3'"
}

# refuses TEXT ENTRY... -- no plan is made of the entry.
refuses() {
    experiment 6 "${@:2}"
    expect plan 2 "$1"
}

# voids TEXT ENTRY... -- attestation finds what is wrong with the program.
voids() {
    experiment 6 "${@:2}"
    expect attest 4 "$1"
}

attests() {
    experiment 6 "$@"
    expect attest 0 phase17-2
}

# gates STATUS TEXT BASE HEAD ENTRY [KEYS] -- of a gate of two programs
gates() {
    local status=0
    printf '%s\n' 'question: Which build?' 'baseline: glibc' "workloads: [$5]" \
        "gate: {decides: [process_page_faults 50%]${6:+, $6}}" >"$output/x.yaml"
    rm -rf "$output/results"
    "$slablab" gate "$output/x.yaml" --base "$3" --head "$4" --out "$output/results" \
        >"$output/all" 2>&1 || status=$?
    [[ $status -eq $1 ]] || fail "slablab gate: status $status, wanted $1"
    grep --quiet --fixed-strings -- "$2" "$output/all" || fail "slablab gate: it says no '$2'"
}

# run BLOCKS ENTRY... -- measures; the samples are in $samples.
run() {
    experiment "$@"
    rm -rf "$output/results"
    "$slablab" run "$output/x.yaml" --out "$output/results" >"$output/all" 2>&1 || true
    samples=$(echo "$output"/results/x/*/samples.jsonl)
}

# holds CONDITION -- in Python, of every sample s of every block.
holds() {
    python3 - "$samples" "$1" <<'PYTHON' || fail "samples: $1"
import json, sys
lines = [json.loads(line) for line in open(sys.argv[1])]
found = [eval(sys.argv[2], {"s": s}) for line in lines for s in line["samples"]]
sys.exit(not (found and all(found)))
PYTHON
}

# A program that forks: every process is counted, has its own malloc looked at, and none stays.
run 3 '  - program: [perl, -e, "fork or (@a = (1) x 300000, exit) for 1 .. 4; 1 while wait > 0"]'
holds 's["status"] == "ok" and s["programs_served"] == 1'
holds '"operations" not in s and "rss_bytes" not in s'
holds 's["process_cpu_ns"] == s["cpu_ns"] > 0'
holds 's["minor_faults"] > 4 * 300000 * 8 // 4096'
holds 's["events"]["page-faults"].get("value", s["minor_faults"]) > 4 * 300000 * 8 // 4096'
holds 's["vm_hwm_bytes"] > 300000 * 8'
grep --quiet 'CPU ms' "$output/all" || fail 'a program shows no time'
! grep --quiet 'M ops/s' "$output/all" || fail 'a program shows a rate'
run 3 "  - program: [sh, -c, \"sh -c true; setsid --fork sh -c 'echo >up; exec sleep 300';
    until test -e up; do :; done\"]"
holds 's["programs_served"] >= 3 and s["left_behind"] == 1'
holds 's["process_wall_ns"] < 100e9'

# Its working directory is a fresh copy of its inputs, its stdin a file, its environment its own.
mkdir "$output/in"
echo 'hello' >"$output/in/a"
attests "  - program: [sh, -c, 'cat; pwd >b; test \$(ls | wc -l) = 3; echo \$X; rm a']" \
    "    inputs: [$output/in]" '    make: [sh, -c, "tr a-z A-Z <a >c"]' '    stdin: c' \
    '    environment: [X=1]' \
    "    output: $(printf 'HELLO\n1\n' | sha256sum | cut -d' ' -f1)"
[[ -f $output/in/a && ! -e $output/in/b ]] || fail 'the inputs themselves were changed'
if compgen -G "$output/slablab.*" >"$output/all"; then fail 'a working directory stayed'; fi

# What a program may do wrong.
voids 'exit code 3' '  - program: [sh, -c, "exit 3"]'
voids 'signal 15' '  - program: [sh, -c, "kill -TERM $$"]'
voids 'said it all' '  - program: [sh, -c, "echo said it all >&2; exit 1"]'
voids 'timeout' '  - {program: [sleep, 300], timeout: 1}'
voids 'beyond the limit' '  - {program: [cat, /dev/zero], timeout: 300}'
voids 'is expected' '  - {program: [echo, x], output: 0123456789abcdef}'
voids 'under the baseline' '  - program: [sh, -c, "echo $MARK"]'
attests '  - {program: [sh, -c, "echo $MARK"], output: any}'
voids 'was served by' \
    '  - program: [sh, -c, "true; env -u LD_PRELOAD LD_PRELOAD=${LD_PRELOAD%%:*} sh -c true; true"]'

voids 'which it started, did not load' '  - program: [sh, -c, "env -i sh -c true; true"]'
attests '  - program: [sh, -c, "sh -c true | cat; (exit 3) || true"]'

# An allocator that a program is linked with gives way, to the C library too; nothing gives way in a
# static program, which is said.
(
    cd "$output"
    printf '%s\n' 'void *__libc_malloc(unsigned long);' \
        'void *malloc(unsigned long size) { return __libc_malloc(size); }' >own.c
    printf '%s\n' 'void *malloc(unsigned long);' 'int main(void) { return malloc(9) == 0; }' >main.c
    gcc -shared -fPIC -o libown.so own.c
    gcc -fno-builtin -o linked main.c -Wl,--no-as-needed "$output/libown.so"
    gcc -fno-builtin -static -o static main.c
)
attests "  - program: [$output/linked]"
voids 'it is linked statically' "  - program: [$output/static]"

# A workload that is built elsewhere is measured by its path.
sed 's/"null"/"mine"/' workloads/null.c >"$output/mine.c"
gcc -I workloads "$output/mine.c" "${1:-build}/workloads/runtime.a" -o "$output/mine"
run 3 "  - run: $output/mine operations=1000"
holds 's["status"] == "ok" and s["operations"] == 1000'
refuses 'mine has no parameter' "  - run: $output/mine size=1"
refuses 'build/workloads/runtime.a' '  - run: /bin/true'

# Its parameters may be words and files; a file's digest is in the plan.
cat >"$output/reader.c" <<'SOURCE'
#include "workload.h"
#include <stdio.h>
#include <stdlib.h>
static struct parameter const params[] = {{.name = NULL}};
static struct text_parameter const texts[] = {
    {"order", "up", 0, "of what"}, {"file", "", 1, "that is read"}, {.name = NULL}};
static uint64_t run(uint64_t operations)
{
    FILE *const file = fopen(workload_text("file"), "r");
    uint64_t sum = workload_text("order")[0] + (uint64_t)fgetc(file);
    fclose(file);
    for (uint64_t i = 0; i < 1000 * operations; i++)
        free(malloc(8 + sum % 8));
    return sum;
}
struct workload const workload = {
    .name = "reader", .models = "", .params = params, .texts = texts, .run = run};
SOURCE
gcc -I workloads "$output/reader.c" "${1:-build}/workloads/runtime.a" -o "$output/reader"
printf b >"$output/in/b.txt"
run 3 "  - run: $output/reader file=$output/in/a,$output/in/b.txt order=down operations=50"
holds 's["status"] == "ok" and int(s["checksum"], 16) in (ord("d") + ord("h"), ord("d") + ord("b"))'
python3 - "$output"/results/x/*/plan.json "$(sha256sum "$output/in/b.txt")" <<'PYTHON' ||
import json, sys
cell = json.load(open(sys.argv[1]))["cells"][1]
sys.exit(cell["id"] != "reader file=b.txt order=down operations=50 cold"
         or cell["parameters"] != {"file": "b.txt", "order": "down"}
         or cell["files"]["file"] != sys.argv[2][:16])
PYTHON
    fail 'a plan without its file'
refuses "there is no file 'nowhere'" "  - run: $output/reader file=nowhere"
refuses 'file=FILE is missing' "  - run: $output/reader order=up"

# Huge pages are an axis, as far as the machine and its kernel give them.
attests '  - program: [grep, "THP_enabled:.0", /proc/self/status]' '    thp: [never]'
grep --quiet --fixed-strings 'program grep thp=never' "$output/all" || fail 'no cell of THP'
experiment 6 '  - {run: null operations=1, thp: [never, madvise, always]}'
expect plan 0 'null operations=1 cold thp=never'
given=$(grep --only-matching '\[.*\]' /sys/kernel/mm/transparent_hugepage/enabled || true)
[[ $given == '[always]' ]] || expect plan 0 "so a process cannot have 'always'"
refuses 'is no setting of transparent huge pages' '  - {program: [sh], thp: [often]}'
refuses "'never' is there twice" '  - {program: [sh], thp: [never, never]}'

# Of a run, a program that fails now and then is a lost block, not the end.
run 25 '  - program: [sh, -c, "test -z \"$MARK\" || test $(($$ % 5)) -gt 0"]'
grep --quiet 'phase17-2 MARK=1: failed\|phase17-2: failed' "$output/all" || fail 'no loss is told'

# Servers: the region is the client's run; the arm serves the server alone, or both.
server='import socket, sys; s = socket.create_server(("127.0.0.1", int(sys.argv[1])))
while True:
    c, _ = s.accept(); d = c.recv(9); x = list(range(200000)) if d else 0; c.sendall(d); c.close()'
client='import socket, sys; c = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
c.sendall(b"ping"); print(c.recv(9).decode()); import os; print("LD_PRELOAD" not in os.environ)'
printf '%s\n' "$server" >"$output/in/server.py"
printf '%s\n' "$client" >"$output/in/client.py"
run 3 "  - server: [/usr/bin/python3, server.py, '{port}']" \
    "    client: [/usr/bin/python3, client.py, '{port}']" "    inputs: [$output/in]" \
    "    output: $(printf 'ping\nTrue\n' | sha256sum | cut -d' ' -f1)"
holds 's["status"] == "ok" and s["programs_served"] == 1 and "left_behind" not in s'
holds '0 < s["cpu_ns"] < s["process_cpu_ns"] and s["minor_faults"] > 200'
attests "  - server: [/usr/bin/python3, server.py, '{port}']" '    preload: both' \
    "    client: [/usr/bin/python3, client.py, '{port}']" "    inputs: [$output/in]" \
    "    output: $(printf 'ping\nFalse\n' | sha256sum | cut -d' ' -f1)"
voids 'did not answer on port' '  - {server: [sleep, 300], client: [echo, x], ready: 1}'
voids 'the server ended before it answered' \
    '  - {server: [sh, -c, "echo no room; exit 1"], client: [echo, x]}'
grep --quiet 'no room' "$output/all" || fail "the server's last words are lost"
voids 'exit code 7' "  - server: [/usr/bin/python3, server.py, '{port}']" \
    '    client: [sh, -c, "exit 7"]' "    inputs: [$output/in]"
if pgrep --full "server.py" >"$output/all"; then fail 'a server stayed'; fi

# A gate decides by the whole process, once, and asks callgrind of workloads alone.
experiment 6 '  - program: [sh, -c, "seq 9"]' \
    'gate: {decides: [time 50%, page_faults 90%, instructions 5%], without: [time_tail]}'
"$slablab" gate "$output/x.yaml" --base glibc --head glibc --out "$output/gates" \
    >"$output/all" 2>&1 || true
python3 - "$output"/gates/x/*/gate.json <<'PYTHON' || fail 'a gate of a program'
import json, sys
rows = json.load(open(sys.argv[1]))["rows"]
decides = sorted(row["metric"] for row in rows if row["decides"])
sys.exit(decides != ["process_page_faults", "process_time"] or not all(
    row["blocks"] == 6 and row["base_median"] > 0 for row in rows if row["decides"]))
PYTHON

# A program that is not here is left out, and said to be; alone it leaves nothing to measure.
experiment 6 '  - {program: [sqlite9, x], package: sqlite}' '  - program: [echo, x]'
expect plan 0 "cell 'program sqlite9' is left out: sqlite9 is not installed: apt install sqlite"
expect attest 0 'program echo'
refuses 'no cell is left' '  - program: [sqlite9, x]'

refuses 'a server needs a client' '  - server: [sh]'
refuses 'a client needs a server' '  - client: [sh]'
refuses "it is \`run\` or a program" '  - {run: null, program: [sh]}'
refuses "key 'run' is missing" '  - {quick: no}'
refuses 'is not what an output can be' '  - {program: [sh], output: 0123}'
refuses 'is not a number of seconds' '  - {program: [sh], timeout: soon}'
refuses 'there is no file or folder' '  - {program: [sh], inputs: [nowhere]}'
refuses 'is no assignment' '  - {program: [sh], environment: [X]}'
refuses 'has no warm-up' '  - {program: [sh], start: warm}'
refuses 'are not counted tier by tier' '  - {program: [sh], serves: [glibc tiny >= 1%]}'
refuses 'is there already' '  - program: [sh]' '  - program: [sh]'
refuses 'is no name for a cell' '  - {program: [sh], name: a b}'

# Two builds of a program, under one allocator: either is started by one path, and says who it is.
mkdir "$output/old" "$output/new"
cp /bin/echo "$output/old/say"
cp /bin/echo "$output/new/say"
gates 0 'verdict: PASS' "$output/old/say" "$output/new/say" \
    "{program: ['{artifact}', '{artifact}']}"
said=$(grep --count '"program_build_id": "[0-9a-f]' "$output"/results/x/*/attestation.json)
[[ $said -eq 3 ]] ||
    fail "a gate of programs: its attestation does not say which builds ran"
gates 4 'no process said that it is' "$output/old/say" "$output/new/say" \
    "{program: [sh, -c, 'exit 0', '{artifact}'], name: unused}"
gates 4 'its output has the SHA-256' "$output/old/say" /usr/bin/printf \
    "{program: ['{artifact}', -n, hello]}"

# Each side of each block is a new copy, unless it cannot be moved.
cat >"$output/whereami.c" <<'SOURCE'
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>
int main(void)
{
    char path[4096];
    ssize_t const length = readlink("/proc/self/exe", path, sizeof path);
    struct stat status;
    FILE *const log = fopen(LOG, "a");
    stat("/proc/self/exe", &status);
    fprintf(log, "%.*s %lu\n", (int)length, path, (unsigned long)status.st_ino);
    return fclose(log);
}
SOURCE
gcc -Wl,--build-id "-DLOG=\"$output/where\"" -o "$output/old/where" "$output/whereami.c"
cp "$output/old/where" "$output/new/where"
gates 0 'verdict: PASS' "$output/old/where" "$output/new/where" "{program: ['{artifact}']}"
! grep --quiet --invert-match "^$output/slablab-served\.[A-Za-z0-9]*/[0-2]p[ab]\.so " \
    "$output/where" || fail 'a build ran where it was made'
for arm in 0 1 2; do
    copies=$(grep "/${arm}p[ab]\.so " "$output/where" | uniq | wc --lines)
    blocks=$(wc --lines <"$(echo "$output"/results/x/*/samples.jsonl)")
    [[ $copies -ge $blocks ]] || fail "arm $arm: $copies copies in $blocks blocks"
done
rm "$output/where"
gates 0 'verdict: PASS' "$output/old/where" "$output/new/where" "{program: ['{artifact}']}" \
    'artifact: in place'
[[ $(cut --delimiter=' ' --fields=1 "$output/where" | sort --unique) = \
    "$output/new/where"$'\n'"$output/old/where" ]] || fail 'a build is not where it was made'
gates 2 "'here' is no place" "$output/old/where" "$output/new/where" \
    "{program: ['{artifact}']}" 'artifact: here'
printf '#!/bin/sh\n' >"$output/new/say" && chmod +x "$output/new/say"
gates 2 'is no executable of ELF' "$output/old/say" "$output/new/say" "{program: ['{artifact}']}"

[[ $failures -eq 0 ]]
