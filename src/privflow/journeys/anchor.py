"""What the time of a step counts from, if not from the entry into its stage (T5).

Theory of operation
-------------------
1. An anchor is found in what is known at an instant, or it is not there yet.
2. It is looked for again at every look, until the step has been decided or has come to
   its second occurrence: the date of a contract moves, and so does what counts from it.
   The first event of a visit stays the first.
3. Anchors may lie before the stage; what is due from them may not (`StepState`).
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from datetime import date, datetime
from typing import Literal, Never

from attrs import field, frozen
from typing_extensions import override

from privflow.conditions import Attribute, Events, Operand, Trigger, trigger_of
from privflow.errors import DefinitionError
from privflow.facts import Contact, Tag, Timeline, required_text
from privflow.timing import Instant, start_of_day
from privflow.touches import one_of


@frozen
class Known:
    """What an anchor is looked for in.

    Args:
        timezone: of the contact, or else of the plan: dates begin there.
        entered_at: when the journey was entered.
        at: what is later is not known yet.
    """

    contact: Contact
    timeline: Timeline
    timezone: str
    entered_at: Instant
    at: Instant


@frozen
class JourneyEntry:
    """Since the journey was entered, whichever stage the step is in."""

    @override
    def __str__(self) -> str:
        return "the entry into the journey"

    def events(self) -> tuple[str, ...]:
        """Names of the events that may bring it about."""
        return ()

    def found(self, known: Known) -> Instant | None:
        """When it was, as far as is known."""
        return known.entered_at


@frozen
class RelationBegun:
    """Since the latest staff member that follows the contact began to do so."""

    @override
    def __str__(self) -> str:
        return "the beginning of the relation"

    def events(self) -> tuple[str, ...]:
        """Names of the events that may bring it about."""
        return ("contact_added", "contact_removed", "contact_transferred")

    def found(self, known: Known) -> Instant | None:
        """When it was, as far as is known."""
        lasting = (r for r in known.contact.relations if r.lasts(now=known.at))
        return max((relation.since for relation in lasting), default=None)

    def moves_at(self, known: Known) -> Instant | None:
        """When time alone brings about another one; None for never."""
        edges = (edge for r in known.contact.relations for edge in (r.since, r.until))
        return min((e for e in edges if e is not None and e > known.at), default=None)


@frozen
class TagAdded:
    """Since the contact got a tag, the last time that they did."""

    tag: Tag

    @override
    def __str__(self) -> str:
        return f"the tag {self.tag}"

    def events(self) -> tuple[str, ...]:
        """Names of the events that may bring it about."""
        return ()

    def found(self, known: Known) -> Instant | None:
        """When it was, as far as is known."""
        begun = (f.since for f in known.contact.tags.history if f.tag == self.tag)
        return max((since for since in begun if since <= known.at), default=None)

    def moves_at(self, known: Known) -> Instant | None:
        """When time alone brings about another one; None for never."""
        begun = (f.since for f in known.contact.tags.history if f.tag == self.tag)
        return min((since for since in begun if since > known.at), default=None)


@frozen
class DateOf:
    """Since a date that is known of the contact: the midnight it begins with there."""

    attribute: str

    def __attrs_post_init__(self) -> None:
        required_text("DateOf.attribute", self.attribute)

    @override
    def __str__(self) -> str:
        return f"the date {self.attribute}"

    def events(self) -> tuple[str, ...]:
        """Names of the events that may bring it about."""
        return ()

    def found(self, known: Known) -> Instant | None:
        """When it was, as far as is known."""
        value = known.contact.attributes.get(self.attribute)
        if isinstance(value, Instant):
            return value
        if isinstance(value, date) and not isinstance(value, datetime):
            return Instant(start_of_day(known.timezone, value))
        return None


Pick = Literal["first", "latest"]


@frozen(kw_only=True)
class Occurrence:
    """Since an event: the first one since the journey's entry, or the latest ever.

    Args:
        trigger: which events are meant.
        pick: `"first"` counts the event that started the journey, too; `"latest"`
            moves with every further one, for as long as the step is open.
    """

    trigger: Trigger = field(kw_only=False, converter=trigger_of)
    pick: Pick = "first"

    def __attrs_post_init__(self) -> None:
        one_of("Occurrence.pick", self.pick, ("first", "latest"))

    @override
    def __str__(self) -> str:
        return f"the {self.pick} {self.trigger!r}"

    def events(self) -> tuple[str, ...]:
        """Names of the events that may bring it about."""
        return (self.trigger.name,)

    def found(self, known: Known) -> Instant | None:
        """When it was, as far as is known."""
        return next(self._instants(known), None)

    def moves_at(self, known: Known) -> Instant | None:
        """When time alone brings about another one; None for never."""
        series = known.timeline.series.get(self.trigger.name)
        if series is None:
            return None
        low = bisect_right(series.times, known.at.us, 0, series.size)
        return Instant(series.times[low]) if low < series.size else None

    def _instants(self, known: Known) -> Iterator[Instant]:
        series = known.timeline.series.get(self.trigger.name)
        if series is None:
            return
        low, high = 0, bisect_right(series.times, known.at.us, 0, series.size)
        if self.pick == "first":
            low = bisect_left(series.times, known.entered_at.us, 0, high)
        places = range(low, high)
        for place in places if self.pick == "first" else reversed(places):
            if self.trigger.where is None or self.trigger.matches(series.row(place)):
                yield Instant(series.times[place])


Moving = RelationBegun | TagAdded | Occurrence
"""Anchors that time alone may bring about: by what is known to begin later."""

Anchor = JourneyEntry | DateOf | Moving

_WORDS: dict[str, Anchor | None] = {
    "stage": None,
    "journey": JourneyEntry(),
    "relation": RelationBegun(),
    "group": Occurrence(Trigger("group_joined")),
}

Given = Anchor | Events | Trigger | Tag | Operand | str | None


def anchor_of(given: Given) -> Anchor | None:
    """The anchor that is meant; None for the entry into the stage.

    Raises:
        DefinitionError: it is none.
    """
    match given:
        case None | JourneyEntry() | RelationBegun() | TagAdded():
            return given
        case DateOf() | Occurrence():
            return given
        case Events() | Trigger():
            return Occurrence(given)
        case Tag():
            return TagAdded(given)
        case Operand(term=Attribute(name=name)):
            return DateOf(name)
        case str() if given in _WORDS:
            return _WORDS[given]
        case _:
            return _refused(given)


def _refused(given: object) -> Never:
    problem = f"got {given!r}, expected something to count from"
    remedy = (
        "write 'stage', 'journey', 'relation', 'group', event('purchase'),"
        " latest(event('purchase')), a tag, or attr.birthday"
    )
    raise DefinitionError("SOPStep.since", problem, remedy)


def latest(of: Events | Trigger) -> Occurrence:
    """The latest event of a kind as an anchor: it moves with every further one.

    >>> from privflow.conditions import event
    >>> print(latest(event("purchase")))
    the latest event('purchase')
    """
    return Occurrence(of, pick="latest")
