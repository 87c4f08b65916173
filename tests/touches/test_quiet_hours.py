"""Quiet hours as a gate; their times are tested with `DailyHours`."""

from __future__ import annotations

import pytest
from attrs import field, frozen
from hypothesis import given
from hypothesis import strategies as st

from privflow.errors import DefinitionError, TimeFormatError
from privflow.facts import Contact, Timeline
from privflow.timing import Instant, instant
from privflow.touches import Allow, Gate, Hold, Ledger, QuietHours, Touch

DAY = 86_400_000_000
MIDNIGHT = instant("2026-10-20T00:00+08:00").us


@frozen
class Seen:
    timezone: str = "Asia/Shanghai"
    contact: Contact = field(factory=lambda: Contact("c-1"))
    timeline: Timeline = field(factory=Timeline)
    ledger: Ledger = field(factory=Ledger)


def touch(kind: str = "marketing") -> Touch:
    return Touch(
        id="t-1",
        contact_id="c-1",
        channel="sms",
        message="hello",
        kind=kind,
        source="rule:r",
    )


QUIET: Gate = QuietHours("22:00", "08:00", exempt=["transactional"])


@pytest.mark.parametrize(
    ("at", "until"),
    [
        ("2026-10-20T21:59:59.999999+08:00", None),
        ("2026-10-20T22:00+08:00", "2026-10-21T08:00+08:00"),
        ("2026-10-21T00:00+08:00", "2026-10-21T08:00+08:00"),
        ("2026-10-21T07:59:59.999999+08:00", "2026-10-21T08:00+08:00"),
        ("2026-10-21T08:00+08:00", None),
    ],
)
def test_the_start_minute_is_quiet_and_the_end_minute_is_not(
    at: str, until: str | None
) -> None:
    """T7."""
    facts = {"hours": "22:00-08:00"}
    ruling = QUIET.judge(touch(), Seen(), now=instant(at))
    if until is None:
        assert ruling == Allow(facts=facts)
    else:
        assert ruling == Hold("quiet_hours", until=instant(until), facts=facts)


def test_the_hours_are_those_of_the_contact() -> None:
    """T8."""
    now = instant("2026-10-20T15:00Z")  # 23:00 in Shanghai, 11:00 in New York
    ruling = QUIET.judge(touch(), Seen(timezone="America/New_York"), now=now)
    assert isinstance(ruling, Allow)
    assert isinstance(QUIET.judge(touch(), Seen(), now=now), Hold)


def test_an_exempt_kind_passes_at_night() -> None:
    now = instant("2026-10-20T23:00+08:00")
    assert isinstance(QUIET.judge(touch("transactional"), Seen(), now=now), Allow)
    assert isinstance(QUIET.judge(touch("service"), Seen(), now=now), Hold)


@given(
    start=st.integers(0, 1439),
    length=st.integers(1, 1439),
    at=st.integers(0, 2 * DAY - 1),
)
def test_a_hold_ends_at_the_first_instant_that_is_not_quiet(
    start: int, length: int, at: int
) -> None:
    end = (start + length) % 1440
    quiet = QuietHours(
        f"{start // 60:02}:{start % 60:02}", f"{end // 60:02}:{end % 60:02}"
    )
    now = Instant(MIDNIGHT + at)
    ruling = quiet.judge(touch(), Seen(), now=now)
    inside = (at - start * 60_000_000) % DAY < length * 60_000_000
    assert isinstance(ruling, Hold) is inside
    if isinstance(ruling, Hold):
        last = Instant(ruling.until.us - 1)
        assert now < ruling.until
        assert isinstance(quiet.judge(touch(), Seen(), now=last), Hold)
        assert isinstance(quiet.judge(touch(), Seen(), now=ruling.until), Allow)


@pytest.mark.parametrize(
    ("start", "end", "rest", "error"),
    [
        ("22:00", "22:00", {}, DefinitionError),
        ("22:00", "8 am", {}, TimeFormatError),
        ("22:00", "08:00", {"exempt": ["spam"]}, DefinitionError),
        ("22:00", "08:00", {"exempt": "service"}, DefinitionError),
        ("22:00", "08:00", {"channel": ""}, DefinitionError),
        ("22:00", "08:00", {"name": ""}, DefinitionError),
    ],
)
def test_quiet_hours_that_mean_nothing_are_refused(
    start: str, end: str, rest: dict[str, str], error: type[DefinitionError]
) -> None:
    with pytest.raises(error):
        QuietHours(start, end, **rest)


def test_quiet_hours_are_equal_by_value() -> None:
    assert QuietHours("22:00", "08:00") == QuietHours("22:00:00", "08:00")
    assert len({QuietHours("22:00", "08:00"), QuietHours("22:00", "08:00")}) == 1
