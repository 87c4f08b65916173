from __future__ import annotations

import pytest
from attrs import field, frozen
from hypothesis import given
from hypothesis import strategies as st

from privflow.conditions import event, prop
from privflow.errors import ConditionTypeError, DefinitionError
from privflow.facts import Contact, Event, Timeline
from privflow.quotas import Grants
from privflow.timing import Instant, instant
from privflow.touches import Allow, Deny, Gate, Ledger, Receipt, Touch

START = instant("2026-10-20T09:30+08:00")
CHANNEL = "miniprogram.subscribe"
NEWS: Gate = Grants(
    "news",
    granted_by=event("granted"),
    channel=CHANNEL,
    revoked_by=event("revoked"),
)


def hours(count: int) -> Instant:
    return Instant(START.us + count * 3_600_000_000)


@frozen(kw_only=True)
class Seen:
    timeline: Timeline = field(factory=Timeline)
    ledger: Ledger = field(factory=Ledger)
    contact: Contact = field(factory=lambda: Contact("c-1"))
    timezone: str = "UTC"


def touch(channel: str = CHANNEL, touch_id: str = "t") -> Touch:
    return Touch(
        id=touch_id,
        contact_id="c-1",
        channel=channel,
        message="hello",
        kind="service",
        source="rule:r",
    )


def view(
    granted: list[int], sent: list[int], revoked: list[int], channel: str = CHANNEL
) -> Seen:
    """A contact who agreed, was written to and took it back at these hours."""
    events = [
        Event(name, "c-1", at=hours(at), id=f"{name}-{place}")
        for name, instants in (("granted", granted), ("revoked", revoked))
        for place, at in enumerate(instants)
    ]
    ledger = Ledger()
    for place, at in enumerate(sent):
        ledger = ledger.reserving(touch(channel, f"t{place}"), now=hours(at))
    return Seen(timeline=Timeline(events), ledger=ledger)


@pytest.mark.parametrize(
    ("granted", "sent", "revoked", "balance"),
    [
        ([], [], [], 0),
        ([1], [], [], 1),
        ([1, 2, 3], [], [], 3),
        ([1, 1], [], [], 2),
        ([1, 2], [3], [], 1),
        ([1, 2], [3, 4], [], 0),
        ([1], [2, 3], [], -1),
        # what was granted for after now counts later
        ([99], [], [], 0),
        # a revocation voids what is left, and what is granted in the same instant
        ([1, 2], [], [3], 0),
        ([1, 2], [2], [2], 0),
        ([1, 2, 5], [3], [4], 1),
        ([1, 2, 5, 6], [3, 7], [4], 1),
        ([1, 6], [], [2, 4], 1),
        ([1], [], [99], 1),
    ],
)
def test_each_grant_is_one_touch_until_it_is_used_or_revoked(
    granted: list[int], sent: list[int], revoked: list[int], balance: int
) -> None:
    """Q1."""
    ruling = NEWS.judge(touch(), view(granted, sent, revoked), now=hours(10))
    facts = {"balance": balance}
    if balance > 0:
        assert ruling == Allow(facts=facts)
    else:
        assert ruling == Deny("grant_exhausted", facts=facts)


def test_grants_do_not_expire() -> None:
    """Q1."""
    assert isinstance(
        NEWS.judge(touch(), view([0], [], []), now=hours(24 * 3_650)), Allow
    )


def test_a_released_touch_gives_its_grant_back() -> None:
    """Q4."""
    seen = view([0], [1], [])
    ledger = seen.ledger.informed(Receipt("t0", "failed", at=hours(2)))
    freed = Seen(timeline=seen.timeline, ledger=ledger)
    assert isinstance(NEWS.judge(touch(), seen, now=hours(3)), Deny)
    assert isinstance(NEWS.judge(touch(), freed, now=hours(3)), Allow)


def test_another_channel_is_no_concern_and_uses_no_grant() -> None:
    assert NEWS.judge(touch("sms"), Seen(), now=START) == Allow()
    assert isinstance(
        NEWS.judge(touch(), view([0], [1, 2], [], "sms"), now=hours(3)), Allow
    )


def test_without_a_revoking_event_grants_only_add_up() -> None:
    grants = Grants("g", granted_by=event("granted"), channel=CHANNEL, each_grant=3)
    assert grants.balance(view([0, 1], [2], [3]), now=hours(4)) == 5


def test_only_the_events_that_are_meant_grant() -> None:
    grants = Grants(
        "g",
        granted_by=event("answered").where(prop.result == "accept"),
        channel="miniprogram",
    )
    answers = [
        Event("answered", "c-1", at=hours(hour), properties={"result": result})
        for hour, result in enumerate(["accept", "reject", "ban", "accept"])
    ]
    assert grants.balance(Seen(timeline=Timeline(answers)), now=hours(9)) == 2


HOURS = st.lists(st.integers(0, 9), max_size=6).map(sorted)


@given(granted=HOURS, sent=HOURS, revoked=st.lists(st.integers(0, 9), max_size=2))
def test_the_balance_is_that_of_a_walk_through_the_hours(
    granted: list[int], sent: list[int], revoked: list[int]
) -> None:
    balance = 0
    for hour in range(10):
        balance += granted.count(hour) - sent.count(hour)
        if hour in revoked:
            balance = 0
    seen = view(granted, sent, revoked)
    assert NEWS.balance(seen, now=hours(9)) == balance  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"name": ""}, DefinitionError),
        ({"channel": " "}, DefinitionError),
        ({"each_grant": 0}, DefinitionError),
        ({"each_grant": True}, DefinitionError),
        ({"granted_by": "granted"}, ConditionTypeError),
        ({"granted_by": None}, ConditionTypeError),
        ({"revoked_by": event("revoked").within("1d")}, DefinitionError),
    ],
)
def test_grants_that_mean_nothing_are_refused(
    changes: dict[str, object], error: type[DefinitionError]
) -> None:
    parts = {"name": "g", "granted_by": event("granted"), "channel": CHANNEL}
    with pytest.raises(error) as caught:
        Grants(**(parts | changes))
    assert caught.value.hint


def test_grants_read_as_a_sentence_and_as_source() -> None:
    grants = Grants(
        "g",
        granted_by=event("yes"),
        channel="sms",
        revoked_by=event("no"),
        each_grant=2,
    )
    assert str(grants) == "2 touches on sms for each event('yes'), until event('no')"
    assert eval(repr(grants), {"Grants": Grants, "event": event}) == grants  # noqa: S307
    assert repr(Grants("g", granted_by=event("yes"), channel="sms")) == (
        "Grants('g', granted_by=event('yes'), channel='sms')"
    )
