"""The ledger keeps what can matter again, and nothing else (Q7, C8)."""

from __future__ import annotations

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from privflow.conditions import event
from privflow.engine import ContactState, Engine, Plan
from privflow.facts import Contact, Event, Properties
from privflow.journeys import Enrolment, StepState
from privflow.quotas import (
    Grants,
    LockOut,
    MinimumGap,
    MixQuota,
    ReplyWindow,
    StandingGrant,
    TouchQuota,
    days_in_month,
)
from privflow.segments import Segment
from privflow.timing import Window, aligned, calendar, rolling, span
from privflow.touches import Allow, Gate, Ledger, QuietHours, Receipt, Ruling
from strategies.past import Seen, happened, hours, sent, touch

DAY = 24
ZONE = "Asia/Shanghai"
TIMELINE = happened(("agreed", 0), ("wrote", 30), ("agreed", 40), ("banned", 50))


def left(ledger: Ledger, now: float, *quotas: Gate, **plan: object) -> ContactState:
    """What a plan of these quotas leaves of a state."""
    state = ContactState(Contact("c-1"), ledger=ledger, timeline=TIMELINE)
    engine = Engine(Plan(quotas=quotas, remember="1s", timezone=ZONE, **plan))
    return engine.compact(state, now=hours(now))


def forgotten(ledger: Ledger, now: float, *quotas: Gate, **plan: object) -> Ledger:
    """The ledger that it leaves."""
    return left(ledger, now, *quotas, **plan).ledger


GATES: tuple[Gate, ...] = (
    TouchQuota("a", 2, per=calendar("day")),
    TouchQuota("b", 2, per=rolling("2d"), counts_on="confirmed"),
    TouchQuota("c", days_in_month, per=calendar("month"), counts_on="delivered"),
    TouchQuota("d", 1, per=aligned("6h"), kind="marketing"),
    TouchQuota("e", 1, per=calendar("week"), channel="sms", keep={"high": 1}),
    TouchQuota("f", 3, per=rolling("3d"), counts="cost", each=["contact", "staff"]),
    TouchQuota("g", 1, per=calendar("day"), each="plan"),
    MinimumGap("h", "30h"),
    MixQuota("i", at_most=0.5, of="promotion", per=rolling("2d"), after=1),
    ReplyWindow("j", 2, within="48h", opened_by=event("wrote"), channel="wecom"),
    Grants("k", granted_by=event("agreed"), channel="wecom"),
    LockOut("l", per=rolling("2d"), event=event("banned")),
    StandingGrant(
        "m", 1, per=calendar("day"), granted_by=event("agreed"), channel="sms"
    ),
    QuietHours("22:00", "08:00"),
)
MADE = st.builds(
    dict,
    channel=st.sampled_from(["wecom.mass", "sms"]),
    kind=st.sampled_from(["marketing", "service"]),
    labels=st.sampled_from([(), ("promotion",)]),
    cost=st.integers(1, 2),
    subjects=st.sampled_from([{}, {"staff": "zhang"}, {"staff": "li"}]).map(Properties),
    confirm_within=st.sampled_from([None, span("20h")]),
)
SENT = st.lists(st.tuples(st.integers(0, 300), MADE), max_size=12)
HEARD = st.lists(
    st.tuples(
        st.integers(0, 11),
        st.sampled_from(["confirmed", "delivered", "failed", "expired"]),
        st.integers(0, 5),
        st.sampled_from(["", "over_limit"]),
    ),
    max_size=8,
)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(GATES), SENT, HEARD, HEARD, st.integers(0, 40), MADE)
def test_forgetting_changes_no_later_ruling(
    gate, made, heard, later, waited, one
) -> None:
    """Whatever is asked afterwards, and whatever is heard of what was kept."""
    whole = Ledger()
    at = {f"t{n}": hour for n, (hour, _) in enumerate(made)}
    for place, (hour, parts) in enumerate(made):
        whole = whole.reserving(touch(f"t{place}", **parts), now=hours(hour))
    now = max([*at.values(), 60]) + waited
    for place, status, delay, reason in heard:
        told = at.get(f"t{place}", 0) + delay
        receipt = Receipt(f"t{place}", status, at=hours(min(told, now)), reason=reason)
        whole = whole.informed(receipt)
    state = left(whole, now, gate)
    kept, timeline = state.ledger, state.timeline
    for place, status, delay, reason in later:
        if kept.find(f"t{place}") is not None:
            at_last = hours(now + delay)
            receipt = Receipt(f"t{place}", status, at=at_last, reason=reason)
            whole, kept = whole.informed(receipt), kept.informed(receipt)
    for hour in (0, 1, 5, 11, 24, 36, 47, 48, 49, 24 * 8, 24 * 33):
        asked = hours(now + hour)
        views = (Seen(whole, timeline=TIMELINE), Seen(kept, timeline=timeline))
        full, small = (gate.judge(touch(**one), view, now=asked) for view in views)
        assert small == full


