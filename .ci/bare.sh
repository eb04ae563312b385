#!/usr/bin/env bash
# bare.sh -- slablab on a bare Debian, in a chroot that is made of this machine's apt sources.
#
#   bare.sh deb BUILD    the Debian packages of BUILD: installed, used by a user without rights, and
#                        removed again; what a gate needs is within its bound
#   bare.sh container    the steps of the Containerfile, then a gate without a network
#   bare.sh quickstart N  page 1, 2 or 3 of docs/quickstart.md, word for word
#   bare.sh public CLONE BASE HEAD [OPTION...]
#                        page 1 for another's repository: its two revisions; the options are
#                        those of `slablab init` where that cannot guess the build, and
#                        EXPERIMENT names a file where slablab's own counts cannot decide
#
# Nothing names a mirror: sources, configuration and resolv.conf are the host's. Exit status: 0, 1
# where something is not as expected, 2 where a chroot cannot be made.
#
# SPDX-License-Identifier: MIT
set -euo pipefail
cd "$(dirname "$0")/.."
readonly gate_kib_max=120000 # 120 MB: what a gate installs besides a bare Debian

for tool in mmdebstrap unshare chroot; do
    command -v "$tool" >/dev/null || {
        printf 'bare.sh: %s is not there\n  try: apt-get install mmdebstrap\n' "$tool" >&2
        exit 2
    }
done
work=$(mktemp --directory)
readonly root=$work/root
trap 'rm -rf --one-file-system "$work"' EXIT
chmod 755 "$work"
failures=0

failed() {
    printf 'FAILED: %s\n' "$*"
    failures=$((failures + 1))
}

make_root() {
    local file sources=() options=()
    for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.{list,sources}; do
        [ ! -s "$file" ] || sources+=("$file")
    done
    for file in /etc/apt/apt.conf /etc/apt/apt.conf.d/*; do
        [ ! -s "$file" ] || options+=("--setup-hook=mkdir --parents \"\$1$(dirname "$file")\"
            cp \"$file\" \"\$1$file\"")
    done
    mmdebstrap --quiet --variant=minbase "${options[@]}" \
        --customize-hook='copy-in /etc/resolv.conf /etc' '' "$root" "${sources[@]}"
    chmod 777 "$root/home"
}

# inside OPTION... -- COMMAND...: in the chroot, with mounts that end with it; the options are
# unshare's and chroot's.
inside() {
    local unshared=() rooted=()
    while [ "$1" != -- ]; do
        case $1 in
            --user) rooted+=(--userspec=65534:65534) ;;
            --offline) unshared+=(--net) ;;
        esac
        shift
    done
    # shellcheck disable=SC2016 # expanded there
    unshare --mount --pid --fork "${unshared[@]}" bash -euc '
        root=$1
        shift
        mount --types proc proc "$root/proc"
        mount --rbind /dev "$root/dev"
        mount --rbind /sys "$root/sys"
        exec "$@"' _ "$root" env --ignore-environment \
        PATH=/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
        HOME=/home DEBIAN_FRONTEND=noninteractive SLABLAB_LOCK=/home/lock \
        chroot "${rooted[@]}" "$root" bash -euc 'cd "$1"; shift; exec "$@"' _ "${directory-/home}" \
        "${@:2}"
}

# expect STATUS TEXT OPTION... -- COMMAND...: ends with STATUS and prints TEXT somewhere.
expect() {
    local status=0
    inside "${@:3}" >"$work/all" 2>&1 || status=$?
    if [[ $status -ne $1 ]] || ! grep --quiet --fixed-strings -- "$2" "$work/all"; then
        failed "${*:3}: status $status, wanted $1 and '$2'; it printed:"
        cat "$work/all"
    else
        printf 'ok: %s: exit %s, %s\n' "${*:3}" "$status" "$2"
    fi
}

installed_kib() {
    # shellcheck disable=SC2016 # dpkg-query's
    inside -- dpkg-query --show --showformat='${Installed-Size}\n' |
        awk '{ sum += $1 } END { print sum }'
}

# A gate that passes and one that fails, of two files, by counts.
gate_two_files() {
    cat >"$root/home/counts.yaml" <<'END'
question: Does a gate work on a bare machine?
baseline: baseline
workloads: [{run: fixed_random size=256 slots=400 operations=20000, start: cold}]
gate: {decides: [page_faults 5%, instructions 5%], reports: [time 2%]}
END
    cp "$root/usr/lib/slablab/build/libbaseline.so" "$root/home/old.so"
    cp "$root/usr/lib/slablab/build/libbump.so" "$root/home/new.so"
    expect 0 'verdict: PASS' "$@" -- slablab gate counts.yaml --base ./old.so --head ./old.so
    expect 1 'verdict: FAIL' "$@" -- slablab gate counts.yaml --base ./old.so --head ./new.so
}

check_packages() {
    local before after left
    install/deb.sh "$1" "$root/home"
    if command -v lintian >/dev/null; then
        lintian --allow-root --fail-on error,warning "$root"/home/*.deb || failed lintian
    else
        echo 'skip: lintian is not installed'
    fi
    before=$(installed_kib)
    # shellcheck disable=SC2046 # several names
    inside -- bash -c 'apt-get update --quiet=2 && apt-get install --yes --quiet=2 \
        --no-install-recommends ./slablab_*.deb "$@"' _ \
        $(sed -n 's/^gate \([^#]*\).*/\1/p' packages) >"$work/all" 2>&1 ||
        { cat "$work/all"; failed 'apt-get install'; }
    after=$(installed_kib)
    printf 'a gate needs %s KiB, at most %s\n' "$((after - before))" "$gate_kib_max"
    [ $((after - before)) -le "$gate_kib_max" ] || failed 'a gate needs more'
    expect 0 "slablab $(cat VERSION)" --user -- slablab --version
    expect 0 cpu --user -- slablab doctor
    gate_two_files --user
    expect 0 'Inst slablab-report' -- bash -c 'apt-get install --simulate ./slablab-report_*.deb'
    expect 2 'try: apt-get install slablab-report' --user -- slablab table x
    expect 0 '.TH SLABLAB-GATE' --user -- zcat /usr/share/man/man1/slablab-gate.1.gz
    inside -- dpkg --purge slablab >/dev/null || failed 'dpkg --purge'
    left=$(inside -- find / -xdev -name '*slablab*' -not -path '/home/*')
    [ -z "$left" ] || failed "left behind: $left"
}

