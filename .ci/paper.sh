#!/usr/bin/env bash
# paper.sh -- compiles the paper's template as ACM and IEEE print it, with TeX installed for it.
#
#   paper.sh PYTHON
#
# SPDX-License-Identifier: MIT
set -euo pipefail
cd "$(dirname "$0")/.."
readonly python=${1:-python3}

has_tex() {
    command -v pdflatex kpsewhich >/dev/null &&
        [ "$(kpsewhich acmart.cls IEEEtran.cls siunitx.sty xstring.sty | wc --lines)" -eq 4 ]
}

if ! has_tex; then
    if [ "$(id --user)" -ne 0 ]; then
        echo 'skip  paper: no TeX and no root; apt-get install texlive-publishers texlive-science'
        exit 0
    fi
    apt-get update --quiet=2
    DEBIAN_FRONTEND=noninteractive apt-get install --yes --quiet=2 --no-install-recommends \
        texlive-latex-recommended texlive-latex-extra texlive-fonts-recommended texlive-publishers \
        texlive-science
fi
exec "$python" -m pytest -q -p no:cacheprovider analysis/tests/test_paper.py