@pytest.mark.parametrize(
    ("per", "days"),
    [
        (rolling("7d"), 7),
        (calendar("day"), 3),
        (calendar("month"), 33),
        (calendar("year"), 368),
        (aligned("1h"), 2),
    ],
)
def test_a_touch_is_kept_for_the_longest_window_and_not_longer(
    per: Window, days: int
) -> None:
    quota = TouchQuota("q", 1, per=per)
    ledger = sent(0)
    limit = days * DAY + 1 if per == aligned("1h") else days * DAY
    assert len(forgotten(ledger, limit - 0.01, quota)) == 1
    assert len(forgotten(ledger, limit + 1, quota)) == 0


def test_a_ledger_stays_small_over_years() -> None:
    quotas = (
        TouchQuota("day", 1, per=calendar("day")),
        TouchQuota("month", 8, per=calendar("month")),
    )
    ledger = Ledger()
    for day in range(0, 1_000, 4):
        ledger = ledger.reserving(touch(f"{day:024x}"), now=hours(day * DAY))
        ledger = forgotten(ledger, day * DAY, *quotas)
        assert len(ledger) <= 9


def test_what_a_step_names_is_kept_for_why() -> None:
    """E4."""
    step = StepState("hello", due_at=hours(0), status="sent", touch_id="t0")
    enrolment = Enrolment(
        "j",
        version=1,
        visit=1,
        entered_at=hours(0),
        stage="s",
        stage_at=hours(0),
        steps=(step,),
    )
    state = ContactState(Contact("c-1"), ledger=sent(0, 1), enrolments=(enrolment,))
    left = Engine(Plan()).compact(state, now=hours(9_999)).ledger
    assert [record.touch.id for record in left] == ["t0"]


def test_a_touch_is_kept_while_a_repeated_receipt_may_come() -> None:
    """E1."""
    ledger = sent(0, receipts=[Receipt("t0", "delivered", at=hours(5))])
    state = ContactState(Contact("c-1"), ledger=ledger)
    engine = Engine(Plan(remember="7d"))
    assert len(engine.compact(state, now=hours(5 + 168)).ledger) == 1
    assert len(engine.compact(state, now=hours(6 + 168)).ledger) == 0


def test_a_one_shot_code_stays_used() -> None:
    ledger = sent(0, channel="wecom.welcome")
    assert len(forgotten(ledger, 20 / 3_600)) == 1
    assert len(forgotten(ledger, 22 / 3_600)) == 0


def test_what_waits_for_a_confirmation_is_kept() -> None:
    """Q4: a window may still hold it."""
    quota = TouchQuota("q", 1, per=calendar("day"), counts_on="confirmed")
    assert len(forgotten(sent(0), 9_999, quota)) == 1
    told = sent(0, receipts=[Receipt("t0", "refused", at=hours(1))])
    assert len(forgotten(told, 9_999, quota)) == 0


