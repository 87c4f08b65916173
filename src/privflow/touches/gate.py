"""The question that every touch is asked: may it leave now, later, or not at all?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol, runtime_checkable

from attrs import field, frozen

from privflow.facts import EMPTY, Contact, Properties, Timeline, properties_of
from privflow.timing import Instant, Span
from privflow.touches.ledger import Ledger
from privflow.touches.record import TouchRecord
from privflow.touches.touch import Touch


@frozen(kw_only=True)
class Allow:
    """The gate lets the touch through; `facts` are the numbers it looked at."""

    facts: Properties = field(default=EMPTY, converter=properties_of)


@frozen(kw_only=True)
class Hold:
    """Not now: the gate may let it through from `until` on.

    Args:
        facts: the numbers that the gate looked at.
        recheck: nobody knows yet whether it opens at `until`; that is when to ask
            again, and the engine does not look beyond it.
    """

    reason: str = field(kw_only=False)
    until: Instant
    facts: Properties = field(default=EMPTY, converter=properties_of)
    recheck: bool = False


@frozen(kw_only=True)
class Deny:
    """No: time alone will not change it."""

    reason: str = field(kw_only=False)
    facts: Properties = field(default=EMPTY, converter=properties_of)


Ruling = Allow | Hold | Deny


class View(Protocol):
    """What a gate may look at: the contact as it stands at `now`."""

    @property
    def contact(self) -> Contact:
        """Who is to be touched."""

    @property
    def timeline(self) -> Timeline:
        """What they did."""

    @property
    def ledger(self) -> Ledger:
        """Every touch decided so far, those of the same instant included."""

    @property
    def timezone(self) -> str:
        """The contact's zone, or else the plan's."""


@runtime_checkable
class Recalling(Protocol):
    """A gate that says how far back in the timeline it looks."""

    def recalls(self) -> Mapping[str, Span | None]:
        """How old an event of each name can be and matter to it; None for ever."""


@runtime_checkable
class Forgetting(Protocol):
    """A gate that says how long a touch in the ledger matters to it."""

    def matters_until(self, record: TouchRecord) -> Instant | None:
        """From when on the touch changes no ruling, whatever is heard; None: never."""


class Gate(Protocol):
    """A value that rules on touches; plans list them, users write their own (闸门)."""

    @property
    def name(self) -> str:
        """How the journal calls it; unique in a plan."""

    def judge(self, touch: Touch, view: View, *, now: Instant) -> Ruling:
        """Whether the touch may leave at `now`. Pure: same arguments, same ruling."""
