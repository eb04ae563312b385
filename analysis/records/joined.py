"""joined.py -- profiles and ledgers of one plan put together, from any mix of folders.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from ..complaint import Complaint
from . import ledgers, profiles
from .instruments import FILE, Instrumented, instrument_of
from .ledgers import Ledger, load_ledger
from .profiles import Profile, load_profile
from .records import Recorded
from .style import Style

LOADERS = {profiles.KIND: load_profile, ledgers.KIND: load_ledger}


@dataclass(frozen=True, eq=False)
class Joined(Recorded):
    """One plan's profile, or its ledger, or both; named after the profile where there is one."""

    profile: Profile | None
    ledger: Ledger | None

    @property
    def runs(self) -> list[Instrumented]:
        return [run for run in (self.profile, self.ledger) if run is not None]


def _loaded(folder: Path) -> tuple[str, Instrumented]:
    kind = instrument_of(folder).get("instrument")
    if not isinstance(kind, str) or kind not in LOADERS:
        raise Complaint(
            f"{folder / FILE}: instrument {kind!r}, but only {', '.join(LOADERS)} are known here",
            "use the analysis of the checkout that recorded the run",
        )
    return kind, LOADERS[kind](folder)


def load_instrumented(folder: Path) -> Instrumented:
    """A profile or a ledger of faults, whichever the folder holds."""
    return _loaded(folder)[1]


def join(folders: list[Path]) -> list[Joined]:
    """Reads every folder; those of one plan's hash are one. Two profiles or two ledgers of one plan
    are refused: they must not be pooled silently."""
    by_plan: dict[str, dict[str, Instrumented]] = {}
    for folder in folders:
        kind, run = _loaded(folder)
        others = by_plan.setdefault(run.plan["hash"], {})
        if kind in others:
            raise Complaint(
                f"{folder} and {others[kind].path} are both a '{kind}' run of plan "
                f"{run.plan['hash']}",
                "name one of the two; they are not pooled",
            )
        others[kind] = run
    found = []
    for runs in by_plan.values():
        first = runs.get(profiles.KIND) or runs[ledgers.KIND]
        found.append(
            Joined(
                first.path,
                first.plan,
                first.machine,
                first.outcome,
                runs.get(profiles.KIND),  # type: ignore[arg-type]
                runs.get(ledgers.KIND),  # type: ignore[arg-type]
            )
        )
    return found


def in_style(joined: Joined, style: Style) -> Joined:
    """The same, shown in another style."""
    profile = joined.profile and replace(joined.profile, style=style)
    ledger = joined.ledger and replace(joined.ledger, style=style)
    return replace(joined, style=style, profile=profile, ledger=ledger)
