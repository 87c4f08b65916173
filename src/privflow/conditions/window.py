"""Fast answers about a window of a series: what compiled conditions call."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable

from privflow.conditions.node import Aggregate, Node
from privflow.conditions.reference import is_satisfied, measured
from privflow.facts import Number, Properties, Series, Value

Matches = Callable[[Properties], bool]


def places(series: Series, start_us: int, end_us: int) -> tuple[int, int]:
    """The first place in `[start, end)`, and the first one behind it."""
    times, size = series.times, series.size
    low = bisect_left(times, start_us, 0, size)
    if not size or times[size - 1] < end_us:
        return low, size
    return low, bisect_left(times, end_us, low, size)


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


def measure_in(
    what: Aggregate, name: str, series: Series | None, start_us: int, end_us: int
) -> Value | None:
    """An aggregate over `[start, end)`; None where it has no value."""
    match what:
        case "count":
            return count_in(series, start_us, end_us)
        case "sum":
            return sum_in(series, start_us, end_us, name)
        case _ if series is None or name not in series.columns:
            return measured(what, [None] * count_in(series, start_us, end_us))
        case _:
            low, high = places(series, start_us, end_us)
            return measured(what, series.columns[name][low:high])


def matching(series: Series | None, where: Node | None) -> Series | None:
    """The series of those events alone that satisfy a clause."""
    if series is None or where is None:
        return series
    rows = (
        (series.times[i], series.keys[i], series.row(i)) for i in range(series.size)
    )
    return Series.of(row for row in rows if is_satisfied(where, row[2]))


def measure_some_in(
    what: Aggregate,
    name: str,
    series: Series | None,
    start_us: int,
    end_us: int,
    matches: Matches,
) -> Value | None:
    """An aggregate over those events in `[start, end)` that match."""
    if series is None:
        return measured(what, [])
    low, high = places(series, start_us, end_us)
    rows = map(series.row, range(low, high))
    return measured(what, [row.get(name) for row in rows if matches(row)])


def held(
    rows: tuple[tuple[int, int, str], ...], now_us: int, labels: frozenset[str]
) -> bool:
    """Whether one of the labels is held now."""
    for since, until, label in rows:
        if since <= now_us < until and label in labels:
            return True
    return False
