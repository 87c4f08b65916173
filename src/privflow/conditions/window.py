"""Fast answers about a window of a series: what compiled conditions call."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable

from privflow.conditions.node import Aggregate
from privflow.conditions.reference import measured
from privflow.facts import Number, Properties, Series, Value

Matches = Callable[[Properties], bool]


def places(series: Series, start_us: int, end_us: int) -> tuple[int, int]:
    """The first place in `[start, end)`, and the first one behind it."""
    times, size = series.times, series.size
    low = bisect_left(times, start_us, 0, size)
    if not size or times[size - 1] < end_us:
        return low, size
    return low, max(low, bisect_left(times, end_us, low, size))


def count_in(series: Series | None, start_us: int, end_us: int) -> int:
    """How many events lie in `[start, end)`."""
    if series is None:
        return 0
    low, high = places(series, start_us, end_us)
    return high - low


def sum_in(series: Series | None, start_us: int, end_us: int, name: str) -> Number:
    """The sum of a property over `[start, end)`; 0 where nothing is there."""
    if series is None:
        return 0
    low, high = places(series, start_us, end_us)
    return series.total(name, low, high)


def rows_in(
    series: Series | None, start_us: int, end_us: int, matches: Matches | None
) -> list[Properties]:
    """The properties of the events in `[start, end)` that match."""
    if series is None:
        return []
    low, high = places(series, start_us, end_us)
    rows = [series.row(place) for place in range(low, high)]
    return rows if matches is None else [row for row in rows if matches(row)]


def measure_in(  # noqa: PLR0913 - flat, since compiled code calls it
    what: Aggregate,
    name: str,
    series: Series | None,
    start_us: int,
    end_us: int,
    matches: Matches | None,
) -> Value | None:
    """An aggregate over `[start, end)`; None where it has no value."""
    return measured(what, name, rows_in(series, start_us, end_us, matches))


def held(
    rows: tuple[tuple[int, int, str], ...], now_us: int, labels: frozenset[str]
) -> bool:
    """Whether one of the labels is held now."""
    for since, until, label in rows:
        if since <= now_us < until and label in labels:
            return True
    return False
