"""conftest.py -- the mark of tests that `make check` leaves to `make test`.

SPDX-License-Identifier: MIT"""

import pytest


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "slow: takes seconds, by drawing or by thousands of gates")
