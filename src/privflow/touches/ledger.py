"""The record of every touch: what quotas count and `why` reads back.

Theory of operation
-------------------
1. A touch enters when the engine decides it, at that instant, and is reserved. What is
   heard of it afterwards follows the rules of one record (`record.py`).
2. Touches stand in the order of their decision. One that is reserved with an earlier
   `now` than the last, by a clock that went back, is filed at its own place.
3. A quota that counts what was decided since an instant bisects, and is done. One that
   counts a later moment looks at every touch: an old one may be confirmed today.
4. The newest touches are the ledger's own page; whenever that is full it is laid aside
   as it is. So a reservation copies 64 touches at most, and a ledger grows in
   proportion to its touches. Records are made when somebody asks for them.
5. A ledger is a value: every change makes a new one and leaves the old as it was.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from operator import attrgetter
from typing import final

from typing_extensions import override

from privflow.facts import Unchanging
from privflow.timing import Instant
from privflow.touches.identifier import last_place, with_id
from privflow.touches.page import LENGTH, Columns, Owners, Page, Use
from privflow.touches.record import TouchRecord
from privflow.touches.touch import Receipt, Touch
from privflow.touches.traits import Traits, may_lapse, shared_sequence

_NOTHING = Columns(array("q"), b"", (), "", b"", 0)
_ONE = array("q", (0,))
_new = object.__new__
_NO_PAGES: tuple[Page, ...] = ()


class _Draft(Page):
    """A ledger while it is written, which is several times faster before it is one."""

    __slots__ = ("older",)
    older: tuple[Page, ...]


@final
class Ledger(_Draft, Unchanging):
    """All touches of one contact in the order of their decision (触达台账).

    Args:
        records: the touches to begin with.

    >>> len(Ledger())
    0
    """

    __slots__ = ()
    _never = "a ledger never changes: reserving() and informed() make new ones"

    def __init__(self, records: Iterable[TouchRecord] = ()) -> None:
        columns, older = _NOTHING, _NO_PAGES
        for record in sorted(records, key=attrgetter("decided_at")):
            if len(columns.times) == LENGTH:
                columns, older = _NOTHING, (*older, Page(columns))
            columns = _appended(columns, record.touch, record.decided_at.us)
            if record.moments:
                columns = Page(columns).telling(len(columns.times) - 1, record)
        for name, value in zip(_SLOTS, (*columns, older), strict=True):
            object.__setattr__(self, name, value)

    @property
    def records(self) -> tuple[TouchRecord, ...]:
        """Every touch with what is known of it, the oldest first."""
        return tuple(self)

    def reserving(self, touch: Touch, *, now: Instant) -> Ledger:
        """The ledger with one more touch, reserved at `now`."""
        us, times = now.us, self.times
        if times and us < times[-1]:
            return Ledger((*self, TouchRecord(touch, decided_at=now)))
        if len(times) == LENGTH:
            older = (*self.older, Page(self.columns))
            return _made(_appended(_NOTHING, touch, us), older)
        owners, contact_id = self.owners, touch.contact_id
        if owners != contact_id:
            count = len(times)
            owners = _with_owner(owners, count, contact_id) if count else contact_id
        last = _ONE[:]  # takes two thirds of what array("q", (us,)) does
        last[0] = us
        draft = _new(_Draft)
        draft.times = times + last if times else last
        draft.ids = with_id(self.ids, touch.id)
        draft.traits = shared_sequence((*self.traits, touch.traits))
        draft.owners, draft.heard, draft.freed = owners, self.heard, self.freed
        draft.older = self.older
        draft.__class__ = Ledger
        return draft  # type: ignore[return-value]  # it is a ledger since a line ago

    def find(self, touch_id: str) -> TouchRecord | None:
        """The record of a touch, if the ledger has it."""
        for page in self._pages():
            place = last_place(page.ids, touch_id)
            if place >= 0:
                return page.record(place)
        return None

    def informed(self, receipt: Receipt) -> Ledger:
        """The ledger after a receipt; itself if the receipt says nothing new."""
        for number, page in enumerate(self._pages()):
            place = last_place(page.ids, receipt.touch_id)
            if place >= 0:
                old = page.record(place)
                new = old.informed(receipt)
                return self if new is old else self._telling(number, page, place, new)
        return self

    def _telling(
        self, number: int, page: Page, place: int, record: TouchRecord
    ) -> Ledger:
        """The ledger with the news of a touch in the page of a number from behind."""
        columns = page.telling(place, record)
        if not number:
            return _made(columns, self.older)
        older = list(self.older)
        older[-number] = Page(columns)
        return _made(self.columns, tuple(older))

    def keeping(self, is_kept: Callable[[TouchRecord], bool]) -> Ledger:
        """The ledger without the other touches; itself where all are kept."""
        kept = [record for record in self if is_kept(record)]
        return self if len(kept) == len(self) else Ledger(kept)

    @override
    def weight_since(self, since: int, weights: Callable[[Traits], int]) -> int:
        """What the touches decided since then weigh, without those released.

        Args:
            since: in microseconds; itself included.
            weights: what a touch of these traits weighs.
        """
        times, traits = self.times, self.traits
        if times and times[0] < since:
            first = bisect_left(times, since)
            traits = traits[first:]
            total = sum(map(weights, traits))
            return total - self._freed_weight(first, weights) if self.freed else total
        total = sum(map(weights, traits))
        if self.freed:
            total -= self._freed_weight(0, weights)
        for page in reversed(self.older):
            total += page.weight_since(since, weights)
            if page.times[0] < since:
                break
        return total

    def weighing(
        self, weight: int, *, since: int, weights: Callable[[Traits], int]
    ) -> int:
        """When the touch was decided that makes those since then weigh so much.

        Raises:
            ValueError: they weigh less.
        """
        for page in (*self.older, self):
            for place in range(bisect_left(page.times, since), len(page.times)):
                if not page.freed >> place & 1:
                    weight -= weights(page.traits[place])
                    if weight <= 0:
                        return page.times[place]
        problem = f"the touches since {since} weigh {weight} less"
        raise ValueError(problem)

    @override
    def uses(
        self, moment: str = "submitted", since: int | None = None
    ) -> Iterator[Use]:
        """The touches that were not released, newest first.

        Args:
            moment: of `PROGRESS`: the one that begins to count.
            since: leaves out what was decided before, in microseconds.
        """
        for page in self._pages():
            yield from Page.uses(page, moment, since)
            if since is not None and page.times and page.times[0] < since:
                return

    @override
    def decided_since(self, since: int) -> Iterator[Traits]:
        """Every touch from an instant of decision on, released ones too."""
        for page in self._pages():
            yield from Page.decided_since(page, since)

    def deadlines(self) -> Iterable[tuple[int, str]]:
        """When reservations lapse, in microseconds, and the ids of their touches."""
        if not (self.older or may_lapse(self.traits)):
            return ()
        pages = (page for page in self._pages() if may_lapse(page.traits))
        return chain.from_iterable(map(_lapses, pages))

    @override
    def ends(self) -> Iterator[tuple[Traits, str, int]]:
        """Every touch that was released, why, and when in microseconds."""
        for page in self._pages():
            yield from Page.ends(page)

    def _pages(self) -> Iterator[Page]:
        """Newest first."""
        yield self
        yield from reversed(self.older)

    def __iter__(self) -> Iterator[TouchRecord]:
        for page in (*self.older, self):
            yield from map(page.record, range(len(page.times)))

    def __len__(self) -> int:
        return LENGTH * len(self.older) + len(self.times)

    @override
    def __eq__(self, other: object) -> bool:
        if other.__class__ is not Ledger:
            return NotImplemented
        if self is other:
            return True
        if hash(self) != hash(other):
            return False
        return self.records == other.records

    @override
    def __hash__(self) -> int:
        key = (len(self.older), self.times.tobytes(), self.ids, self.heard, self.owners)
        return hash(key)

    @override
    def __repr__(self) -> str:
        return f"Ledger({self.records!r})"

    @override
    def __reduce__(self) -> tuple[object, ...]:
        return _made, (self.columns, self.older)


def _lapses(page: Page) -> Iterator[tuple[int, str]]:
    """When each touch of a page lapses that does, and its id."""
    for record in map(page.record, range(len(page.times))):
        if record.lapses_at is not None:
            yield record.lapses_at.us, record.touch.id


_SLOTS = (*Columns._fields, "older")


def _made(columns: Columns, older: tuple[Page, ...]) -> Ledger:
    draft = _new(_Draft)
    draft.times, draft.ids, draft.traits, draft.owners, draft.heard, draft.freed = (
        columns
    )
    draft.older = older
    draft.__class__ = Ledger
    return draft  # type: ignore[return-value]  # it is a ledger since a line ago


def _appended(columns: Columns, touch: Touch, us: int) -> Columns:
    """The columns of a page that is not full, with a touch decided after the others."""
    times, ids, traits, owners, heard, freed = columns
    return Columns(
        times + array("q", (us,)),
        with_id(ids, touch.id),
        shared_sequence((*traits, touch.traits)),
        _with_owner(owners, len(times), touch.contact_id),
        heard,
        freed,
    )


def _with_owner(owners: Owners, count: int, contact_id: str) -> Owners:
    """The contacts of a page with that of one touch more."""
    if owners == contact_id:
        return owners
    if not count:
        return contact_id
    spelt = owners if isinstance(owners, tuple) else (owners,) * count
    return (*spelt, contact_id)
