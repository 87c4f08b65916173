"""To which of many segments a contact belongs, and what has changed about it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from attrs import frozen
from typing_extensions import override

from privflow.conditions import Scope
from privflow.facts import FOREVER, Contact, Series, maker
from privflow.segments.ladder import Masks
from privflow.timing import Instant


@frozen(eq=False, repr=False, weakref_slot=False)
class Memberships:
    """To which segments of a set a contact belongs (人群归属).

    Made by a `SegmentSet` and handed back to it with the next state of the contact.

    Args:
        mask: a bit for each segment, in the order of the names.
        masks: of each field, in the order of the set.
        layered: whom all layers but the first let in.
        settled: whom these let in, and all fields that seldom change.
        untils: when time alone gives each field other masks, in microseconds, for those
            of which it can.
        next_us: the first of these.
        at: when the contact was last looked at.
    """

    names: tuple[str, ...]
    mask: int
    masks: tuple[Masks, ...]
    layered: int
    settled: int
    untils: tuple[int, ...]
    next_us: int
    contact: Contact
    series: Mapping[str, Series]
    scope: Scope
    at: Instant

    @property
    def inside(self) -> tuple[str, ...]:
        """The segments that the contact belongs to, in the order of the set."""
        return tuple(named(self.mask, self.names))

    @property
    def next_at(self) -> Instant | None:
        """The next instant at which time alone changes anything; None if never."""
        return None if self.next_us >= FOREVER else Instant(self.next_us)

    @override
    def __repr__(self) -> str:
        return f"<Memberships in {self.mask.bit_count()} of {len(self.names)} segments>"


made_memberships = maker(Memberships)


@frozen
class Change:
    """What a new state or the passing of time did to memberships.

    Args:
        before: the mask of memberships that was handed in.
        memberships: those of now, to be handed in next time.
    """

    before: int
    memberships: Memberships

    @property
    def entered(self) -> tuple[str, ...]:
        """The segments that the contact came into, in the order of the set."""
        now = self.memberships
        return tuple(named(now.mask & ~self.before, now.names))

    @property
    def left(self) -> tuple[str, ...]:
        """The segments that the contact left, in the order of the set."""
        now = self.memberships
        return tuple(named(self.before & ~now.mask, now.names))


def named(mask: int, names: tuple[str, ...]) -> Iterator[str]:
    """The names at the bits of a mask, in order."""
    bits = f"{mask:b}"[::-1]
    place = bits.find("1")
    while place >= 0:
        yield names[place]
        place = bits.find("1", place + 1)
