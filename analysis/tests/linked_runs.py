"""linked_runs.py -- small runs whose arms have several links, each with an effect of its own.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from .gate_runs import said_of, write_gate, write_said
from .synthetic import arm_record, change_plan, write_run

CELL = "fixed_random size=256 slots=400 warm"


def linked_arm(name: str, role: str, links: int) -> dict[str, Any]:
    """The plan's arm of so many links; 0: of one, as a peer has."""
    arm = arm_record(name, role)
    if links:
        arm["links"] = [
            {"object": f"/links/{name}.{i}.so", "build_id": f"{name}{i}"} for i in range(links)
        ]
        arm |= {"object": arm["links"][0]["object"], "object_build_id": f"{name}0"}
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
                "object": f"/links/{sample['arm']}.{link}.so",
                "build_id": f"{sample['arm']}{link}",
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


def write_linked_gate(
    folder: Path, *, links: int = 4, of_head: int = 4, link_sd: float = 0.0, **options: Any
) -> Path:
    """A gate whose base has so many links and whose head has of_head (0: one file), each with a
    draw of its own of its time's logarithm. gate.json says nothing of them yet."""
    random = np.random.default_rng(1)
    effects = {"base": random.normal(0, link_sd, links), "head": random.normal(0, link_sd, links)}
    count = {"base": links, "control": links, "head": of_head}

    def draw(block: dict[str, Any]) -> None:
        base = int(random.integers(links))
        drawn = {"base": base, "control": (base + 1) % links, "head": int(random.integers(links))}
        for sample in block["samples"]:
            arm = sample["arm"]
            if not count[arm]:
                continue
            code = "head" if arm == "head" else "base"
            link = drawn[arm]
            sample |= {
                "link": link,
                "object": f"/links/{arm}.{link}.so",
                "build_id": f"{arm}{link}",
                "cpu_ns": int(sample["cpu_ns"] * np.exp(effects[code][link])),
            }
            sample["user_ns"] = sample["cpu_ns"] - sample["system_ns"]

    write_gate(folder, edit=draw, **options)
    roles = {"base": "baseline", "control": "control", "head": "arm"}
    plan = change_plan(
        folder,
        arms=[linked_arm(name, role, count[name]) for name, role in roles.items()],
        layouts={"links": links, "linker": "GNU ld 2.40"},
    )
    write_said(folder, {**said_of(folder), "plan": plan["hash"]})
    return folder
