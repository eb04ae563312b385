#!/usr/bin/env bash
# ci_examples.sh -- action.yml's steps and the commands in docs/ci, run as they stand there.
#
# Usage: [BUILD]. Base and head are this checkout's commit, and results go to a folder of the
# test's own; nothing else is changed. Equal code must pass, and leave what the files collect. Of
# GitHub's own program, which writes comments, there is a stand-in.
#
# SPDX-License-Identifier: MIT
set -euo pipefail
cd "$(dirname "$0")/../.."
build=$(realpath --relative-to=. "${1:-build}")
output=$(mktemp --directory)
trap 'rm -rf "$output"' EXIT
failures=0
unset MAKEFLAGS GITHUB_ACTIONS

if ! commit=$(git -c safe.directory='*' rev-parse --verify --quiet 'HEAD^{commit}'); then
    echo "skipped: no git checkout, so there are no revisions to compare"
    exit 0
fi
python=$(for python in python3 /usr/bin/python3; do
    "$python" -c 'import yaml' 2>/dev/null && echo "$python" && break
done) || { echo "skipped: no python3 has yaml; try: apt-get install python3-yaml" && exit 0; }

fail() {
    echo "FAILED: $*"
    failures=$((failures + 1))
}

# commands FILE INPUT=VALUE...: its script, for this checkout and this build.
commands() {
    "$python" harness/tests/ci_commands.py "$@" |
        sed "s|/opt/slablab/|$PWD/|; s|/build/slablab|/$build/slablab|; s|^make\$|make BUILD=$build|
             s|slablab\(\"\?\) gate |slablab\1 gate --seed 1 --wait |"
}

# runs NAME FOLDER COMMENT: the script ends well, and leaves two gates and a comment on both.
runs() {
    local status=0 report
    bash -euo pipefail "$output/script" >"$output/log" 2>&1 || status=$?
    # Void by chance, once in a hundred: the control arm.
    if [[ $status -ne 0 && $status -ne 4 ]]; then
        fail "$1: status $status; it printed:"
        cat "$output/log"
        return
    fi
    for report in gate.md gate.xml gate.json; do
        [[ $(find "$2" -path "*/counts/*-gate/$report" | wc --lines) -eq 2 || $status -eq 4 ]] ||
            fail "$1: $2 does not hold two of $report"
    done
    [[ $(grep --count '^## slablab gate: counts: ' "$3") -eq 2 || $status -eq 4 ]] ||
        fail "$1: $3 is no comment on two gates"
}

commands action.yml experiment=docs/ci/counts.yaml base="$commit" reference="$commit" \
    >"$output/script"
mkdir "$output/runner"
export GITHUB_ACTION_PATH=$PWD RUNNER_TEMP=$output/runner GITHUB_STEP_SUMMARY=$output/summary
runs action.yml "$output/runner/slablab" "$output/runner/slablab-comment.md"
grep --quiet '^## slablab gate: counts: ' "$output/summary" || fail "action.yml: no page"
for path in slablab-comment.md slablab/; do
    grep --quiet --fixed-strings "path: \${{ runner.temp }}/$path" action.yml ||
        fail "action.yml does not keep $path"
done

commands docs/ci/gitlab.yml | sed "s|results|$output/gitlab|g; s|comment\.md|$output/gitlab.md|" \
    >"$output/script"
export EXPERIMENT=docs/ci/counts.yaml CI_MERGE_REQUEST_DIFF_BASE_SHA=$commit REFERENCE=$commit
runs docs/ci/gitlab.yml "$output/gitlab" "$output/gitlab.md"

# What github.yml gives to the action are inputs of it, and it has no rights but to read.
"$python" - <<'END' || fail "docs/ci/github.yml is not what action.yml takes"
import sys, yaml
action, workflow = (yaml.safe_load(open(name)) for name in ("action.yml", "docs/ci/github.yml"))
given = workflow["jobs"]["gate"]["steps"][-1]
sys.exit(
    "slablab@" not in given["uses"]
    or not given["with"].keys() <= action["inputs"].keys()
    or workflow["permissions"] != {"contents": "read"}
)
END

# gh, as far as the workflow that comments calls it: $text is the artifact, $old a comment's number.
mkdir "$output/bin" "$output/comment"
cat >"$output/bin/gh" <<'END'
#!/usr/bin/env bash
case "$*" in
    "run download"*) mkdir --parents text && cp "$TEXT" text/slablab-comment.md ;;
    *pulls*) echo 7 ;;
    *paginate*) [[ -z $OLD ]] || echo "$OLD" ;;
    *) echo "$*" >>"$CALLS" ;;
esac
END
chmod +x "$output/bin/gh"
"$python" -c 'import sys, yaml
print(yaml.safe_load(open(sys.argv[1]))["jobs"]["comment"]["steps"][0]["run"])' \
    docs/ci/github_comment.yml >"$output/script"
# comments TEXT OLD: with the calls that change something in $output/calls.
comments() {
    : >"$output/calls"
    (cd "$output/comment" && PATH=$output/bin:$PATH TEXT=$1 OLD=$2 CALLS=$output/calls RUN=1 \
        REPOSITORY=o/r FROM=o BRANCH=b COMMIT=c bash -eo pipefail "$output/script")
}
comment=$output/gitlab.md
comments "$comment" '' || fail "github_comment.yml: status $?"
grep --quiet 'POST repos/o/r/issues/7/comments' "$output/calls" ||
    fail "github_comment.yml writes no first comment"
comments "$comment" 12 || fail "github_comment.yml: status $?"
grep --quiet 'PATCH repos/o/r/issues/comments/12' "$output/calls" ||
    fail "github_comment.yml does not replace its comment"
echo "something else" >"$output/other"
if comments "$output/other" '' || [[ -s $output/calls ]]; then
    fail "github_comment.yml writes what slablab did not"
fi
[[ $failures -eq 0 ]] && echo "examples of CI: all run"
