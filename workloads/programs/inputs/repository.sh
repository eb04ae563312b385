#!/bin/sh
# repository.sh -- a bare repository of 40 commits with 120 files, the same in every copy.
#
# SPDX-License-Identifier: MIT
set -eu

export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@b GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@b
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null

git init --quiet --initial-branch=main work
cd work
for commit in $(seq 40); do
    awk -v seed="$commit" -v commit="$commit" 'function draw(n) {
        seed = seed * 16807 % 2147483647
        return seed % n
    }
    BEGIN {
        for (i = 0; i < 12; i++) {
            name = "file" draw(120)
            for (line = 0; line < 200; line++)
                printf "%s line %d of %d: %d\n", name, line, commit, draw(1000003) > name
            close(name)
        }
    }'
    git add .
    GIT_AUTHOR_DATE="$((1700000000 + commit)) +0000" \
        GIT_COMMITTER_DATE="$((1700000000 + commit)) +0000" git commit --quiet --message "$commit"
done
cd ..
mv work/.git repository
rm -r work
git -C repository config core.bare true
rm repository/hooks/*
