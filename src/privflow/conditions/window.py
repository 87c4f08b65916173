"""Fast answers about a window of a series: what compiled conditions call.

A count is two bisections, a sum or a mean two looks at running sums more, and the first
and the last are one look each. What is smallest, largest or different, the sum and the
mean of a property that was ever a float, and days are looked for row by row; for "the
last so much time" once, and again only after an event has come into it or left it.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import lru_cache, partial

from privflow.conditions.node import Aggregate, Measure
from privflow.conditions.reference import measured
from privflow.facts import (
    Number,
    Recent,
    Series,
    Stretch,
    Value,
    minus,
)
from privflow.timing import Rolling, day_number

NOTHING = Series.of(())
"""The events of a name that nobody knows."""


def places(series: Series, start_us: int, end_us: int) -> tuple[int, int]:
    """The first place in `[start, end)`, and the first one behind it."""
    times, size = series.times, series.size
    low = bisect_left(times, start_us, 0, size)
    if series.newest < end_us:
        return low, size
    return low, bisect_left(times, end_us, low, size)


def count_in(series: Series, start_us: int, end_us: int) -> int:
    """How many events lie in `[start, end)`."""
    low, high = places(series, start_us, end_us)
    return high - low


def sum_in(series: Series, start_us: int, end_us: int, name: str) -> Number:
    """The sum of a property over `[start, end)`; 0 where nothing is there."""
    return series.total(name, *places(series, start_us, end_us))


def measure_in(
    what: Aggregate, name: str, series: Series, start_us: int, end_us: int
) -> Value | None:
    """An aggregate of values over `[start, end)`; None where it has no value."""
    return value_between(what, name, series, *places(series, start_us, end_us))


def days_in(series: Series, start_us: int, end_us: int, zone: str) -> int:
    """How many different local days have an event in `[start, end)`."""
    low, high = places(series, start_us, end_us)
    return len({day_number(zone, at) for at in series.times[low:high]})


def value_between(
    what: Aggregate, name: str, series: Series, low: int, high: int
) -> Value | None:
    """An aggregate of the values between two places; None where it has no value."""
    column = series.columns.get(name)
    if what == "count":
        return high - low
    if column is None:
        return measured(what, [])
    match what:
        case "sum":
            return column.total(low, high)
        case "mean":
            return column.mean(low, high)
        case "first":
            return column.values[low] if low < high else None
        case "last":
            return column.values[high - 1] if low < high else None
        case _:
            return measured(what, column.values[low:high])


# ── The last so much time ────────────────────────────────────────────────────


def length_of(window: object) -> int:
    """Of the last so much time, in microseconds; 0 for another window."""
    return window.span.us if isinstance(window, Rolling) else 0


def recent_of(term: Measure) -> Recent:
    """The question about the last so much time; the same one for equal ones."""
    return _recent(term.what, term.property, length_of(term.of.window))


@lru_cache(maxsize=4_096)
def _recent(what: Aggregate, name: str, length: int) -> Recent:
    return Recent(length, partial(value_between, what, name))


Bisect = Callable[[Sequence[int | Decimal], int | Decimal, int, int], int]


def falls_below(
    series: Series, stretch: Stretch, name: str, bound: int, bisect: Bisect
) -> int:
    """How many events must leave a stretch until a sum of it falls below a bound.

    Args:
        stretch: with that sum.
        bisect: `bisect_right` where what equals the bound is not below it;
            `bisect_left` where it is.

    Returns:
        0 where it is below already; one more than all of them where it never falls; a
        negative number where only adding up can tell: a float, a negative number.
    """
    column = series.columns.get(name)
    low, high = stretch[3], stretch[3] + stretch[2]
    if column is not None and not column.only_rises:
        return -1
    if column is None or column.sums is None:
        return bisect((0,), -bound, 0, 1) * (stretch[2] + 1)
    return bisect(column.sums, minus(column.sums[high], bound), low, high + 1) - low
