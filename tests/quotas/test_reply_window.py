from __future__ import annotations

import pytest
from attrs import field, frozen
from hypothesis import given
from hypothesis import strategies as st

from privflow.conditions import event, prop
from privflow.errors import ConditionTypeError, DefinitionError
from privflow.facts import Contact, Event, Timeline
from privflow.quotas import ReplyWindow
from privflow.timing import Instant, instant, rolling, span
from privflow.touches import Allow, Deny, Gate, Ledger, Receipt, Touch

START = instant("2026-10-20T09:30+08:00")
HOUR = 3_600_000_000
HEARD = event("message_received")


def hours(count: float) -> Instant:
    return Instant(START.us + round(count * HOUR))


@frozen(kw_only=True)
class Seen:
    timeline: Timeline = field(factory=Timeline)
    ledger: Ledger = field(factory=Ledger)
    contact: Contact = field(factory=lambda: Contact("c-1"))
    timezone: str = "UTC"


def touch(channel: str = "wechat.service", touch_id: str = "t") -> Touch:
    return Touch(
        id=touch_id,
        contact_id="c-1",
        channel=channel,
        message="hello",
        kind="service",
        source="rule:r",
    )


def view(
    heard: list[float], sent: list[float], channel: str = "wechat.service"
) -> Seen:
    """A contact who wrote and was written to at these hours."""
    ledger = Ledger()
    for place, at in enumerate(sent):
        ledger = ledger.reserving(touch(channel, f"t{place}"), now=hours(at))
    events = [Event("message_received", "c-1", at=hours(at)) for at in heard]
    return Seen(timeline=Timeline(events), ledger=ledger)


WECHAT: Gate = ReplyWindow(
    "wechat-48h", 5, within="48h", opened_by=HEARD, channel="wechat.service"
)
US = 1 / HOUR


@pytest.mark.parametrize(
    ("heard", "sent", "now", "count"),
    [
        ([0], [], 0, 0),
        ([0], [], 48 - US, 0),
        ([0], [0, 1, 2, 3], 4, 4),
        # what was sent at the instant of the event answers it
        ([0], [0], 0, 1),
        # the next message opens the window anew
        ([0, 5], [0, 1, 2, 3, 4], 5, 0),
        ([0, 40], [1, 2], 87, 0),
        ([0, 5], [5, 6], 7, 2),
        # what was sent before the window counts no more
        ([5], [0, 1, 2, 3, 4], 6, 0),
    ],
)
def test_an_open_window_allows_so_many_touches(
    heard: list[float], sent: list[float], now: float, count: int
) -> None:
    """Q1, T2."""
    facts = {
        "limit": 5,
        "window": "2d",
        "count": count,
        "closes_at": hours(heard[-1] + 48),
    }
    ruling = WECHAT.judge(touch(), view(heard, sent), now=hours(now))
    assert ruling == Allow(facts=facts)


@pytest.mark.parametrize(
    ("heard", "now"), [([], 0), ([0], 48), ([0, 1], 49), ([3], 2), ([0], 5_000)]
)
def test_a_window_that_is_not_open_denies(heard: list[float], now: float) -> None:
    """Q1: time alone opens no window."""
    ruling = WECHAT.judge(touch(), view(heard, []), now=hours(now))
    assert ruling == Deny("window_closed", facts={"limit": 5, "window": "2d"})


@pytest.mark.parametrize("sent", [[0, 1, 2, 3, 4], [0, 0, 0, 0, 0, 0]])
def test_a_window_that_is_used_up_denies(sent: list[float]) -> None:
    """Q1."""
    ruling = WECHAT.judge(touch(), view([0], sent), now=hours(10))
    assert isinstance(ruling, Deny)
    assert ruling.reason == "window_used_up"
    assert ruling.facts["count"] == len(sent)
    assert ruling.facts["limit"] == 5


def test_a_released_touch_is_given_back() -> None:
    """Q4."""
    seen = view([0], [1, 2, 3, 4, 5])
    ledger = seen.ledger.informed(Receipt("t2", "failed", at=hours(6)))
    freed = Seen(timeline=seen.timeline, ledger=ledger)
    assert isinstance(WECHAT.judge(touch(), freed, now=hours(7)), Allow)


def test_another_channel_is_no_concern() -> None:
    assert WECHAT.judge(touch("sms"), Seen(), now=START) == Allow()
    assert isinstance(
        WECHAT.judge(touch(), view([0], [1] * 9, "sms"), now=hours(2)), Allow
    )


