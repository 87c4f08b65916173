"""What schedules say: their occurrences, on zones whose clocks change."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

from hypothesis import strategies as st

from privflow.timing import Instant, Schedule, instant

DATA: Final = Path(__file__).parents[1] / "data" / "dst_transitions.json"
TRANSITIONS: Final = json.loads(DATA.read_text(encoding="utf-8"))
DAY: Final = 86_400_000_000
SHANGHAI: Final = "Asia/Shanghai"


def near_changes(
    before: int, after: int = 3 * DAY, *, since: str = ""
) -> st.SearchStrategy[tuple[str, int]]:
    """A zone, and an instant near a change of its clock.

    Args:
        before: at most so many microseconds before it.
        since: the first change, in UTC.
    """
    rows = [row for row in TRANSITIONS if row["utc"] > since]
    return st.tuples(st.sampled_from(rows), st.integers(-before, after)).map(
        lambda pair: (pair[0]["zone"], instant(pair[0]["utc"]).us + pair[1])
    )


def occurrences(
    schedule: Schedule, anchor_us: int, tz: str, most: int = 40, **attributes: object
) -> list[int]:
    """The first so many due instants, in microseconds."""
    found: list[int] = []
    last = None
    while len(found) < most:
        last = schedule.due(
            anchor_us=anchor_us, after_us=last, tz=tz, attributes=attributes
        )
        if last is None:
            break
        found.append(last)
    return found


def dues(
    schedule: Schedule,
    anchor: str,
    count: int = 3,
    tz: str = SHANGHAI,
    **attributes: object,
) -> list[str]:
    """The first so many due instants as text on the wall clock of the zone."""
    found = occurrences(schedule, instant(anchor, tz=tz).us, tz, count, **attributes)
    return [Instant(us).isoformat(tz)[:16] for us in found]