def test_what_may_still_fail_and_lock_is_kept_for_a_month() -> None:
    """Q7: a channel that never tells of a delivery fills no state."""
    lock = LockOut("ban", per=calendar("day"))
    month = 31 * DAY
    confirmed = sent(0, receipts=[Receipt("t0", "confirmed", at=hours(5))])
    for ledger, last in ((sent(0), 0), (confirmed, 5)):
        assert len(forgotten(ledger, last + month - 0.01, lock)) == 1
        assert len(forgotten(ledger, last + month, lock)) == 0
    ledger = Ledger()
    for day in range(400):
        ledger = ledger.reserving(touch(f"{day:024x}"), now=hours(day * DAY))
        ledger = forgotten(ledger, day * DAY, lock)
        assert len(ledger) <= 31


def test_a_reservation_that_lapses_is_kept_until_the_journal_has_said_so() -> None:
    """Q4, Q7: however late the host is."""
    engine = Engine(Plan(remember="1s", timezone=ZONE))
    ledger = sent(0, confirm_within=span("20h"))
    state = ContactState(Contact("c-1"), ledger=ledger, at=hours(0), stale=True)
    for hour in (10, 30):
        assert engine.compact(state, now=hours(hour)).ledger == ledger
    outcome = engine.advance(engine.compact(state, now=hours(30)), now=hours(30))
    lapsed = [(line.what, line.at) for line in outcome.journal if line.what == "lapsed"]
    assert lapsed == [("lapsed", hours(20))]
    assert len(engine.compact(outcome.state, now=hours(30)).ledger) == 0
    told = sent(0, receipts=[Receipt("t0", "confirmed", at=hours(1))])
    assert len(forgotten(told, 10)) == 0


def test_a_gate_that_does_not_say_how_long_keeps_every_touch() -> None:
    class Curious:
        name = "curious"

        def recalls(self) -> dict:
            return {}

        def judge(self, *_: object, **__: object) -> Ruling:
            return Allow()

    assert len(forgotten(sent(0), 9_999, Curious())) == 1
    assert len(forgotten(sent(0), 9_999)) == 0


def test_a_window_of_your_own_keeps_for_ever() -> None:
    class Always:
        def bounds(self, now_us: int, _: str) -> tuple[int, int]:
            return 0, now_us + 1

        def leaves_at(self, at_us: int, _: str) -> int:
            return at_us + 10**15

    quota = TouchQuota("q", 5, per=Always())
    assert len(forgotten(sent(0), 9_999, quota)) == 1
    view = Seen(sent(0))
    assert quota.judge(touch(), view, now=hours(9_999)).facts["count"] == 1


NEWS = Grants(
    "news",
    granted_by=event("agreed"),
    revoked_by=event("took_back"),
    channel="wecom",
    each_grant=2,
)
LIVED = st.lists(
    st.tuples(
        st.integers(0, 90), st.sampled_from(["agreed", "used", "used", "took_back"])
    )
    | st.tuples(st.integers(0, 90), st.sampled_from(["confirmed", "failed"])),
    max_size=14,
)


def living(
    state: ContactState, lived: list[tuple[int, str]], after: int
) -> ContactState:
    """The state after consents, touches and receipts about the last touch."""
    ledger, events = state.ledger, []
    for place, (hour, what) in enumerate(sorted(lived)):
        at = hours(after + hour)
        if what == "used":
            life = span("20h") if hour % 3 == 0 else None
            one = touch(f"t{after}-{place}", confirm_within=life)
            ledger = ledger.reserving(one, now=at)
        elif what in {"confirmed", "failed"}:
            last = ledger.records[-1:]
            for record in last:
                ledger = ledger.informed(Receipt(record.touch.id, what, at=at))
        else:
            events.append(Event(what, "c-1", at=at, id=f"{after}-{place}"))
    return evolve(state, ledger=ledger).observing(events)


