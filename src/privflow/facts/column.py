"""One property of the events of one name, ready to be added up over any stretch.

Theory of operation
-------------------
1. `values` has a row for each event; None where an event lacks the property.
2. `sums` are running sums, one more than rows, and exact. Small whole numbers lie in an
   array, eight bytes each; others in a list. A column with a float keeps none: it is
   added up when asked, so that no order of adding rounds otherwise.
3. `counts` are running counts of numbers, kept from the first row on that lacks one;
   before that every row has a number, or none has.
4. All of these only ever grow at their end, and versions of a series share them: each
   sees as many rows as it has. What is said of the column as a whole (`falling`,
   `floats`) must not change for an older version; a change of it, or of what is kept,
   makes a new column around the same rows.
"""

from __future__ import annotations

from array import array
from collections.abc import MutableSequence
from decimal import Decimal
from typing import cast

from privflow.facts.number import Number, added_up, divided, is_number, minus, plus
from privflow.facts.properties import Value

Exact = int | Decimal
Running = MutableSequence[Exact]
Counts = MutableSequence[int]
_LARGE = 1 << 63


class Column:
    """The values of one property, oldest first, with running sums and counts.

    Args:
        values: a row for each event.
        sums: running sums; None where there is no number, or a float.
        counts: running counts of numbers; None where all rows have one, or none has.
        floats: whether one of the numbers is a float.
        falling: whether one of them is negative: running sums do not only rise.
    """

    __slots__ = ("counts", "falling", "floats", "sums", "values")

    def __init__(
        self,
        values: list[Value | None],
        sums: Running | None = None,
        counts: Counts | None = None,
        *,
        floats: bool = False,
        falling: bool = False,
    ) -> None:
        self.values, self.sums, self.counts = values, sums, counts
        self.floats, self.falling = floats, falling

    def appended(self, value: Value | None) -> Column:
        """The column with one more row, which shares the others: itself if it can."""
        size = len(self.values)
        self.values.append(value)
        if not is_number(value):
            return self._with_gap(size)
        counts, sums = self._counted(size), None
        floats = self.floats or isinstance(value, float)
        if not floats and not isinstance(value, float):
            sums = self._added_up(value, size)
        falling = self.falling or value < 0
        if (
            sums is self.sums
            and counts is self.counts
            and floats is self.floats
            and falling is self.falling
        ):
            return self
        return Column(self.values, sums, counts, floats=floats, falling=falling)

    def _with_gap(self, size: int) -> Column:
        """The column after a row without a number."""
        if self.sums is not None:
            self.sums.append(self.sums[-1])
        counts = self.counts
        if counts is None and self._has_numbers:
            counts = array("q", range(size + 1))
        if counts is not None:
            counts.append(counts[-1])
        if counts is self.counts:
            return self
        floats, falling = self.floats, self.falling
        return Column(self.values, self.sums, counts, floats=floats, falling=falling)

    def _counted(self, size: int) -> Counts | None:
        """The running counts after one more number."""
        counts = self.counts
        if counts is None and size and not self._has_numbers:
            counts = array("q", bytes(8 * (size + 1)))
        if counts is not None:
            counts.append(counts[-1] + 1)
        return counts

    def _added_up(self, value: Exact, size: int) -> Running:
        """The running sums after one more exact number."""
        sums = self.sums
        if sums is None:
            sums = cast("Running", array("q", bytes(8 * (size + 1))))
        total = plus(sums[-1], value)
        if isinstance(sums, array) and not _is_small(total):
            sums = list(sums)
        sums.append(total)
        return sums

    @property
    def only_rises(self) -> bool:
        """Whether running sums are known, and no later one is smaller."""
        return not self.floats and not self.falling

    @property
    def _has_numbers(self) -> bool:
        return self.floats or self.sums is not None

    def first_rows(self, size: int) -> Column:
        """A column of its own with so many rows."""
        return Column(
            self.values[:size],
            self.sums and self.sums[: size + 1],
            self.counts and self.counts[: size + 1],
            floats=self.floats,
            falling=self.falling,
        )

    # ── Between two places ───────────────────────────────────────────────────

    def total(self, low: int, high: int) -> Number:
        """The sum of the numbers; 0 where there is none."""
        if self.sums is not None:
            return minus(self.sums[high], self.sums[low])
        if not self.floats:
            return 0
        rows = self.values[low:high]
        if self.counts is None:
            return added_up(cast("list[Number]", rows))
        return added_up(filter(is_number, rows))

    def mean(self, low: int, high: int) -> Number | None:
        """The mean of the numbers; None where there is none."""
        count = self.count(low, high)
        if not count:
            return None
        total = self.total(low, high)
        if isinstance(total, Decimal):
            # Perhaps of whole numbers alone, whose mean is a float.
            total = added_up(filter(is_number, self.values[low:high]))
        return divided(total, count)

    def count(self, low: int, high: int) -> int:
        """How many numbers there are."""
        if self.counts is not None:
            return self.counts[high] - self.counts[low]
        return high - low if self._has_numbers else 0


def _is_small(total: Exact) -> bool:
    """Whether an array holds it."""
    return isinstance(total, int) and abs(total) < _LARGE
