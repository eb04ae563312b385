#!/usr/bin/env bash
# slurm.sh -- a share worked on by Slurm: two nodes on this host, one job killed, one requeued.
#
#   slurm.sh BUILD
#
# Debian's munged, slurmctld and two slurmd run in namespaces of their own (processes, network with
# loopback alone, host name), with all their files in one temporary folder: whichever way this
# ends, the kernel ends them with it. Needs root. Exit status: 0, 1 where something is not as
# expected, 2 where Slurm cannot be started.
#
# SPDX-License-Identifier: MIT
set -euo pipefail
cd "$(dirname "$0")/.."
build=$(realpath "${1:-build}")
readonly build nodes=2 units=24 blocks=96 cells=2 wait_seconds=120

for tool in munged slurmctld slurmd sbatch jq ip; do
    command -v "$tool" >/dev/null || {
        printf 'slurm.sh: %s is not there\n  try: apt-get install %s\n' "$tool" \
            'slurmctld slurmd slurm-client munge jq iproute2' >&2
        exit 2
    }
done
if [ -z "${SLURM_TEST_FOLDER-}" ]; then
    SLURM_TEST_FOLDER=$(mktemp --directory)
    export SLURM_TEST_FOLDER
    chmod 711 "$SLURM_TEST_FOLDER" # munge's clients are of any user
    unshare --pid --fork --kill-child --mount-proc --net --uts "$0" "$build" &
    readonly outside=$!
    trap 'kill -KILL "$outside" 2>/dev/null || true; wait; rm -rf "$SLURM_TEST_FOLDER"' EXIT
    wait "$outside"
    exit
fi

readonly work=$SLURM_TEST_FOLDER
readonly share=$work/share
export SLURM_CONF=$work/slurm.conf SLABLAB_LOCK=$work/lock
failures=0

failed() {
    printf 'FAILED: %s\n' "$*"
    failures=$((failures + 1))
}

# until_true WHAT COMMAND...: looks again until it is, and gives up where it never is.
until_true() {
    local tries=$((wait_seconds * 20))
    until "${@:2}"; do
        tries=$((tries - 1))
        [ "$tries" -gt 0 ] || { printf 'FAILED: never came: %s\n' "$1" && show_logs && exit 1; }
        sleep .05
    done
}

show_logs() {
    tail --lines=20 "$work"/*.log "$work"/slablab-*.txt 2>/dev/null || true
}

configure() {
    local cpus memory
    cpus=$(slurmd -C | sed -n 's/.* CPUs=\([0-9]*\).*/\1/p')
    memory=$(slurmd -C | sed -n 's/.* RealMemory=\([0-9]*\).*/\1/p')
    dd if=/dev/urandom of="$work/munge.key" bs=1024 count=1 status=none
    chmod 400 "$work/munge.key"
    cat >"$SLURM_CONF" <<END
ClusterName=slablab
SlurmctldHost=slablab(127.0.0.1)
SlurmctldPort=17000
CommunicationParameters=NoInAddrAny,NoCtldInAddrAny
AuthInfo=socket=$work/munge.socket,cred_expire=5
SlurmUser=root
StateSaveLocation=$work/state
SlurmctldPidFile=$work/slurmctld.pid
SlurmdPidFile=$work/slurmd.%n.pid
SlurmdSpoolDir=$work/spool.%n
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SchedulerParameters=batch_sched_delay=0,sched_interval=1
ReturnToService=2
MpiDefault=none
NodeName=n[1-$nodes] NodeHostname=slablab NodeAddr=127.0.0.1 Port=[17001-$((17000 + nodes))] \
    CPUs=$cpus RealMemory=$memory
PartitionName=bench Nodes=n[1-$nodes] Default=YES OverSubscribe=EXCLUSIVE
END
}

all_are_idle() {
    [ "$(sinfo --noheader --Node --states=idle --format=%N 2>/dev/null | wc --lines)" -eq "$nodes" ]
}

start_slurm() {
    hostname slablab
    echo '127.0.0.1 localhost slablab' >"$work/hosts"
    mount --bind "$work/hosts" /etc/hosts
    ip link set lo up
    ip address add 127.0.0.2/8 dev lo # the resolver wants one besides 127.0.0.1
    configure
    munged --force --key-file="$work/munge.key" --socket="$work/munge.socket" \
        --pid-file="$work/munged.pid" --log-file="$work/munged.log" --seed-file="$work/munge.seed"
    slurmctld -f "$SLURM_CONF" -L "$work/slurmctld.log"
    for node in $(seq "$nodes"); do
        slurmd -f "$SLURM_CONF" -N "n$node" -L "$work/n$node.log"
    done
    until_true 'the nodes are idle' all_are_idle
}

