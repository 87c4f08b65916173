"""Where a condition is judged: whose facts, which event is at hand, since when."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from attrs import field, frozen

from privflow.errors import DefinitionError, ProtocolError, brief
from privflow.facts import (
    Contact,
    Properties,
    Timeline,
    properties_of,
    required_instant,
)
from privflow.timing import Instant, required_now, zone_name

_UTC = "UTC"


class Subject(Protocol):
    """Whom a condition is judged about; a `ContactState` is one."""

    @property
    def contact(self) -> Contact:
        """Who they are."""

    @property
    def timeline(self) -> Timeline:
        """What they did."""


def _names(given: object) -> Mapping[str, str]:
    if not isinstance(given, Mapping):
        problem = f"got {brief(given)}, expected journeys and their stages"
        raise DefinitionError("Scope.journeys", problem, "write {'journey': 'stage'}")
    return dict(given)


def _event(given: Mapping[str, object] | None) -> Properties | None:
    return None if given is None else properties_of(given)


def _zone(given: str) -> str:
    # To know all names, files are read: not for a scope that says nothing.
    return given if given == _UTC else zone_name(given)


def _moment(given: Instant | None) -> Instant | None:
    return None if given is None else required_instant("instant of a Scope", given)


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

    Raises:
        DefinitionError: one of them is of another type, or the zone is not known.
    """

    event: Properties | None = field(default=None, converter=_event)
    entered_at: Instant | None = field(default=None, converter=_moment)
    stage_at: Instant | None = field(default=None, converter=_moment)
    timezone: str = field(default=_UTC, converter=_zone)
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
            ProtocolError: `now` is no instant, the subject no state, or the scope none.
        """
        known, us = _required_subject(subject), required_now(now).us
        return cls(known, us, _required_scope(scope))

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


def _required_scope(given: object) -> Scope:
    if not isinstance(given, Scope):
        problem = f"got scope={brief(given)}, expected a Scope"
        raise ProtocolError(problem, "leave it out, or write scope=pf.Scope(...)")
    return given


@frozen
class _Nobody:
    """A subject of whom nothing is known."""

    contact: Contact = field(factory=lambda: Contact("nobody"))
    timeline: Timeline = field(factory=Timeline)


_NOBODY = _Nobody()


def facts_of_event(properties: Properties) -> Facts:
    """The facts of an event alone: what a `where` clause looks at."""
    return Facts(_NOBODY, 0, Scope(event=properties))
