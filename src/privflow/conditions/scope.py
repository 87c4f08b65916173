"""Where a condition is judged: whose facts, which event is at hand, since when."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from attrs import field, frozen

from privflow.errors import ProtocolError, brief
from privflow.facts import Contact, Properties, Timeline
from privflow.timing import Instant, required_now


class Subject(Protocol):
    """Whom a condition is judged about; a `ContactState` is one."""

    @property
    def contact(self) -> Contact:
        """Who they are."""

    @property
    def timeline(self) -> Timeline:
        """What they did."""


def _names(given: Mapping[str, str]) -> Mapping[str, str]:
    return dict(given)


@frozen(kw_only=True, weakref_slot=False)
class Scope:
    """What a journey or rule adds to the facts of a contact.

    Args:
        event: properties of the event at hand; `prop` reads them.
        entered_at: when the journey was entered; `since_entry()` counts after it.
        stage_at: when the stage was entered; `since_stage()` counts after it.
        timezone: the zone of contacts that have none of their own.
        journeys: the running journeys of the contact, each with its stage; `in_journey`
            and `in_stage` look there.
    """

    event: Properties | None = None
    entered_at: Instant | None = None
    stage_at: Instant | None = None
    timezone: str = "UTC"
    journeys: Mapping[str, str] = field(factory=dict, converter=_names, hash=False)


NOWHERE = Scope()


class Facts:
    """One contact at one instant, within a scope."""

    __slots__ = ("now_us", "scope", "subject", "zone")

    def __init__(self, subject: Subject, now_us: int, scope: Scope) -> None:
        self.subject, self.now_us, self.scope = subject, now_us, scope
        self.zone = subject.contact.timezone or scope.timezone

    @classmethod
    def at(cls, subject: Subject, now: Instant, scope: Scope) -> Facts:
        """What a caller asks about.

        Raises:
            ProtocolError: `now` is no instant, or the subject no state.
        """
        return cls(_required_subject(subject), required_now(now).us, scope)

    def later(self, now_us: int) -> Facts:
        """The same facts at another instant."""
        return Facts(self.subject, now_us, self.scope)


def _required_subject(given: Subject) -> Subject:
    if isinstance(getattr(given, "timeline", None), Timeline):
        return given
    problem = f"got {brief(given)}, expected the state of a contact"
    is_contact = isinstance(given, Contact)
    remedy = "pass ContactState(contact)" if is_contact else "pass a ContactState"
    raise ProtocolError(problem, remedy)


@frozen
class _Nobody:
    """A subject of whom nothing is known."""

    contact: Contact = field(factory=lambda: Contact("nobody"))
    timeline: Timeline = field(factory=Timeline)


_NOBODY = _Nobody()


def facts_of_event(properties: Properties) -> Facts:
    """The facts of an event alone: what a `where` clause looks at."""
    return Facts(_NOBODY, 0, Scope(event=properties))
