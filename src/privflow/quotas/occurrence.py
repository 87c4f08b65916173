"""When a trigger happened, read from a timeline."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator

from privflow.conditions import Events, Trigger, trigger_of
from privflow.facts import Timeline


def trigger_or_none(given: Events | Trigger | None) -> Trigger | None:
    """The trigger, where one is given."""
    return None if given is None else trigger_of(given)


def occurrences(
    trigger: Trigger, timeline: Timeline, *, after_us: int | None, upto_us: int
) -> Iterator[int]:
    """The instants in (after, upto] at which it happened, newest first.

    Args:
        after_us: None looks back to the beginning.
    """
    series = timeline.series.get(trigger.name)
    if series is None:
        return
    times, size = series.times, series.size
    first = 0 if after_us is None else bisect_right(times, after_us, 0, size)
    for place in range(bisect_right(times, upto_us, 0, size) - 1, first - 1, -1):
        if trigger.where is None or trigger.matches(series.row(place)):
            yield times[place]