# Each line of the Containerfile, as a builder of images does it.
check_container() {
    local word rest directory=/
    while read -r word rest; do
        printf '== %s %s\n' "$word" "$rest"
        case $word in
            FROM | ENTRYPOINT) ;;
            COPY)
                mkdir --parents "$root/${rest#. }"
                git -c safe.directory='*' ls-files -z --cached --others --exclude-standard |
                    xargs --null cp --parents --no-dereference --target-directory "$root/${rest#. }"
                ;;
            WORKDIR) directory=$rest && mkdir --parents "$root/$rest" ;;
            RUN) inside -- bash -c "$rest" ;;
            *) failed "bare.sh does not know '$word'" ;;
        esac
    done < <(grep --extended-regexp --invert-match '^(#|$)' Containerfile)
    gate_two_files --offline
    expect 0 'verdict: complete' --offline -- slablab run --blocks 2 -- baseline null
    expect 0 'command_line' --offline -- bash -c 'slablab table results/command_line/*'
}

# The shell's text of a page of the quick start.
page_script() {
    awk -v page="$1" '
        /^## / { at++ }
        /^```$/ { shown = 0 }
        shown && at == page
        /^```sh$/ { shown = 1 }' docs/quickstart.md
}

# What the reader has before the first word.
install_for_reader() {
    git -c safe.directory='*' clone --quiet --bare . "$root/home/slablab.git"
    inside -- bash -euo pipefail -c '
        apt-get update --quiet=2
        apt-get install --yes --quiet=2 --no-install-recommends \
            git sudo ca-certificates g++ cmake make
        git config --global user.name a
        git config --global user.email a@b
        git config --global --add safe.directory "*"' >"$work/all" 2>&1 ||
        { cat "$work/all"; failed 'the reader has no git'; }
    mkdir "$root/home/empty"
}

# follow PAGE SCRIPT
follow() {
    local -r began=$SECONDS
    [ -n "$2" ] || failed "docs/quickstart.md has no page $1"
    printf '%s\n' "$2"
    directory=/home/empty inside -- env SLABLAB=/home/slablab.git MINE=/home/mine \
        bash -euo pipefail -c "$2" ||
        failed "page $1 of docs/quickstart.md: it ended with $?"
    echo "page $1: $((SECONDS - began)) s"
}

# The reader's own repository is a sample with two commits.
check_page() {
    cp -r docs/ci/samples/cmake "$root/home/mine"
    rm -r "$root/home/mine/slablab.yaml" "$root/home/mine/experiments"
    install_for_reader
    directory=/home/mine inside -- bash -euo pipefail -c '
        git init --quiet .
        git add .
        git commit --quiet --message=first
        git commit --quiet --message=second --allow-empty'
    follow "$1" "$(page_script "$1")"
}

# check_public CLONE BASE HEAD [OPTION...]
check_public() {
    local script words=''
    [ $# -le 3 ] || words=$(printf '%q ' "${@:4}")
    script=$(page_script 1)
    script=${script/--base HEAD~1 --head HEAD/"--base $2 --head $3"}
    script=${script/slablab init/"slablab init $words"}
    if [ -n "${EXPERIMENT-}" ]; then
        cp "$EXPERIMENT" "$root/home/experiment.yaml"
        script=${script/slablab gate/slablab gate /home/experiment.yaml}
    fi
    install_for_reader
    git -c safe.directory='*' clone --quiet "$1" "$root/home/mine"
    follow 1 "$script"
}

case ${1-} in
    deb | container | quickstart | public) make_root ;;
    *)
        printf "bare.sh: unknown word '%s'\n  try: .ci/bare.sh deb build\n" "${1-}" >&2
        exit 2
        ;;
esac
case $1 in
    deb) check_packages "$(realpath "$2")" ;;
    container) check_container ;;
    quickstart) check_page "$2" ;;
    public) check_public "${@:2}" ;;
esac
[ "$failures" -eq 0 ] && echo "bare Debian, $1: all as expected"
