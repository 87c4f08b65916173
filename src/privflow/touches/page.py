"""A stretch of touches, packed: what a ledger is made of.

Columns of one place a touch, oldest first; `heard` holds an entry for each moment.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterator
from struct import Struct
from typing import Final, NamedTuple

from typing_extensions import override

from privflow.timing import Instant
from privflow.touches.identifier import Ids, id_at
from privflow.touches.record import RANK, SAID, STATUSES, TouchRecord
from privflow.touches.touch import RELEASES, touch_of
from privflow.touches.traits import Traits

LENGTH: Final = 64
"""So many touches at most: a page is copied whenever one is added."""

Owners = str | tuple[str, ...]
"""The contact of all touches, or that of each."""

_ENTRY = Struct("<BBBq")  # place, status, reason, microseconds
_FREED = 0x80  # with the status: this is the end that freed the touch
_CONFIRMED = RANK["confirmed"]
_LAST_RANK = len(RANK) - 1


class Use(NamedTuple):
    """A touch that has not been released, as quotas count it, in microseconds.

    Args:
        decided: when it was decided.
        counted: since when it counts; None while it is pending.
        lapses: when it frees its place unless somebody confirms it before.
    """

    traits: Traits
    decided: int
    counted: int | None
    lapses: int | None


class Columns(NamedTuple):
    """What a page holds.

    Args:
        freed: one bit for each place: whether the touch was released.
    """

    times: array[int]
    ids: Ids
    traits: tuple[Traits, ...]
    owners: Owners
    heard: bytes
    freed: int


class Page:
    """Up to 64 touches (台账页), never changed once made."""

    __slots__ = ("freed", "heard", "ids", "owners", "times", "traits")

    def __init__(self, columns: Columns) -> None:
        self.times, self.ids, self.traits = columns[:3]
        self.owners, self.heard, self.freed = columns[3:]

    @property
    def columns(self) -> Columns:
        """All of it."""
        return Columns(
            self.times, self.ids, self.traits, self.owners, self.heard, self.freed
        )

    @override
    def __reduce__(self) -> tuple[object, ...]:
        return Page, (self.columns,)

    def record(self, place: int) -> TouchRecord:
        """The touch at a place, with what has been heard of it."""
        traits, moments = self.traits[place], []
        released_at, reason = None, ""
        for where, code, said, us in _ENTRY.iter_unpack(self.heard):
            if where == place:
                at = Instant(us)
                moments.append((STATUSES[code & ~_FREED], at))
                if code & _FREED:
                    released_at, reason = at, SAID[said]
        owners = self.owners
        return TouchRecord(
            touch_of(
                id_at(self.ids, place),
                owners if isinstance(owners, str) else owners[place],
                traits,
            ),
            decided_at=Instant(self.times[place]),
            moments=tuple(moments),
            released_at=released_at,
            reason=reason,
        )

    def telling(self, place: int, record: TouchRecord) -> Columns:
        """The columns with the news of one touch."""
        old = self.heard
        size = _ENTRY.size
        starts = range(0, len(old), size)
        before = (old[i : i + size] for i in starts if old[i] < place)
        after = (old[i : i + size] for i in starts if old[i] > place)
        heard = b"".join((*before, *_entries(place, record), *after))
        freed = self.freed & ~(1 << place) | (record.released_at is not None) << place
        return self.columns._replace(heard=heard, freed=freed)

    def weight_since(self, since: int, weights: Callable[[Traits], int]) -> int:
        """What the touches decided since then weigh, without those released."""
        first = bisect_left(self.times, since)
        total = sum(map(weights, self.traits[first:]))
        return total - self._freed_weight(first, weights) if self.freed else total

    def _freed_weight(self, first: int, weights: Callable[[Traits], int]) -> int:
        """What the released touches from a place on weigh."""
        places = range(first, len(self.traits))
        return sum(weights(self.traits[p]) for p in places if self.freed >> p & 1)

    def uses(self, moment: str, since: int | None) -> Iterator[Use]:
        """The touches not released, newest first, back to an instant of decision."""
        first = 0 if since is None else bisect_left(self.times, since)
        reached = self._reached(RANK[moment]) if self.heard else {}
        confirmed = self._reached(_CONFIRMED) if self.heard else {}
        for place in range(len(self.times) - 1, first - 1, -1):
            if self.freed >> place & 1:
                continue
            traits, decided = self.traits[place], self.times[place]
            counted = decided if moment == "submitted" else reached.get(place)
            within = traits.confirm_within
            lapses = (
                None if within is None or place in confirmed else decided + within.us
            )
            counted = None if counted is None else max(counted, decided)
            yield Use(traits, decided, counted, lapses)

    def decided_since(self, since: int) -> Iterator[Traits]:
        """Every touch from an instant of decision on, released ones too."""
        yield from self.traits[bisect_left(self.times, since) :]

    def ends(self) -> Iterator[tuple[Traits, str, int]]:
        """Every touch that was released, why, and when in microseconds."""
        if self.freed:
            for place, code, said, us in _ENTRY.iter_unpack(self.heard):
                if code & _FREED:
                    yield self.traits[place], SAID[said], us

    def _reached(self, rank: int) -> dict[int, int]:
        """Place to the earliest instant of a moment of at least this rank."""
        found: dict[int, int] = {}
        for place, code, _, us in _ENTRY.iter_unpack(self.heard):
            if rank <= code <= _LAST_RANK:
                found[place] = min(us, found.get(place, us))
        return found


def _entries(place: int, record: TouchRecord) -> Iterator[bytes]:
    for status, at in record.moments:
        code, said = STATUSES.index(status), 0
        if status in RELEASES and at == record.released_at and record.status == status:
            code, said = code | _FREED, SAID.index(record.reason)
        yield _ENTRY.pack(place, code, said, at.us)
