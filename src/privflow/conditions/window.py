"""Fast answers about a window of a series: what compiled conditions call."""

from __future__ import annotations

from bisect import bisect_left

from privflow.conditions.node import Aggregate
from privflow.conditions.reference import measured
from privflow.facts import Number, Series, Value
from privflow.timing import to_local

_DAY = 24 * 3_600_000_000


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


def day_number(zone: str, at_us: int) -> int:
    """The local day, counted from 1970."""
    return to_local(zone, at_us) // _DAY


def days_in(series: Series | None, start_us: int, end_us: int, zone: str) -> int:
    """How many different local days have an event in `[start, end)`."""
    if series is None:
        return 0
    low, high = places(series, start_us, end_us)
    return len({day_number(zone, at) for at in series.times[low:high]})


def measure_in(
    what: Aggregate, name: str, series: Series | None, start_us: int, end_us: int
) -> Value | None:
    """An aggregate of values over `[start, end)`; None where it has no value."""
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
