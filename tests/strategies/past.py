"""A small past for gates: touches at hours after a start, and what was heard."""

from __future__ import annotations

from collections.abc import Iterable

from attrs import field, frozen

from privflow.facts import Contact, Event, Timeline
from privflow.timing import Instant, instant
from privflow.touches import (
    Allow,
    Deny,
    Gate,
    Hold,
    Ledger,
    Receipt,
    Ruling,
    Touch,
)

START = instant("2026-10-20T01:00+08:00")
HOUR = 3_600_000_000


@frozen(kw_only=True)
class Seen:
    """What a gate may look at."""

    ledger: Ledger = field(factory=Ledger, kw_only=False)
    timeline: Timeline = field(factory=Timeline)
    timezone: str = "Asia/Shanghai"
    contact: Contact = field(factory=lambda: Contact("c-1"))


def hours(count: float) -> Instant:
    """So many hours after the start."""
    return Instant(START.us + round(count * HOUR))


def touch(touch_id: str = "t", **parts: object) -> Touch:
    """A marketing touch on WeCom, unless told otherwise."""
    given = {
        "id": touch_id,
        "contact_id": "c-1",
        "channel": "wecom.mass",
        "message": "coupon",
        "kind": "marketing",
        "source": "journey:new-friend",
    }
    return Touch(**(given | parts))


def sent(*at: float, receipts: Iterable[Receipt] = (), **parts: object) -> Ledger:
    """The ledger after touches at these hours, called `t0`, `t1` and so on."""
    ledger = Ledger()
    for place, hour in enumerate(at):
        ledger = ledger.reserving(touch(f"t{place}", **parts), now=hours(hour))
    for receipt in receipts:
        ledger = ledger.informed(receipt)
    return ledger


def happened(*events: tuple[str, float]) -> Timeline:
    """The timeline of events, each a name and an hour."""
    return Timeline(
        Event(name, "c-1", at=hours(hour), id=f"{name}-{place}")
        for place, (name, hour) in enumerate(events)
    )


def until_of(ruling: Ruling) -> Instant | None:
    """When it opens; None for a denial."""
    assert not isinstance(ruling, Allow)
    return ruling.until if isinstance(ruling, Hold) else None


def check_opening(gate: Gate, one: Touch, view: Seen, now: Instant) -> None:
    """A hold ends at the first instant that the gate allows, if only time passes."""
    ruling = gate.judge(one, view, now=now)
    later = {now.us + step * HOUR // 2 for step in range(1, 24 * 2 * 40)}
    if isinstance(ruling, Hold):
        assert ruling.until > now
        assert isinstance(gate.judge(one, view, now=ruling.until), Allow)
        just_before = Instant(ruling.until.us - 1)
        assert not isinstance(gate.judge(one, view, now=just_before), Allow)
        later = {us for us in later if us < ruling.until.us}
    elif isinstance(ruling, Allow):
        return
    else:
        assert isinstance(ruling, Deny)
    for us in later:
        assert not isinstance(gate.judge(one, view, now=Instant(us)), Allow)
