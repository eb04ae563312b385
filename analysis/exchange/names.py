"""names.py -- names of benchmarks that other tools can split again.

  fixed_random/size=256/slots=400/operations=100000/start=cold/arm=ss-reuse%20SLABLAB_X%3D1

SPDX-License-Identifier: MIT"""

from __future__ import annotations

import re
from urllib.parse import quote

from .series import Bench

SAFE = "-._~+,@"  # beside letters and digits; anything else is %XX of its UTF-8


def parts(bench: Bench) -> dict[str, str]:
    """What tells a benchmark from the others of its workload; the arm comes last."""
    found = {key: str(value) for key, value in bench.parameters.items()}
    if bench.cell["start"]:
        found["start"] = bench.cell["start"]
    said = {bench.cell["workload"], *found.values(), *(f"{k}={v}" for k, v in found.items())}
    if not said.issuperset(bench.cell["id"].split()):  # a setting that is no parameter: thp, cpus
        found["cell"] = bench.cell["id"]
    return {**found, "arm": bench.arm}


def path(bench: Bench, between: str = "=") -> str:
    """Workload and parts, joined by slashes, without white space."""
    named = [quote(key, SAFE) + between + quote(value, SAFE) for key, value in parts(bench).items()]
    return "/".join([quote(bench.cell["workload"], SAFE), *named])


def identifier(text: str) -> str:
    """Of letters, digits and underscores, and it does not begin with a digit."""
    found = re.sub(r"\W", "_", text, flags=re.ASCII)
    return f"_{found}" if not found or found[0].isdigit() else found


def column(name: str, taken: set[str]) -> str:
    """A parameter's name where others stand beside it that it must not be taken for."""
    return f"parameter_{name}" if name in taken else name