def test_a_window_without_a_limit_only_has_to_be_open() -> None:
    """Q1: after a payment, any number within 48 hours."""
    window = ReplyWindow(
        "paid", None, within="48h", opened_by=event("paid"), channel="wechat"
    )
    timeline = Timeline([Event("paid", "c-1", at=START)])
    ledger = view([], [1] * 99).ledger
    seen = Seen(timeline=timeline, ledger=ledger)
    ruling = window.judge(touch(), seen, now=hours(47))
    assert isinstance(ruling, Allow)
    assert ruling.facts == {"window": "2d", "count": 99, "closes_at": hours(48)}
    assert isinstance(window.judge(touch(), seen, now=hours(48)), Deny)


def test_only_the_events_that_are_meant_open_the_window() -> None:
    menu = ReplyWindow(
        "menu",
        3,
        within="1m",
        opened_by=event("menu_clicked").where(prop.key == "help"),
        channel="wechat.service",
    )
    clicks = [
        Event("menu_clicked", "c-1", at=START, properties={"key": "help"}),
        Event("menu_clicked", "c-1", at=hours(0.01), properties={"key": "shop"}),
        Event("menu_clicked", "c-1", at=hours(1), properties={"key": "shop"}),
    ]
    seen = Seen(timeline=Timeline(clicks))
    ruling = menu.judge(touch(), seen, now=hours(0.01))
    assert isinstance(ruling, Allow)
    assert ruling.facts["closes_at"] == Instant(START.us + 60_000_000)
    assert isinstance(menu.judge(touch(), seen, now=hours(1)), Deny)


@given(
    heard=st.lists(st.integers(0, 30), max_size=4),
    sent=st.lists(st.integers(0, 30), max_size=8).map(sorted),
    now=st.integers(0, 40),
    limit=st.integers(1, 3),
)
def test_a_window_allows_what_a_walk_through_the_hours_allows(
    heard: list[int], sent: list[int], now: int, limit: int
) -> None:
    window = ReplyWindow(
        "w", limit, within="5h", opened_by=HEARD, channel="wechat.service"
    )
    left, closes = 0, -1
    for hour in range(now + 1):
        if hour in heard:
            left, closes = limit, hour + 5
        left -= sent.count(hour)
    seen = view([*map(float, heard)], [float(hour) for hour in sent if hour <= now])
    ruling = window.judge(touch(), seen, now=hours(now))
    assert isinstance(ruling, Allow) is (now < closes and left > 0)


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"name": ""}, DefinitionError),
        ({"limit": 0}, DefinitionError),
        ({"limit": True}, DefinitionError),
        ({"limit": 2.5}, DefinitionError),
        ({"within": "0s"}, DefinitionError),
        ({"within": "long"}, DefinitionError),
        ({"channel": ""}, DefinitionError),
        ({"opened_by": "message_received"}, ConditionTypeError),
        ({"opened_by": HEARD.within("1d")}, DefinitionError),
        ({"opened_by": HEARD.since_entry()}, DefinitionError),
        ({"opened_by": HEARD.in_(rolling("1d")).exists()}, ConditionTypeError),
    ],
)
def test_a_window_that_means_nothing_is_refused(
    changes: dict[str, object], error: type[DefinitionError]
) -> None:
    parts = {
        "name": "w",
        "limit": 5,
        "within": "48h",
        "opened_by": HEARD,
        "channel": "wechat",
    }
    with pytest.raises(error) as caught:
        ReplyWindow(**(parts | changes))
    assert caught.value.hint


@pytest.mark.parametrize(
    ("limit", "sentence"),
    [
        (5, "at most 5 touches on sms within 2d of event('message_received')"),
        (1, "at most 1 touch on sms within 2d of event('message_received')"),
        (
            None,
            "any number of touches on sms within 2d of event('message_received')",
        ),
    ],
)
def test_a_window_reads_as_a_sentence_and_as_source(
    limit: int | None, sentence: str
) -> None:
    window = ReplyWindow("w", limit, within="48h", opened_by=HEARD, channel="sms")
    assert str(window) == sentence
    names = {"ReplyWindow": ReplyWindow, "span": span, "event": event}
    assert eval(repr(window), names) == window  # noqa: S307  its own repr
    assert repr(window) == (
        f"ReplyWindow('w', {limit}, within=span('2d'), "
        "opened_by=event('message_received'), channel='sms')"
    )
