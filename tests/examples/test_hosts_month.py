"""A month of touches, by hosts that die, through platforms that fail: all is right."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

import pytest
from attrs import frozen
from fake_books import DAY, Received, most, period
from fake_platform import Platform
from hosts.shop import plan
from hosts_drive import END, Month, live

import privflow as pf

SECOND: Final = 1_000_000
RELEASED: Final = {"failed", "expired", "cancelled", "refused", "held"}
REFUSED: Final = {"mass", "sms", "95001", "95013", "41050", "47001"}


@frozen
class Case:
    """A host, the limit that the corp has chosen, and how its callbacks arrive."""

    kind: str
    rule: str
    seed: int


CASES: Final = (Case("async", "seven_a_week", 1), Case("sync", "one_a_day", 2))


@frozen
class Told:
    """One touch: what the host knows of it, and what arrived at the platform."""

    record: pf.TouchRecord
    is_closed: bool
    reference: str
    arrived: tuple[Received, ...]
    receipts: tuple[pf.Receipt, ...]

    @property
    def touch(self) -> pf.Touch:
        return self.record.touch


@frozen
class Books:
    """A month, read from both sides."""

    case: Case
    month: Month
    states: Mapping[str, pf.ContactState]
    touches: tuple[Told, ...]

    @property
    def platform(self) -> Platform:
        return self.month.platform

    def person(self, received: Received) -> str:
        """The customer whom something has reached, by phone or in WeCom."""
        phones = {c.phone: c.id for c in self.platform.customers.values() if c.phone}
        return phones.get(received.whom, received.whom)


@pytest.fixture(scope="module", params=CASES, ids=lambda case: case.kind)
def books(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Books:
    case: Case = request.param
    platform = Platform(rule=case.rule, seed=case.seed)
    platform.kills = {9: "before", 30: "after", 60: "before", 90: "after"}
    folder = tmp_path_factory.mktemp(case.kind)
    return read(case, live(case.kind, folder, platform, rule=case.rule, lives=5))


def read(case: Case, month: Month) -> Books:
    """Open both books."""
    db = sqlite3.connect(month.file)
    rows = db.execute("SELECT id, state FROM contact").fetchall()
    states = {name: pf.load(json.loads(state)) for name, state in rows}
    errands = dict(db.execute("SELECT touch_id, reference FROM errand").fetchall())
    closed = dict(
        db.execute("SELECT key, sent FROM outbox WHERE key = touch").fetchall()
    )
    inbox = db.execute("SELECT input FROM inbox WHERE key LIKE 'receipt %'").fetchall()
    receipts = [pf.load(json.loads(given)) for (given,) in inbox]
    db.close()
    records = [record for state in states.values() for record in state.ledger]
    assert {record.touch.id for record in records} == set(closed)
    touches = tuple(
        Told(
            record,
            bool(closed[record.touch.id]),
            errands.get(record.touch.id, ""),
            tuple(arrivals(month.platform, record.touch, errands)),
            tuple(one for one in receipts if one.touch_id == record.touch.id),
        )
        for record in records
    )
    return Books(case, month, states, touches)


def arrivals(
    platform: Platform, touch: pf.Touch, errands: Mapping[str, str]
) -> Iterator[Received]:
    """What reached somebody on account of a touch."""
    for one in platform.received:
        if one.channel == touch.channel and (
            one.key in {touch.id, touch.parameters.get("welcome_code")}
            or (one.key, one.whom) == (errands.get(touch.id), touch.contact_id)
        ):
            yield one


# ── The month was hard ───────────────────────────────────────────────────────


def test_the_month_has_something_to_lose(books: Books):
    channels = Counter(one.channel for one in books.platform.received)
    assert channels["wecom.mass"] > 50
    assert channels["wecom.kf"] > 30
    assert channels["sms"] > 15
    if books.case.kind == "async":
        assert channels["wecom.welcome"] > 1


def test_the_platform_failed_in_every_way(books: Books):
    faults, fates = books.platform.faulted, books.platform.fates
    assert min(faults["busy"], faults["lost"], faults["rate"]) > 1
    assert min(fates["lost"], fates["late"], fates["repeated"]) > 3


def test_the_host_was_in_doubt_and_asked(books: Books):
    calls = books.platform.calls
    assert calls["get_groupmsg_list_v2"] > 0
    assert calls["cancel_groupmsg_send"] > 0


def test_a_member_is_reminded_of_a_task_and_not_of_each_of_its_recipients(books: Books):
    """J7: WeCom allows three reminders of a mass send in 24 hours."""
    counts = {task.reminded for task in books.platform.tasks.values()}
    assert counts == {0, 1, 2}


def test_the_host_died_by_a_kill_each_time(books: Books):
    deaths = books.month.deaths
    assert set(deaths) == {"-9"}
    assert books.platform.faulted["kill"] == 4
    assert deaths["-9"] > books.platform.faulted["kill"] + 1


# ── No contact over any limit ────────────────────────────────────────────────


def test_nobody_gets_more_mass_sends_than_the_corp_has_chosen(books: Books):
    rule = books.case.rule
    counts = Counter(
        (one.whom, period(rule, one.at), most(rule, one.at))
        for one in books.platform.received
        if one.channel == "wecom.mass"
    )
    assert max(count - limit for (_, _, limit), count in counts.items()) == 0


def test_nobody_gets_more_than_five_answers_to_what_they_wrote(books: Books):
    used = set()
    for who in books.platform.customers.values():
        mine = [
            one.at
            for one in books.platform.received
            if (one.channel, one.whom) == ("wecom.kf", who.id)
        ]
        for said, following in zip(who.said, [*who.said[1:], END * 2], strict=True):
            used.add(sum(said <= at < min(following, said + 2 * DAY) for at in mine))
        assert all(any(said <= at < said + 2 * DAY for said in who.said) for at in mine)
    assert max(used) == 5


def test_nobody_gets_more_marketing_than_the_shop_allows_itself(books: Books):
    times: dict[str, list[int]] = {}
    for one in books.platform.received:
        if one.says.startswith(("deal", "SMS_sale")):
            times.setdefault(books.person(one), []).append(one.at)
    counts = [
        sum(at - 7 * DAY < other <= at for other in mine)
        for mine in times.values()
        for at in mine
    ]
    assert max(counts) == 3


def test_no_member_gets_more_to_send_in_a_day_than_they_share(books: Books):
    """Q2; whom nothing reached took no place."""
    counts: Counter[object] = Counter()
    for task in books.platform.tasks.values():
        day = period("one_a_day", task.created)
        counts[task.creator, day] += sum(s in {0, 1} for s in task.status.values())
    assert max(counts.values()) == 2
    assert any(told.record.status == "held" for told in books.touches)


def test_nobody_is_written_to_in_quiet_hours(books: Books):
    """T7; a welcome or an answer that was decided before 22:00 leaves at once."""
    decided = [
        told.record.decided_at.isoformat("Asia/Shanghai") for told in books.touches
    ]
    assert all("08:00" <= at[11:16] < "22:00" for at in decided)


def test_the_platform_never_had_to_refuse(books: Books):
    """Limits are kept by the plan; nobody relies on being stopped."""
    assert not REFUSED & set(books.platform.refusals)


# ── No touch sent twice ──────────────────────────────────────────────────────


def test_no_touch_arrives_twice(books: Books):
    assert max(len(told.arrived) for told in books.touches) == 1


def test_everything_that_arrived_was_decided_and_belongs_to_one_touch(books: Books):
    owned = Counter(one for told in books.touches for one in told.arrived)
    assert owned == Counter(books.platform.received)
    assert set(owned.values()) == {1}


def test_no_task_was_made_that_the_host_does_not_know(books: Books):
    """A task that was made twice would be one that no touch has the reference of."""
    made = Counter(
        (task.id, whom)
        for task in books.platform.tasks.values()
        for whom in task.status
    )
    known = Counter(
        (told.reference, told.touch.contact_id)
        for told in books.touches
        if told.touch.channel == "wecom.mass" and told.reference
    )
    assert made == known


# ── None lost ────────────────────────────────────────────────────────────────


def test_every_touch_of_the_month_has_an_end(books: Books):
    ours = [told for told in books.touches if told.record.decided_at.us < END * SECOND]
    assert len(ours) > 150
    assert all(told.is_closed for told in ours)


def test_what_the_host_believes_of_a_touch_is_what_happened(books: Books):
    """Delivered is what arrived; what was released did not; the rest is in doubt."""
    for told in books.touches:
        if told.is_closed:
            assert is_true_of(told), told


def is_true_of(told: Told) -> bool:
    status = told.record.status
    if status in RELEASED:
        return not told.arrived and bool(told.record.reason)
    if any(receipt.status == "unknown" for receipt in told.receipts):
        return status in {"reserved", "submitted"}
    tells_the_end = told.touch.channel in {"wecom.mass", "sms"}
    return bool(told.arrived) and status == (
        "delivered" if tells_the_end else "submitted"
    )


def test_no_more_than_a_few_touches_stay_in_doubt(books: Books):
    doubts = [t for t in books.touches if t.is_closed and t.record.status == "reserved"]
    assert len(doubts) <= 2


def test_every_step_can_say_what_became_of_it(books: Books):
    """E4: each sent, blocked, skipped and expired step has its reason."""
    engine = pf.Engine(plan(mass_rule=books.case.rule))
    decisions: Counter[str] = Counter()
    for state in books.states.values():
        assert state.at is not None
        for enrolment in state.enrolments:
            for step in {one.step for one in (*enrolment.steps, *enrolment.earlier)}:
                why = engine.why(
                    state, journey=enrolment.journey, step=step, now=state.at
                )
                decisions[why.decision] += 1
                assert why.reason or why.touch_status or why.decision == "waiting", why
    assert decisions["sent"] > 5
    assert decisions["skipped"] > 2


def test_every_touch_can_say_what_became_of_it(books: Books):
    """E4."""
    engine = pf.Engine(plan(mass_rule=books.case.rule))
    for told in books.touches:
        state = books.states[told.touch.contact_id]
        assert state.at is not None
        why = engine.why(state, touch=told.touch.id, now=state.at)
        assert why.touch_status == told.record.status
        assert why.headline


def test_everybody_who_came_is_known(books: Books):
    """Of whom no callback tells, the lists do."""
    assert set(books.states) == set(books.platform.customers)
    assert all(state.enrolment("new-friend") for state in books.states.values())


# ── The platform would have refused ──────────────────────────────────────────


def test_a_plan_that_believes_in_the_wrong_limit_is_refused(tmp_path: Path):
    """The platform holds its limits: the month above owes nothing to a lenient one."""
    platform = Platform(rule="one_a_day", seed=3, faults=0)
    case = Case("sync", "days_in_month", 3)
    month = live("sync", tmp_path, platform, rule=case.rule, days=9)
    books = read(case, month)
    assert platform.refusals["mass"] > 3
    reasons = Counter(told.record.reason for told in books.touches)
    assert reasons["over_limit"] == platform.refusals["mass"]
