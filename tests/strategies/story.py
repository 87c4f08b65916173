"""Short ways to write a plan, a contact and a time, for tests that tell one story."""

from __future__ import annotations

from privflow.conditions import event
from privflow.engine import ContactState, Engine, Plan
from privflow.facts import Contact, Event, Identity, Relation
from privflow.journeys import Journey, SOPStep, Stage
from privflow.timing import Instant, Schedule, after, instant, span
from privflow.touches import Message

START = instant("2026-10-20T09:00+08:00")


def later(length: str) -> Instant:
    """So long after the start of the story."""
    return START + span(length)


def step(name: str, schedule: Schedule | None = None, **rest: object) -> SOPStep:
    """A step that sends a service message by SMS."""
    kind = rest.pop("kind", "service")
    message = Message(name, kind=kind, labels=rest.pop("labels", ()))
    rest.setdefault("via", ["sms"])
    return SOPStep(name, schedule or after("0s"), message, **rest)


def journey(*steps: SOPStep, name: str = "j", **rest: object) -> Journey:
    """A journey that "go" starts, with one stage unless they are given."""
    rest.setdefault("enter_on", event("go"))
    rest.setdefault("stages", [Stage("only", steps=steps)])
    return Journey(name, **rest)


def engine(*journeys: Journey, **rest: object) -> Engine:
    """An engine of a plan in the zone of Shanghai."""
    rest.setdefault("timezone", "Asia/Shanghai")
    return Engine(Plan(journeys=journeys, **rest))


def person(*, consented: bool = True, **rest: object) -> Contact:
    """Somebody who can be reached by SMS and WeCom."""
    identities = [Identity("phone", "1"), Identity("wecom.external_userid", "w")]
    relation = Relation(staff="zhang", since=instant("2026-01-01T00:00Z"))
    contact = Contact("c-1", identities=identities, relations=[relation], **rest)
    if consented:
        at = instant("2026-01-01T00:00Z")
        for channel in ("sms", "wecom"):
            contact = contact.consenting(
                channel, purpose="marketing", at=at, evidence="form"
            )
    return contact


def happens(name: str, at: Instant = START, **rest: object) -> Event:
    """An event of this person."""
    return Event(name, "c-1", at=at, **rest)


def begun(engine: Engine, contact: Contact | None = None) -> ContactState:
    """The state after "go" at the start of the story."""
    state = ContactState(contact or person())
    return engine.advance(state, happens("go"), now=START).state
