"""The simulated month, and seeded choices that are the same in every run."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final, TypeVar

import privflow as pf
from privflow.conditions import share_of

ZONE: Final = "Asia/Shanghai"
FIRST_DAY: Final = date(2026, 12, 1)
DAYS: Final = 31
START: Final = pf.instant("2026-12-01T00:00+08:00")
END: Final = pf.instant("2027-01-01T00:00+08:00")
YEARS_MOVED: Final = 20
"""The orders of 2004 to 2006 are told as if they were of 2024 to 2026."""

Choice = TypeVar("Choice")


def at_local(day: date, minute: float) -> pf.Instant:
    """The instant of a minute of a local day, counted from midnight."""
    seconds = int(minute * 60)
    hour, rest = divmod(seconds, 3600)
    clock = f"{hour:02}:{rest // 60:02}:{rest % 60:02}"
    return pf.instant(f"{day.isoformat()}T{clock}", tz=ZONE)


def local_text(at: pf.Instant) -> str:
    """An instant as people in Shanghai read it: `12-03 20:00`."""
    return at.isoformat(ZONE)[5:16].replace("T", " ")


def local_day(at: pf.Instant) -> str:
    """The local day of an instant: `2026-12-03`."""
    return at.isoformat(ZONE)[:10]


def chance(what: str, subject: str, share: float) -> bool:
    """Whether a subject belongs to the share; the same answer in every run."""
    return share_of(what, subject) < share


def chosen_from(choices: Sequence[Choice], what: str, subject: str) -> Choice:
    """One of the choices, evenly and for good."""
    return choices[int(share_of(what, subject) * len(choices))]


def between(low: float, high: float, what: str, subject: str) -> float:
    """A number between two bounds, evenly and for good."""
    return low + share_of(what, subject) * (high - low)