scatter() {
    cat >"$work/tiny.yaml" <<END
question: Does every unit count once, whatever Slurm does with the jobs?
baseline: baseline
arms: [phase17-1]
workloads:
  - {run: fixed_random size=256 slots=400 operations=200000, start: cold}
  - {run: fixed_random size=512 slots=400 operations=200000, start: cold}
stop: {blocks_max: $blocks}
END
    "$build/slablab" scatter "$work/tiny.yaml" --dir "$share" --units "$units" --lease 2
    "$build/slablab" scatter "$work/tiny.yaml" --dir "$share" --workers "$nodes" --print sbatch \
        >"$work/job.sh"
    cat "$work/job.sh"
}

# stopped_in_a_unit TASK: the process of this task of the array, if it has a unit now; stopped, or
# it could be done with the unit before it is killed.
stopped_in_a_unit() {
    local held pid
    for held in "$share"/units/held/*; do
        pid=${held##*-}
        grep --quiet --text "SLURM_ARRAY_TASK_ID=$1" "/proc/$pid/environ" 2>/dev/null || continue
        kill -STOP "$pid"
        [ ! -e "$held" ] || { stopped=$pid unit=$(basename "${held%@*}") && return; }
        kill -CONT "$pid"
    done
    return 1
}

is_state() {
    scontrol show job "$1" | grep --quiet "JobState=$2"
}

disturb() {
    until_true 'task 1 has a unit' stopped_in_a_unit 1
    squeue --noheader --format=%N >"$work/nodes"
    scancel --signal=KILL --batch "${job}_1"
    until_true 'task 1 has failed' is_state "${job}_1" FAILED
    echo "killed in $unit: process $stopped"
    until_true 'task 2 has a unit' stopped_in_a_unit 2
    squeue --noheader --format=%N >>"$work/nodes"
    scontrol requeue "${job}_2"
    kill -CONT "$stopped"
    echo "requeued in $unit: process $stopped"
}

no_job_is_left() {
    [ -z "$(squeue --noheader 2>/dev/null)" ]
}

# Every block of every cell once, by whichever worker; and never two at a time.
check_samples() {
    jq --slurp --exit-status '[.[] | [.cell, .block]] | length == (unique | length)' \
        "$work/run/samples.jsonl" >/dev/null || failed 'a block counts twice'
    jq --slurp --exit-status '[.[] | {begin: .started_unix_ns,
            end: (.started_unix_ns + .duration_ns)}] | sort_by(.begin) as $blocks
        | all(range(1; $blocks | length); $blocks[. - 1].end <= $blocks[.].begin)' \
        "$work/run/samples.jsonl" >/dev/null || failed 'two workers measured at the same time'
}

# In the order of their names and against it.
check_order() {
    local order shard
    for order in '' --reverse; do
        rm --recursive --force "$work/again"
        cp --recursive "$share" "$work/again"
        rm "$work/again/shards"/*
        # shellcheck disable=SC2086 # no word, or one
        for shard in $(printf '%s\n' "$share"/shards/*.jsonl | sort $order); do
            cp "$shard" "$work/again/shards/"
        done
        "$build/slablab" gather "$work/again" --out "$work/again.run$order" >/dev/null ||
            [ $? -eq 4 ] || failed 'shards in another order'
        diff --recursive "$work/run" "$work/again.run$order" || failed 'another order, other bytes'
    done
}

check_tasks() {
    local task
    for task in $(seq "$nodes"); do
        grep --quiet '^c00[0-9]-b' "$work/slablab-$job-$task.txt" ||
            failed "task $task had no turn"
    done
    [ "$(sort --unique "$work/nodes" | wc --lines)" -eq "$nodes" ] ||
        failed "not every node had a task: $(cat "$work/nodes")"
}

check_run() {
    local status=0
    "$build/slablab" gather "$share" --out "$work/run" >"$work/gathered" || status=$?
    cat "$work/gathered"
    # Whether the little that was measured may be concluded from is not asked here.
    [ "$status" -eq 0 ] || [ "$status" -eq 4 ] || failed "gather: status $status"
    grep --quiet --line-regexp \
        "gathered: $units of $units units, $((cells * blocks)) blocks, of 1 machine" \
        "$work/gathered" || failed 'all units, once, of one machine'
    [ -z "$(find "$share/units" -type f)" ] || failed 'a unit is still claimed'
}

start_slurm || { show_logs && exit 2; }
scatter
cd "$work"
job=$(sbatch --parsable "$work/job.sh")
disturb
until_true 'the array has ended' no_job_is_left
check_run
check_samples
check_order
check_tasks
[ "$failures" -eq 0 ] || { show_logs && exit 1; }
echo "Slurm, $nodes nodes: every unit counted once, one worker killed and one requeued"
