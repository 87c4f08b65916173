"""Everything that privflow knows about one contact, as one value.

Theory of operation
-------------------
1. A state is a value: the engine returns new ones and never changes one.
2. `at` only rises. Everything due up to it has been decided; `wake_at` is the next
   instant at which time alone may decide something, or None.
3. Of each journey there is at most one enrolment, the latest.
4. `inside` names the segments that journeys wait for and the contact belongs to. It is
   None until the contact has been looked at for the first time.
5. `seen` holds the keys of inputs taken in within the plan's horizon, oldest first.
"""

from __future__ import annotations

from collections.abc import Iterable

from attrs import evolve, field, frozen
from typing_extensions import override

from privflow.errors import WrongContactError
from privflow.facts import Contact, Event, Timeline
from privflow.journeys import Enrolment
from privflow.timing import Instant
from privflow.touches import Ledger


@frozen(kw_only=True, repr=False)
class ContactState:
    """The state of one contact (客户状态): facts, enrolments, touches, next wake.

    >>> ContactState(Contact("c-001"))
    <ContactState 'c-001' 0 events, 0 enrolments, 0 touches>
    """

    contact: Contact = field(kw_only=False)
    timeline: Timeline = Timeline()
    enrolments: tuple[Enrolment, ...] = ()
    ledger: Ledger = Ledger()
    inside: tuple[str, ...] | None = None
    seen: tuple[tuple[str, Instant], ...] = ()
    at: Instant | None = None
    wake_at: Instant | None = None

    def observing(self, events: Iterable[Event]) -> ContactState:
        """The state with more history; it sets nothing off, and repeats change nothing.

        Raises:
            WrongContactError: an event is another contact's.
        """
        events = tuple(events)
        for event in events:
            if event.contact_id != self.contact.id:
                raise WrongContactError(self.contact.id, event.contact_id)
        return evolve(self, timeline=self.timeline.observing(events))

    def knowing(self, contact: Contact) -> ContactState:
        """The state with what the host has learned about the contact.

        Raises:
            WrongContactError: it is another contact.
        """
        if contact.id != self.contact.id:
            raise WrongContactError(self.contact.id, contact.id)
        return evolve(self, contact=contact)

    def enrolment(self, journey: str) -> Enrolment | None:
        """The latest enrolment of a journey, running or ended."""
        for enrolment in self.enrolments:
            if enrolment.journey == journey:
                return enrolment
        return None

    @override
    def __repr__(self) -> str:
        counts = (
            f"{len(self.timeline)} events",
            f"{len(self.enrolments)} enrolments",
            f"{len(self.ledger)} touches",
        )
        return f"<ContactState {self.contact.id!r} {', '.join(counts)}>"