@settings(max_examples=200, deadline=None)
@given(LIVED, LIVED, st.integers(0, 2_000))
def test_forgetting_what_is_used_up_changes_no_later_balance(
    first, then, waited
) -> None:
    """Q7, C8: consents and their uses go together."""
    engine = Engine(Plan(quotas=[NEWS], remember="10h", timezone=ZONE))
    now = 90 + waited
    whole = living(ContactState(Contact("c-1"), at=hours(now)), first, 0)
    small = engine.compact(whole, now=hours(now))
    assert engine.compact(small, now=hours(now)) == small
    if small.ledger.records[-1:] != whole.ledger.records[-1:]:
        then = [
            (hour, what) for hour, what in then if what not in {"confirmed", "failed"}
        ]
    for lived in ([], then):
        whole, small = (living(state, lived, now + 1) for state in (whole, small))
        for hour in (0, 30, 90, 2_000):
            asked = hours(now + hour)
            full, less = (
                NEWS.judge(touch(), Seen(s.ledger, timeline=s.timeline), now=asked)
                for s in (whole, small)
            )
            assert less == full


def test_what_was_granted_and_used_up_is_forgotten_with_its_consent() -> None:
    engine = Engine(Plan(quotas=[NEWS], remember="7d", timezone=ZONE))
    state = ContactState(Contact("c-1"))
    for week in range(100):
        lived = [(0, "agreed"), (1, "used"), (2, "used")]
        state = living(state, lived, week * 7 * DAY)
        state = engine.compact(state, now=hours(week * 7 * DAY + 3))
        assert len(state.ledger) <= 4
        assert len(state.timeline) <= 2


@pytest.mark.parametrize(
    "reader",
    [
        Segment("agreed", event("agreed").exists()),
        Grants("other", granted_by=event("agreed"), channel="sms"),
        TouchQuota("year", 9, per=calendar("year")),
    ],
)
def test_what_somebody_else_counts_is_no_less_used(reader) -> None:
    """A consent that a condition reads stays, and so does its use; or the other way."""
    asks = {"segments": [reader]} if isinstance(reader, Segment) else {}
    quotas = [NEWS] if asks else [NEWS, reader]
    engine = Engine(Plan(quotas=quotas, remember="1h", timezone=ZONE, **asks))
    lived = [(0, "agreed"), (1, "used"), (2, "used")]
    state = living(ContactState(Contact("c-1")), lived, 0)
    small = engine.compact(state, now=hours(90 * DAY))
    assert (len(small.ledger), len(small.timeline)) == (2, 1)


def test_a_used_grant_stays_used_and_a_lapsed_reservation_goes_after_a_month() -> None:
    """Q4, Q7: until then somebody may confirm it after all."""
    engine = Engine(Plan(quotas=[NEWS], remember="1s"))
    lapsing = sent(0, confirm_within=span("20h"))
    told = lapsing.informed(Receipt("t0", "confirmed", at=hours(21)))
    month = 20 + 31 * DAY
    for ledger, hour, left in (
        (lapsing, month - 0.01, 1),
        (lapsing, month, 0),
        (told, 9_999, 1),
    ):
        state = ContactState(Contact("c-1"), ledger=ledger, at=hours(hour))
        assert len(engine.compact(state, now=hours(hour)).ledger) == left


def test_what_waits_for_a_confirmation_holds_its_grant_and_all_after_it() -> None:
    """Q4: a second touch went out without a grant, by hand; the balance is below 0."""
    engine = Engine(Plan(quotas=[evolve(NEWS, each_grant=1)], remember="1h"))
    lived = [(0, "agreed"), (0, "used"), (1, "used")]
    state = living(ContactState(Contact("c-1")), lived, 0)
    for hour, left in ((10, (2, 1)), (19 + 31 * DAY, (2, 1)), (20 + 31 * DAY, (0, 0))):
        reached = evolve(state, at=hours(hour))
        small = engine.compact(reached, now=hours(hour))
        assert (len(small.ledger), len(small.timeline)) == left
