"""crate.py -- ro-crate-metadata.json: what each file of an artifact is, and which runs made it.

RO-Crate 1.1 with the profile Process Run Crate 0.5: a CreateAction for every stored run (instrument
slablab, object its experiment, result its records) and one for the report (instrument the analysis,
object the runs, result its files).

SPDX-License-Identifier: MIT"""

from __future__ import annotations

import hashlib
import json
import mimetypes
import re
from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

import yaml

from ..records.packed import opened, unpacked_name

FILE = "ro-crate-metadata.json"
CRATE, PROFILE = "https://w3id.org/ro/crate/1.1", "https://w3id.org/ro/wfrun/process/0.5"
CONTEXT = [f"{CRATE}/context", "https://w3id.org/ro/terms/workflow-run/context"]
LICENSE = "https://spdx.org/licenses/MIT"
SLABLAB, ANALYSIS, AUTHORS = "#slablab", "#analysis", "#authors"
DONE, FAILED = "http://schema.org/CompletedActionStatus", "http://schema.org/FailedActionStatus"
TIMES = re.compile(rb'"started_unix_ns": ?([0-9]+), ?"duration_ns": ?([0-9]+)')
FORMATS = {
    ".jsonl": "application/jsonl",
    ".xz": "application/x-xz",
    ".md": "text/markdown",
    ".yaml": "application/yaml",
    ".tex": "application/x-tex",
    ".cff": "application/yaml",
    ".c": "text/x-c",
    ".h": "text/x-c",
    ".py": "text/x-python",
    ".sh": "application/x-sh",
}
# What each type must have: RO-Crate 1.1, and of actions Process Run Crate 0.5.
REQUIRED = {
    "Dataset": ("name", "description", "datePublished", "license"),
    "File": ("name", "encodingFormat"),
    "CreateAction": ("name", "instrument", "object", "result", "endTime", "agent"),
    "SoftwareApplication": ("name", "softwareVersion"),
    "Organization": ("name",),
    "CreativeWork": (),
}
Entity = dict[str, Any]


def reference(identity: str) -> dict[str, str]:
    return {"@id": identity}


def identity_of(name: str) -> str:
    """A file's, relative to the crate."""
    return quote(name, safe="/+=:@,~")


def files_of(tree: Path) -> list[str]:
    """Every file of the tree but the crate's own, sorted."""
    found = (str(path.relative_to(tree)) for path in tree.rglob("*") if path.is_file())
    return sorted(name for name in found if name != FILE)


def format_of(name: str) -> str:
    """A media type; of what no table knows, plain text or bytes."""
    ending = Path(name).suffix
    plain = "text/plain" if ending in ("", ".manifest") else "application/octet-stream"
    return FORMATS.get(ending) or mimetypes.types_map.get(ending, plain)


def _file(tree: Path, name: str) -> Entity:
    content = (tree / name).read_bytes()
    return {
        "@id": identity_of(name),
        "@type": "File",
        "name": name,
        "encodingFormat": format_of(name),
        "contentSize": str(len(content)),
        "sha256": hashlib.sha256(content).hexdigest(),
    }


def runs_of(tree: Path) -> list[Path]:
    """The folders of stored runs."""
    return sorted(plan.parent for plan in tree.glob("results/**/plan.json"))


