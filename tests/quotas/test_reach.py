"""How long a touch matters to a gate, whatever is heard of it (C8)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from privflow.conditions import event
from privflow.quotas import KEEP_FOR, Grants, MixQuota, ReplyWindow, TouchQuota
from privflow.quotas.reach import reach
from privflow.timing import (
    Instant,
    Window,
    aligned,
    calendar,
    rolling,
    span,
)
from privflow.touches import Gate, Receipt
from strategies.past import hours, sent

WINDOWS = [
    rolling("36h"),
    aligned("6h"),
    calendar("day"),
    calendar("week", first_day="sun"),
    calendar("month"),
    calendar("year"),
    calendar("month", tz="Pacific/Apia"),
    calendar("month", count=3),
]
ZONES = ["Asia/Shanghai", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia"]
DECADES = st.integers(Instant(0).us, 1_900_000_000_000_000)


@pytest.mark.parametrize("window", WINDOWS, ids=str)
@given(now=DECADES, zone=st.sampled_from(ZONES))
def test_what_is_older_than_the_reach_is_in_no_window(
    window: Window, now: int, zone: str
) -> None:
    """C8."""
    length = reach(window)
    assert length is not None
    assert window.bounds(now, zone)[0] > now - length.us


DAY = TouchQuota("q", 1, per=rolling("1d"), channel="wecom")
CONFIRMED = TouchQuota("q", 1, per=rolling("1d"), counts_on="confirmed")
SHARED = TouchQuota("q", 1, per=rolling("1d"), each="staff")
MIX = MixQuota("q", after=4, at_most=0.5, of="sale", per=rolling("1d"))
REPLY = ReplyWindow(
    "q", limit=1, within="1d", opened_by=event("message_received"), channel="wecom"
)
GRANTS = Grants("q", granted_by=event("agreed"), channel="wecom")
TASK = {"confirm_within": span("10h")}
FAILED = Receipt("t0", "failed", at=hours(5))
CONFIRMATION = Receipt("t0", "confirmed", at=hours(5))


@pytest.mark.parametrize(
    ("gate", "parts", "receipts", "until"),
    [
        (DAY, {}, [], hours(24)),
        (DAY, {}, [FAILED], hours(5)),
        (DAY, {"channel": "sms"}, [], hours(0)),
        (DAY, TASK, [], hours(24)),
        (SHARED, {"subjects": {"staff": "li"}}, [], hours(0)),
        (CONFIRMED, {}, [], None),
        (CONFIRMED, {}, [CONFIRMATION], hours(29)),
        (CONFIRMED, TASK, [], hours(34)),
        (CONFIRMED, {}, [FAILED], hours(5)),
        (MIX, {}, [], hours(24)),
        (MIX, {"labels": ("sale",)}, [FAILED], hours(5)),
        (REPLY, {}, [], hours(24)),
        (REPLY, {"channel": "sms"}, [], hours(0)),
        (GRANTS, {}, [], None),
        (GRANTS, {}, [FAILED], hours(5)),
        (GRANTS, TASK, [], hours(10) + KEEP_FOR),
        (GRANTS, {"channel": "sms"}, [], hours(0)),
    ],
)
def test_a_touch_matters_until_no_window_can_hold_it(
    gate: Gate, parts: dict[str, object], receipts: list[Receipt], until: Instant | None
) -> None:
    """C8."""
    (record,) = sent(0, receipts=receipts, **parts)
    assert gate.matters_until(record) == until


def test_a_gate_recalls_what_opens_it_and_nothing_else() -> None:
    """C8."""
    assert DAY.recalls() == MIX.recalls() == {}
    assert REPLY.recalls() == {"message_received": span("1d")}
    assert GRANTS.recalls() == {"agreed": None}
