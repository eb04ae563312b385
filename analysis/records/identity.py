"""identity.py -- samples held against what the plan and the attestation say that was to run.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from ..complaint import Complaint
from .json_files import read_object
from .kinds import is_imported
from .shapes import PLAN_BEFORE, check_attestation

FILE = "attestation.json"
C_LIBRARY = "libc.so.6"
PATH_BYTES_KEPT = 400  # of a path that was too long for the page between harness and workload

Work = tuple[str | None, int | None]  # checksum and operations of a region; a program may lack both


@dataclass(frozen=True)
class Identity:
    """arms: id to (object or None for the C library, build-id or ""), as the plan has them.
    programs: id to the build-id of its program, where two programs are compared.
    links: id to the same of each of its links, where it has several.
    work: cell to what its attested arms did; empty where nothing was attested."""

    arms: dict[str, tuple[str | None, str]]
    programs: dict[str, str] = field(default_factory=dict)
    work: dict[str, Work] = field(default_factory=dict)
    links: dict[str, list[tuple[str, str]]] = field(default_factory=dict)

    def file_of(self, sample: dict[str, Any]) -> tuple[str | None, str]:
        """What is to serve the sample: of an arm with links the one that the sample names. Raises
        ValueError where it names none."""
        links, link = self.links.get(sample["arm"]), sample.get("link")
        if links is None and link is None:
            return self.arms[sample["arm"]]
        if type(link) is not int or not 0 <= link < len(links or []):
            raise ValueError(f"'{sample['arm']}' has no link {link!r:.40}")
        return links[link]

    def attested(self) -> dict[str, tuple[Work, str]]:
        """The `seen` of check_work before the first sample."""
        return {cell: (work, FILE) for cell, work in self.work.items()}


def _is_object(found: Any, planned: str | None) -> bool:
    if not isinstance(found, str):
        return False
    if planned is None:
        return PurePosixPath(found).name == C_LIBRARY
    return found == planned or (len(found) > PATH_BYTES_KEPT and planned.startswith(found))


def check_identity(identity: Identity, sample: dict[str, Any], where: str) -> None:
    """The sample's malloc came from its arm's file. Older records may not say."""
    planned, build_id = identity.file_of(sample)
    found = sample.get("build_id", "")
    if found and build_id and found != build_id:
        raise Complaint(
            f"{where}: '{sample['arm']}' has build-id {found!s:.40}, but {build_id} in plan.json: "
            "another file was measured",
            "restore the files; slablab never writes such a line",
        )
    program, ran = identity.programs.get(sample["arm"]), sample.get("program_build_id")
    if program is not None and ran is not None and ran != program:
        raise Complaint(
            f"{where}: '{sample['arm']}' ran a program of build-id {ran!s:.40}, but {program} in "
            "plan.json",
            "restore the files; slablab never writes such a line",
        )
    if "object" in sample and not _is_object(sample["object"], planned):
        raise Complaint(
            f"{where}: '{sample['arm']}' had its malloc from {sample['object']!s:.80}, but from "
            f"{planned or C_LIBRARY} in plan.json",
            "restore the files; slablab never writes such a line",
        )


def check_work(
    seen: dict[str, tuple[Work, str]], cell: str, sample: dict[str, Any], where: str
) -> None:
    """Every sample of a cell does the same work. seen: cell to what was done and by which arm,
    filled here."""
    done = sample.get("checksum"), sample.get("operations")
    first, arm = seen.setdefault(cell, (done, sample["arm"]))
    if done == first:
        return
    what = "gave checksum {0}" if done[0] != first[0] else "did {1} operations"
    raise Complaint(
        f"{where}: '{sample['arm']}' {what.format(*done)} in '{cell}', but '{arm}' "
        f"{what.format(*first)}: they did not do the same work",
        "find out which is wrong: slablab attest; no table is made of such a run",
    )


def _attested_work(folder: Path, plan: dict[str, Any]) -> dict[str, Work]:
    path = folder / FILE
    attested = read_object(path)
    if attested is None:
        return {}
    check_attestation(attested, str(path))
    seen: dict[str, tuple[Work, str]] = {}
    cells = {cell["id"] for cell in plan["cells"]}
    arms = {arm["id"] for arm in plan["arms"]}
    for cell in attested["cells"]:
        named = {cell["cell"]} - cells | {arm["arm"] for arm in cell["arms"]} - arms
        if named:
            raise Complaint(
                f"{path}: the plan has no '{named.pop():.80}'", "restore the file from its copy"
            )
        for arm in cell["arms"]:
            if arm["status"] == "ok" and not attested["violations"]:
                check_work(seen, cell["cell"], arm, str(path))
    return {cell: work for cell, (work, _) in seen.items()}


def identity_of(folder: Path, plan: dict[str, Any]) -> Identity:
    """Raises Complaint for an attestation.json that is broken or of another plan."""
    arms = {
        arm["id"]: (arm.get("object"), arm.get("object_build_id") or "") for arm in plan["arms"]
    }
    programs = {
        arm["id"]: arm["program_build_id"] for arm in plan["arms"] if "program_build_id" in arm
    }
    links = {
        arm["id"]: [(link["object"], link["build_id"]) for link in arm["links"]]
        for arm in plan["arms"]
        if "links" in arm
    }
    return Identity(arms, programs, _attested_work(folder, plan), links)


def check_attested(folder: Path, plan: dict[str, Any], measured: bool) -> None:
    """A run is attested before its first block; older plans' runs may have lost it, and one that
    was imported never was."""
    if is_imported(plan):
        return
    if measured and plan["schema"] != PLAN_BEFORE and not (folder / FILE).exists():
        raise Complaint(
            f"{folder / FILE}: not there, so nothing tells what the arms were to do",
            "restore the file; it is written once, before the first block",
        )
