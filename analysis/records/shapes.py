"""shapes.py -- the required form of plan.json and outcome.json.

A shape is a type, a tuple of types, [shape of every element] or {key: shape}; a key that ends in ?
may be missing. Other keys are ignored (harness/records.md).

SPDX-License-Identifier: MIT"""

from __future__ import annotations

from typing import Any

from ..complaint import Complaint
from .plan_hash import plan_hash

PLAN_BEFORE = "slablab-plan/1"
NUMBER = (int, float)
NONE = type(None)

PLAN = {
    "experiment": str,
    "form": str,
    "question": str,
    "expects": str,
    "hash": str,
    "alpha": NUMBER,
    "alpha_control": NUMBER,
    "margin": NUMBER,
    "rules?": {
        "lost_ratio_max": NUMBER,
        "alpha_dependence": NUMBER,
        "blocks_min": int,
        "blocks_for_dependence": int,
    },
    "stop": {"half_width?": (*NUMBER, NONE)},
    "events?": [str],
    "arms": [
        {
            "id": str,
            "role": str,
            "links?": [{"object": str, "build_id": str}],
            "phase?": str,
            "constants?": [{"name": str, "value": int, "standard": str, "unit": str}],
        }
    ],
    "cells": [
        {
            "id": str,
            "workload": str,
            "start": str,
            "parameters": {},
            "operations?": (int, NONE),
            "warmup_operations?": (int, NONE),
            "program?": {},
            "server?": {},
            "benchmark?": {"iterates": bool},
        }
    ],
    "comparisons?": [{"arm": str, "against": str}],
    "interactions?": [{"first": str, "second": str, "both": str}],
    "workloads?": {},
    "imported?": {
        "files": [{"name": str, "arm": str, "format": str, "sha256": str}],
        "blocks": str,
        "dropped": [{"cell": str, "arm": str, "samples": int}],
    },
    "left_out?": [{"cell": str, "why": str}],
    "published?": [
        {"where": str, "arm": str, "against?": (str, NONE), "metric": str, "value": NUMBER}
    ],
}
OUTCOME = {
    "verdict": str,
    "reasons?": [(str, dict)],
    "cells?": [{"cell": str, "blocks?": int, "stopped_by?": (str, NONE)}],
}
ATTESTATION = {
    "cells": [
        {
            "cell": str,
            "arms": [
                {
                    "arm": str,
                    "status": str,
                    "checksum": (str, NONE),
                    "operations": (int, NONE),
                    "failed?": [{"status": str}],
                }
            ],
        }
    ],
    "violations": [(str, dict)],
}


def _fault(value: Any, shape: Any, path: str = "") -> str | None:
    """The first deviation of the value from the shape, in words; None: there is none."""
    if isinstance(shape, dict):
        if not isinstance(value, dict):
            return f"{path or 'all of it'} is {value!r:.40}, not an object"
        for name, inner in shape.items():
            key = name.removesuffix("?")
            where = f"{path}.{key}".lstrip(".")
            if key in value:
                found = _fault(value[key], inner, where)
            else:
                found = None if name.endswith("?") else f"there is no {where}"
            if found:
                return found
        return None
    if isinstance(shape, list):
        if not isinstance(value, list):
            return f"{path} is {value!r:.40}, not a list"
        faults = (_fault(inner, shape[0], f"{path}[{i}]") for i, inner in enumerate(value))
        return next(filter(None, faults), None)
    types = shape if isinstance(shape, tuple) else (shape,)
    if not isinstance(value, types) or (isinstance(value, bool) and bool not in types):
        wanted = " or ".join("null" if one is NONE else one.__name__ for one in types)
        return f"{path} is {value!r:.40}, not {wanted}"
    return None


def _reference_fault(plan: dict[str, Any]) -> str | None:
    """Errors of a well-formed plan: names of nothing, and names of two things."""
    arms, cells = ([entry["id"] for entry in plan[name]] for name in ("arms", "cells"))
    if not arms or plan["arms"][0]["role"] != "baseline":
        return "arms[0] is not the baseline"
    for names in (arms, cells):
        doubled = [name for name in names if names.count(name) > 1]
        if doubled:
            return f"'{doubled[0]}' is there twice"
    for cell in plan["cells"]:
        for name, value in cell["parameters"].items():
            if not isinstance(value, (int, str)) or isinstance(value, bool):
                return f"parameter {name} of '{cell['id']}' is {value!r:.40}, not int or str"
    compared = [found[key] for found in plan.get("comparisons", []) for key in ("arm", "against")]
    for found in plan.get("interactions", []):
        compared += [found["first"], found["second"], found["both"]]
    unknown = [name for name in compared if name not in arms]
    return f"'{unknown[0]}' is compared, but no arm" if unknown else None


def _hash_fault(plan: dict[str, Any]) -> str | None:
    """Older plans have a hash by another rule, of which the plan does not hold all."""
    if plan["schema"] == PLAN_BEFORE:
        return None
    try:
        found = plan_hash(plan)
    except (ValueError, RecursionError) as error:
        return f"has no hash: {error}"
    if found == plan["hash"]:
        return None
    return f"was changed since it was written: its hash is {plan['hash']:.40}, not {found}"


def check_shape(value: Any, shape: Any, where: str) -> None:
    """Raises Complaint where a record is not of the shape."""
    found = _fault(value, shape)
    if found:
        raise Complaint(f"{where}: {found}", "restore the file; see harness/records.md")


def check_plan(plan: dict[str, Any], where: str) -> None:
    """Raises Complaint for a plan that cannot be read, or was changed after it was written."""
    found = _fault(plan, PLAN) or _reference_fault(plan) or _hash_fault(plan)
    if found:
        raise Complaint(f"{where}: {found}", "restore the file; see harness/records.md")


def check_outcome(outcome: dict[str, Any], where: str) -> None:
    """Raises Complaint for an outcome that cannot be read."""
    check_shape(outcome, OUTCOME, where)


def check_attestation(attestation: dict[str, Any], where: str) -> None:
    """Raises Complaint for an attestation that cannot be read."""
    check_shape(attestation, ATTESTATION, where)
