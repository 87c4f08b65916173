"""Everything that privflow knows about one contact, as one value.

Theory of operation
-------------------
1. A state is a value: the engine returns new ones and never changes one.
2. `at` only rises. Everything due up to it has been decided; `wake_at` is the next
   instant at which time alone may decide something, or None.
3. Of each journey there is the latest visit; of a journey with a key, several.
4. `inside` names the segments that journeys wait for and the contact belongs to. It is
   None until the contact has been looked at for the first time. `offered` names the
   journeys that have been compared with it; any other one meets a current member.
5. `stale` says that facts were learned since the contact was last looked at: outside
   the engine, or while processing was restricted. The next call that may looks at
   everything again, whatever its input.
6. `seen` holds the keys of inputs taken in within the plan's horizon, oldest first.
7. `rule_memory` holds scores, firings of rules with a limit, and conditions that hold.
"""

from __future__ import annotations

from collections.abc import Iterable

from attrs import evolve, field, frozen
from typing_extensions import override

from privflow.engine.seen import NOTHING_SEEN, Seen, seen_of
from privflow.errors import WrongContactError
from privflow.facts import Contact, Event, Timeline, required_contact, tuple_of
from privflow.journeys import Enrolment
from privflow.rules import NO_MEMORY, RuleMemory
from privflow.timing import Instant
from privflow.touches import Ledger

_NO_EVENTS = Timeline()
_NO_TOUCHES = Ledger()


@frozen(kw_only=True, repr=False, weakref_slot=False)
class ContactState:
    """The state of one contact (客户状态): facts, enrolments, touches, next wake.

    >>> ContactState(Contact("c-001"))
    <ContactState 'c-001' 0 events, 0 enrolments, 0 touches>
    """

    contact: Contact = field(kw_only=False)
    timeline: Timeline = _NO_EVENTS
    enrolments: tuple[Enrolment, ...] = ()
    ledger: Ledger = _NO_TOUCHES
    inside: tuple[str, ...] | None = None
    offered: tuple[str, ...] = ()
    seen: Seen = field(default=NOTHING_SEEN, converter=seen_of)
    rule_memory: RuleMemory = NO_MEMORY
    at: Instant | None = None
    wake_at: Instant | None = None
    stale: bool = False

    def __attrs_post_init__(self) -> None:
        required_contact("ContactState.contact", self.contact)

    def observing(self, events: Iterable[Event]) -> ContactState:
        """The state with more history; repeats change nothing.

        It sets nothing off by itself: the next `advance` looks at everything again.

        Raises:
            WrongContactError: an event is another contact's.
        """
        events = tuple_of("ContactState.observing", events)
        for event in events:
            if event.contact_id != self.contact.id:
                raise WrongContactError(self.contact.id, event.contact_id)
        timeline = self.timeline.observing(events)
        if timeline is self.timeline:
            return self
        return evolve(self, timeline=timeline, stale=self.at is not None)

    def knowing(self, contact: Contact) -> ContactState:
        """The state with what the host has learned about the contact.

        It sets nothing off by itself: the next `advance` looks at everything again, an
        input or none.

        Raises:
            WrongContactError: it is another contact.
        """
        required_contact("ContactState.knowing", contact)
        if contact.id != self.contact.id:
            raise WrongContactError(self.contact.id, contact.id)
        if contact == self.contact:
            return self
        return evolve(self, contact=contact, stale=self.at is not None)

    def reviewing(self) -> ContactState:
        """The state, to be judged anew: after an edit of gates, quotas or the law.

        The next `advance` looks at everything again, and asks again about every touch
        that is held back. Whose journey comes in a new version is looked at anyway.
        """
        if self.at is None or self.stale:
            return self
        return evolve(self, stale=True)

    def enrolment(self, journey: str, *, key: str | None = None) -> Enrolment | None:
        """The latest visit of a journey, running or ended.

        Args:
            key: of those with this key alone; of all if None.
        """
        found = [e for e in self.enrolments if e.journey == journey]
        if key is not None:
            found = [enrolment for enrolment in found if enrolment.key == key]
        return max(found, key=lambda enrolment: enrolment.visit, default=None)

    @override
    def __repr__(self) -> str:
        counts = (
            f"{len(self.timeline)} events",
            f"{len(self.enrolments)} enrolments",
            f"{len(self.ledger)} touches",
        )
        return f"<ContactState {self.contact.id!r} {', '.join(counts)}>"
