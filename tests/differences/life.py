"""One contact in the care of an engine, for examples that happen in time."""

from __future__ import annotations

from collections.abc import Iterable

import privflow as pf
from privflow import event

LONG_AGO = pf.instant("2020-01-01T00:00Z")
AFTERWARDS = pf.span("400d")


def someone(name: str = "c-1", **attributes: object) -> pf.Contact:
    """Somebody who can be reached by SMS and WeCom, and agreed to marketing."""
    contact = pf.Contact(
        name,
        identities=[
            pf.Identity("phone", "1"),
            pf.Identity("wecom.external_userid", "w"),
        ],
        attributes=attributes,
    )
    for channel in ("sms", "wecom"):
        contact = contact.consenting(
            channel, purpose="marketing", at=LONG_AGO, evidence="form"
        )
    return contact


def note(name: str, schedule: object = None, **rest: object) -> pf.SOPStep:
    """A step that sends a marketing message by SMS."""
    message = pf.Message(
        name,
        kind=rest.pop("kind", "marketing"),
        labels=rest.pop("labels", ()),
        variants=rest.pop("variants", {}),
    )
    rest.setdefault("via", ["sms"])
    return pf.SOPStep(name, schedule or pf.after("0s"), message, **rest)


def journey(*steps: pf.SOPStep, name: str = "j", **rest: object) -> pf.Journey:
    """A journey that the event "go" starts, of one stage unless they are given."""
    rest.setdefault("enter_on", event("go"))
    rest.setdefault("stages", [pf.Stage("only", steps=steps)])
    return pf.Journey(name, **rest)


class Life:
    """What happens to a contact, in the order of time; the host is never late.

    Args:
        parts: journeys, and whatever else a plan consists of.
    """

    def __init__(
        self, *journeys: pf.Journey, zone: str = "Asia/Shanghai", **parts: object
    ) -> None:
        contact = parts.pop("contact", None) or someone()
        self.zone = zone
        self.engine = pf.Engine(pf.Plan(journeys=journeys, timezone=zone, **parts))
        self.state = pf.ContactState(contact)
        self.touches: list[tuple[str, pf.Touch]] = []
        self.journal: list[pf.Entry] = []

    def at(self, text: str) -> pf.Instant:
        """An instant on the clock of the contact."""
        return pf.instant(text, tz=self.zone)

    def clock(self, instant: pf.Instant) -> str:
        """What that clock shows, to the minute."""
        return instant.isoformat(self.zone)[:16].replace("T", " ")

    def call(self, *inputs: pf.Event | pf.Receipt, now: pf.Instant) -> None:
        """One call of the engine."""
        outcome = self.engine.advance(self.state, *inputs, now=now)
        self.state = outcome.state
        self.journal += outcome.journal
        for command in outcome.commands:
            self.touches.append((self.clock(now), command.touch))

    def until(self, text: str) -> Life:
        """Let time pass, and wake the contact whenever that is asked for."""
        self._wake_until(self.at(text))
        return self

    def _wake_until(self, end: pf.Instant) -> None:
        while (at := self.state.wake_at) is not None and at <= end:
            self.call(now=at)

    def happens(self, name: str, text: str, **properties: object) -> Life:
        """An event, after everything that was due before it."""
        at = self.at(text)
        self._wake_until(at)
        number = len(self.state.timeline)
        self.call(
            pf.Event(name, "c-1", at=at, id=f"e-{number}", properties=properties),
            now=at,
        )
        return self

    def hears(self, status: str, text: str, **rest: object) -> Life:
        """A receipt for the last touch."""
        at = self.at(text)
        self._wake_until(at)
        self.call(pf.Receipt(self.touches[-1][1].id, status, at=at, **rest), now=at)
        return self

    def follows(self, *journeys: pf.Journey, **parts: object) -> Life:
        """From now on another plan holds."""
        plan = pf.Plan(journeys=journeys, timezone=self.zone, **parts)
        self.engine = pf.Engine(plan)
        return self

    def sent(self) -> str:
        """Everything that went out in the end, with its time."""
        self._wake_until(self.state.at + AFTERWARDS if self.state.at else LONG_AGO)
        return self.sent_so_far()

    def sent_so_far(self) -> str:
        """Everything that went out until now, with its time."""
        lines = (f"{touch.message} {at}" for at, touch in self.touches)
        return ", ".join(lines) or "nothing"

    def standing(self, name: str = "j") -> str:
        """In which stage of a journey the contact is, or how and when it ended."""
        enrolment = self.state.enrolment(name)
        if enrolment is None:
            return "never entered"
        if enrolment.ended_at is None:
            return f"in {enrolment.stage}"
        return f"{enrolment.ended_by} {self.clock(enrolment.ended_at)}"


def due(schedule: object, anchor: str, zone: str, **attributes: object) -> str:
    """When a schedule is due for the first time, on the clock of its zone."""
    found = schedule.due(
        anchor_us=pf.instant(anchor, tz=zone).us,
        after_us=None,
        tz=zone,
        attributes=attributes,
    )
    if found is None:
        return "never"
    return pf.Instant(found).isoformat(zone)[:16].replace("T", " ")


def leaves(
    *times: str, zone: str = "Asia/Shanghai", each: object = None, **parts: object
) -> str:
    """When messages leave that are due at some times, under the gates of a plan.

    Args:
        times: the first is the beginning; the messages are called m1, m2 and so on.
        each: the step of a message, by its number and schedule.
    """
    start = pf.instant(times[0], tz=zone)
    build = each or (lambda number, schedule: note(f"m{number}", schedule))
    steps = [
        build(number, pf.after(f"{(pf.instant(text, tz=zone) - start).us}us"))
        for number, text in enumerate(times, 1)
    ]
    return Life(journey(*steps), zone=zone, **parts).happens("go", times[0]).sent()


def happened(name: str, *times: str, **rest: object) -> pf.ContactState:
    """A contact with a past of one kind of event."""
    zone = rest.pop("zone", "UTC")
    contact = rest.pop("contact", None) or someone()
    events: Iterable[pf.Event] = (
        pf.Event(name, "c-1", at=pf.instant(text, tz=zone), id=f"{name}-{number}")
        for number, text in enumerate(times)
    )
    return pf.ContactState(contact).observing(events)
