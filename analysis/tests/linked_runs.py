"""linked_runs.py -- small runs whose arms have several links, each with an effect of its own.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from .synthetic import arm_record, change_plan, write_run

CELL = "fixed_random size=256 slots=400 warm"


def linked_arm(name: str, role: str, links: int) -> dict[str, Any]:
    """The plan's arm of so many links; 0: of one, as a peer has."""
    arm = arm_record(name, role)
    if links:
        code = "baseline" if role == "control" else name
        arm["links"] = [
            {"object": f"/links/{code}.{i}.so", "build_id": f"{code}{i}"} for i in range(links)
        ]
        arm |= {"object": arm["links"][0]["object"], "object_build_id": f"{code}0"}
    return arm


def write_linked_run(
    folder: Path,
    links: int,
    blocks: int,
    *,
    link_sd: float = 0.0,
    noise: float = 0.01,
    effect: float = 0.0,
    seed: int = 1,
    edit: Callable[[dict[str, Any]], None] = lambda block: None,
) -> Path:
    """A run of baseline, control and `phase`, whose speed differs by `effect` (a logarithm) from
    the baseline's; each link of either by its own draw of this standard deviation (a logarithm)."""
    random = np.random.default_rng(seed)
    effects = {code: random.normal(0, link_sd, links) for code in ("baseline", "phase")}

    def draw(block: dict[str, Any]) -> None:
        base = int(random.integers(links))
        other = (base + int(random.integers(1, links))) % links
        drawn = {"baseline": base, "control": other, "phase": int(random.integers(links))}
        for sample in block["samples"]:
            code = "phase" if sample["arm"] == "phase" else "baseline"
            link = drawn[sample["arm"]]
            sample |= {
                "link": link,
                "object": f"/links/{code}.{link}.so",
                "build_id": f"{code}{link}",
                "cpu_ns": int(sample["cpu_ns"] * np.exp(-effects[code][link])),
            }
            # Neither may exceed the time that it is a part of.
            sample["user_ns"] = sample["cpu_ns"] - sample["system_ns"]
        edit(block)

    write_run(folder, {"phase": effect}, [CELL], blocks, noise=noise, seed=seed, edit=draw)
    roles = {"baseline": "baseline", "control": "control", "phase": "arm"}
    change_plan(
        folder,
        arms=[linked_arm(name, role, links) for name, role in roles.items()],
        layouts={"links": links, "linker": "GNU ld 2.40"},
    )
    return folder
