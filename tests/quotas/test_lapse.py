"""Q4: a reservation that nobody confirms lapses, and late truth counts all the same."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from privflow.conditions import event
from privflow.quotas import Grants, MixQuota, ReplyWindow, TouchQuota
from privflow.timing import Instant, calendar, rolling, span
from privflow.touches import Allow, Deny, Hold, Receipt
from strategies.past import Seen, check_opening, happened, hours, sent, touch, until_of

TASK = {"confirm_within": span("72h")}
CONFIRMED = TouchQuota("mass", 1, per=rolling("1d"), counts_on="confirmed")
MONTH = TouchQuota("mass", 1, per=calendar("month"))


@pytest.mark.parametrize(
    ("quota", "until"),
    [
        (CONFIRMED, 72),  # pending until then
        (MONTH, 72),  # counted, and then given back
        (TouchQuota("day", 1, per=rolling("1d")), 24),  # it leaves before it lapses
        (TouchQuota("kept", 2, per=rolling("7d"), keep={"high": 1}), 72),
    ],
)
def test_a_place_comes_back_when_the_reservation_lapses(
    quota: TouchQuota, until: int
) -> None:
    """Q4, Q5."""
    view = Seen(sent(0, **TASK))
    assert until_of(quota.judge(touch(), view, now=hours(10))) == hours(until)
    at = hours(until)
    assert isinstance(quota.judge(touch(), view, now=at), Allow)
    just_before = Instant(at.us - 1)
    assert isinstance(quota.judge(touch(), view, now=just_before), Hold)


def test_without_a_deadline_only_a_receipt_helps() -> None:
    """Q4."""
    assert isinstance(CONFIRMED.judge(touch(), Seen(sent(0)), now=hours(500)), Deny)


@pytest.mark.parametrize("moment", ["submitted", "confirmed"])
def test_a_confirmation_that_comes_after_all_counts_again(moment: str) -> None:
    """Q4: it was sent, whatever became of its place; nothing else goes out then."""
    quota = TouchQuota("q", 1, per=rolling("7d"), counts_on=moment)
    late = Receipt("t0", "confirmed", at=hours(80))
    view = Seen(sent(0, 75, receipts=[late], **TASK))
    ruling = quota.judge(touch(), view, now=hours(81))
    assert isinstance(ruling, Hold)
    assert ruling.facts["count"] == 2  # over the limit, and it shows
    again = quota.judge(touch(), Seen(sent(0, **TASK)), now=hours(81))
    assert isinstance(again, Allow)


def test_a_grant_comes_back() -> None:
    grants = Grants("g", granted_by=event("agreed"), channel="wecom")
    view = Seen(sent(1, **TASK), timeline=happened(("agreed", 0)))
    assert grants.judge(touch(), view, now=hours(2)) == Hold(
        "grant_exhausted", until=hours(73), facts={"balance": 0}
    )
    assert grants.balance(view, now=hours(73)) == 1


def test_a_place_in_a_reply_window_comes_back_while_it_is_open() -> None:
    window = ReplyWindow(
        "w", 1, within="48h", opened_by=event("wrote"), channel="wecom"
    )
    timeline = happened(("wrote", 0))
    soon = Seen(sent(1, confirm_within=span("1h")), timeline=timeline)
    assert until_of(window.judge(touch(), soon, now=hours(1.5))) == hours(2)
    assert isinstance(window.judge(touch(), soon, now=hours(2)), Allow)
    too_late = Seen(sent(1, **TASK), timeline=timeline)
    assert isinstance(window.judge(touch(), too_late, now=hours(2)), Deny)


def test_a_lapsed_touch_is_out_of_the_mix() -> None:
    mix = MixQuota("m", at_most=0.5, of="promotion", per=rolling("14d"), after=1)
    promo = {"labels": ("promotion",)}
    view = Seen(sent(0, **TASK, **promo))
    assert until_of(mix.judge(touch(**promo), view, now=hours(1))) == hours(72)
    assert isinstance(mix.judge(touch(**promo), view, now=hours(72)), Allow)


@settings(max_examples=60, deadline=None)
@given(
    at=st.lists(st.integers(0, 40), max_size=5),
    heard=st.lists(
        st.tuples(
            st.integers(0, 4),
            st.sampled_from(["confirmed", "delivered", "failed"]),
            st.integers(0, 40),
        ),
        max_size=3,
    ),
    limit=st.integers(1, 3),
    counts_on=st.sampled_from(["submitted", "confirmed", "delivered"]),
    within=st.sampled_from(["30m", "5h", "60h"]),
    per=st.sampled_from([rolling("6h"), calendar("day"), rolling("3d")]),
)
def test_the_instant_that_it_names_is_the_first_one(
    at, heard, limit, counts_on, within, per
) -> None:
    """Q5."""
    receipts = [Receipt(f"t{n}", status, at=hours(h)) for n, status, h in heard]
    quota = TouchQuota("q", limit, per=per, counts_on=counts_on)
    ledger = sent(*sorted(at), receipts=receipts, confirm_within=span(within))
    check_opening(quota, touch(), Seen(ledger), hours(41))
