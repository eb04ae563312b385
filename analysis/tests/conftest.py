"""conftest.py -- what makes tests cheaper: the mark of the slow ones, and figures drawn once.

SPDX-License-Identifier: MIT"""

from collections.abc import Mapping
from typing import Any

import pytest

from analysis.report import report
from analysis.report.sections import Section


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "slow: takes seconds, by drawing or by thousands of gates")
    config.addinivalue_line("markers", "paper: runs TeX, which .ci/paper.sh installs and does")


@pytest.fixture(scope="module", name="found")
def _found() -> dict[str, Mapping[Any, str]]:
    return {}


@pytest.fixture
def drawn_once(monkeypatch: pytest.MonkeyPatch, found: dict[str, Mapping[Any, str]]) -> None:
    """For verify's tests that change what is stored and not the samples: what the figures must say,
    for which each has to be drawn, is found once for a module."""
    draw = report._origins

    def origins(one: Section) -> Mapping[Any, str]:
        if one.subject.name not in found:
            found[one.subject.name] = draw(one)
        return found[one.subject.name]

    monkeypatch.setattr(report, "_origins", origins)
