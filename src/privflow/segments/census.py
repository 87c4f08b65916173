"""Many contacts and many segments: how large they are, and how they overlap."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from itertools import product

from attrs import frozen
from typing_extensions import override

from privflow.conditions import Subject
from privflow.display import Report, Table
from privflow.errors import DefinitionError, UnknownNameError, brief
from privflow.segments.progress import Progress, counted
from privflow.segments.segment_set import SegmentSet
from privflow.timing import Instant


@frozen(repr=False)
class Census(Report):
    """How many contacts each segment holds, alone and together (人群盘点).

    Args:
        names: of the segments.
        total: how many contacts were looked at.
        masks: how many contacts are in exactly these segments, by bit mask.
    """

    names: tuple[str, ...]
    total: int
    masks: Mapping[int, int]

    def size(self, name: str) -> int:
        """How many contacts a segment holds.

        Raises:
            UnknownNameError: there is no such segment.
        """
        bit = self._bit(name)
        return sum(count for mask, count in self.masks.items() if mask & bit)

    def overlap(self, first: str, second: str) -> int:
        """How many contacts are in both segments."""
        both = self._bit(first) | self._bit(second)
        return sum(count for mask, count in self.masks.items() if mask & both == both)

    def difference(self, first: str, second: str) -> int:
        """How many contacts are in the first segment and not in the second."""
        return self.size(first) - self.overlap(first, second)

    @override
    def table(self) -> Table:
        """Sizes in the diagonal, overlaps beside it; one row for each segment."""
        title = f"{self.total} contacts in {len(self.names)} segments"
        return self._table(self.overlap, title)

    def differences(self) -> Table:
        """How many are in the segment of the row and not in that of the column."""
        title = f"{self.total} contacts: in the row's segment, not in the column's"
        return self._table(self.difference, title)

    def rows(self) -> list[dict[str, str | int]]:
        """One row for each cell of the table: what `frame_of` takes.

        Returns:
            The names as `segment` and `other`, and contacts as `size` of the first,
            `overlap` and `difference`.
        """
        return [
            {
                "segment": first,
                "other": second,
                "size": self.size(first),
                "overlap": self.overlap(first, second),
                "difference": self.difference(first, second),
            }
            for first, second in product(self.names, repeat=2)
        ]

    def _table(self, count: Callable[[str, str], int], title: str) -> Table:
        """One row and one column for each segment."""
        rows = [
            (first, *(count(first, second) for second in self.names))
            for first in self.names
        ]
        return Table(("segment", *self.names), rows, title=title)

    def _bit(self, name: str) -> int:
        if name not in self.names:
            raise UnknownNameError("segment", name, self.names)
        return 1 << self.names.index(name)

    @override
    def __repr__(self) -> str:
        return f"<Census of {self.total} contacts in {len(self.names)} segments>"


def take_census(
    segments: SegmentSet,
    states: Iterable[Subject],
    *,
    now: Instant,
    progress: Progress | None = None,
) -> Census:
    """Count the contacts of each segment and of each pair, in one pass.

    Args:
        states: any number of them; they are looked at one after another and not kept.
        progress: see `Progress`.

    Raises:
        DefinitionError: the segments are not put together in a `SegmentSet`, or there
            is one state alone.
    """
    _check_set(segments)
    found: Counter[int] = Counter()
    for state in counted(states, progress):
        found[segments.mask(state, now=now)] += 1
    return Census(segments.names, found.total(), dict(found))


def _check_set(given: object) -> None:
    if not isinstance(given, SegmentSet):
        problem = f"got {brief(given)}, expected a SegmentSet"
        remedy = "write take_census(SegmentSet([...]), states, now=now)"
        raise DefinitionError("take_census", problem, remedy)