def time_text(unix_ns: int) -> str:
    """ISO 8601, in UTC."""
    return datetime.fromtimestamp(unix_ns // 10**9, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def _span(run: Path) -> tuple[int, int]:
    """When a run's first block began and its last one ended, as Unix time in ns; 0 where it has no
    block."""
    begun, ended = [], []
    for path in sorted(run.iterdir()):
        if unpacked_name(path).endswith(".jsonl"):
            with opened(path) as file:
                for start, duration in TIMES.findall(file.read()):
                    begun.append(int(start))
                    ended.append(int(start) + int(duration))
    return (min(begun), max(ended)) if begun else (0, 0)


def _action(tree: Path, run: Path) -> Entity:
    """Of a stored run."""
    plan = json.loads((run / "plan.json").read_text(encoding="utf-8"))
    outcome_file = run / "outcome.json"
    outcome = json.loads(outcome_file.read_text(encoding="utf-8")) if outcome_file.exists() else {}
    begun, ended = _span(run)
    name = str(run.relative_to(tree))
    experiment = f"experiments/{plan['experiment']}.yaml"
    objects = [experiment] if (tree / experiment).exists() else [f"{name}/plan.json"]
    records = [str(path.relative_to(tree)) for path in sorted(run.iterdir()) if path.is_file()]
    return {
        "@id": f"#run-{identity_of(name)}",
        "@type": "CreateAction",
        "name": f"slablab measures {plan['experiment']}",
        "description": plan.get("question", ""),
        "instrument": reference(SLABLAB),
        "object": [reference(identity_of(one)) for one in objects],
        "result": [reference(identity_of(one)) for one in records if one not in objects],
        "startTime": time_text(begun),
        "endTime": time_text(ended),
        "agent": reference(AUTHORS),
        "actionStatus": reference(DONE if outcome.get("verdict") == "complete" else FAILED),
    }


def _report_action(tree: Path, runs: list[Entity], report: str, published: str) -> Iterator[Entity]:
    """Of the report, where the artifact has one."""
    made = [name for name in files_of(tree) if name.startswith(f"{report}/")]
    if not made:
        return
    records = [result for run in runs for result in run["result"]]
    yield {
        "@id": "#report",
        "@type": "CreateAction",
        "name": "analysis draws tables and figures from the stored runs",
        "instrument": reference(ANALYSIS),
        "object": records,
        "result": [reference(identity_of(name)) for name in made],
        "endTime": published,
        "agent": reference(AUTHORS),
        "actionStatus": reference(DONE),
    }


def _software(identity: str, name: str, version: str) -> Entity:
    return {
        "@id": identity,
        "@type": "SoftwareApplication",
        "name": name,
        "softwareVersion": version,
    }


def _cited(tree: Path) -> Entity:
    """What CITATION.cff says."""
    found = yaml.safe_load((tree / "CITATION.cff").read_text(encoding="utf-8"))
    return found if isinstance(found, dict) else {}


def _author(cited: Entity) -> str:
    """All authors in one text."""
    names = []
    for one in cited.get("authors", []):
        parts = [one.get(key, "") for key in ("name", "given-names", "family-names")]
        names.append(" ".join(filter(None, parts)))
    return ", ".join(filter(None, names)) or "unknown"


def crate(tree: Path, report: str) -> Entity:
    """The metadata of all files of a tree. report: the report's folder in it."""
    cited, files = _cited(tree), files_of(tree)
    version = str(cited.get("version", "unknown"))
    published = str(cited.get("date-released", "1970-01-01"))
    runs = [_action(tree, run) for run in runs_of(tree)]
    actions = [*runs, *_report_action(tree, runs, report, published)]
    title = str(cited.get("title", "slablab"))
    root: Entity = {
        "@id": "./",
        "@type": "Dataset",
        "name": title,
        "description": f"{title}: sources, stored runs, tables and figures, and the claims that "
        "can be measured again.",
        "datePublished": published,
        "license": reference(LICENSE),
        "author": reference(AUTHORS),
        "conformsTo": reference(PROFILE),
        "hasPart": [reference(identity_of(name)) for name in files],
        "mentions": [reference(one["@id"]) for one in actions],
    }
    descriptor = {
        "@id": FILE,
        "@type": "CreativeWork",
        "conformsTo": reference(CRATE),
        "about": reference("./"),
    }
    works = [
        {"@id": PROFILE, "@type": "CreativeWork", "name": "Process Run Crate", "version": "0.5"},
        {"@id": LICENSE, "@type": "CreativeWork", "name": "MIT License"},
        {"@id": AUTHORS, "@type": "Organization", "name": _author(cited)},
        _software(SLABLAB, "slablab", version),
        _software(ANALYSIS, "slablab's analysis", version),
    ]
    described = [_file(tree, name) for name in files]
    return {"@context": CONTEXT, "@graph": [descriptor, root, *works, *actions, *described]}


def _references(value: Any) -> Iterator[str]:
    """Every @id that a property's value names."""
    for one in value if isinstance(value, list) else [value]:
        if isinstance(one, dict) and set(one) == {"@id"}:
            yield one["@id"]


def _entity_faults(entity: Entity, known: set[str]) -> Iterator[str]:
    identity, kind = entity["@id"], entity.get("@type")
    if kind not in REQUIRED:
        yield f"{identity}: unknown type {kind}"
        return
    for name in REQUIRED[kind]:
        if entity.get(name) in (None, "", []):
            yield f"{identity}: has no {name}"
    for name, value in entity.items():
        for other in _references(value):
            absolute = other.startswith(("http://", "https://"))
            if other not in known and not absolute:
                yield f"{identity}: {name} names {other}, which is not described"


def crate_faults(found: Entity, tree: Path) -> list[str]:
    """What is wrong with a crate, by RO-Crate 1.1, the profile and the files that are there."""
    graph = found.get("@graph", [])
    entities = {one["@id"]: one for one in graph}
    faults = [] if len(entities) == len(graph) else ["an @id stands twice"]
    if found.get("@context") != CONTEXT:
        faults.append("@context is not that of the profile")
    descriptor, root = entities.get(FILE, {}), entities.get("./", {})
    said = (descriptor.get("conformsTo"), descriptor.get("about"))
    if said != (reference(CRATE), reference("./")):
        faults.append(f"{FILE} does not describe ./ by {CRATE}")
    if root.get("conformsTo") != reference(PROFILE) or PROFILE not in entities:
        faults.append(f"./ does not conform to {PROFILE}")
    for one in graph:
        faults += _entity_faults(one, set(entities))
    parts = {one["@id"] for one in root.get("hasPart", [])}
    mentioned = {one["@id"] for one in root.get("mentions", [])}
    there = {identity_of(name) for name in files_of(tree)}
    described = {name for name, one in entities.items() if one.get("@type") == "File"}
    actions = {name for name, one in entities.items() if one.get("@type") == "CreateAction"}
    faults += [f"{name}: is no file of the crate" for name in sorted(described - there)]
    faults += [f"{name}: is not described" for name in sorted(there - described)]
    faults += [f"{name}: is not part of ./" for name in sorted(described - parts)]
    faults += [f"{name}: is not mentioned by ./" for name in sorted(actions - mentioned)]
    for name in sorted(described & there):
        digest = hashlib.sha256((tree / unquote(name)).read_bytes()).hexdigest()
        if entities[name].get("sha256") != digest:
            faults.append(f"{name}: has another sha256")
    return faults


def crate_text(found: Entity) -> str:
    return json.dumps(found, indent=1, ensure_ascii=False, sort_keys=True) + "\n"
