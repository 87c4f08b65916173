"""The schedules of five open-source systems, each told as one SOP (J1, T4, T5)."""

from __future__ import annotations

from datetime import date

from privflow.conditions import attr, event, tag
from privflow.engine import ContactState
from privflow.facts import Event, Group, Relation, TagGroup
from privflow.journeys import AtEnd, Confirm, Stage, To, latest
from privflow.quotas import TouchQuota
from privflow.timing import (
    after,
    around,
    calendar,
    day,
    instant,
    monthly,
    on_date,
    weekly,
)
from privflow.touches import SendWindow
from strategies.story import START, engine, happens, journey, later, person, step

ADDED = event("contact_added")


def added(at=START):
    return happens("contact_added", at, properties={"staff": "zhang"})


def touched(eng, state: ContactState, days: int) -> list[tuple[str, str]]:
    """What leaves in so many days, if the host is on time: local instant and step."""
    end, found = state.at + after(f"{days}d").span, []
    while state.wake_at is not None and state.wake_at <= end:
        at = state.wake_at
        outcome = eng.advance(state, now=at)
        local = at.isoformat("Asia/Shanghai")[5:16]
        found += [(local, command.touch.step) for command in outcome.commands]
        state = outcome.state
    return found


def started(eng, *inputs: Event, contact=None) -> ContactState:
    now = max(given.at for given in inputs)
    return eng.advance(ContactState(contact or person()), *inputs, now=now).state


def test_linkwechat_dates_cycles_and_days_after_with_a_window_to_send_in():
    """Day 1 is the day after the customer was added; Monday is 1."""
    eng = engine(
        journey(
            step("relative", day(1, "09:00")),
            step("cycle", weekly(["mon"], "10:00")),
            step("date", on_date("2026-10-24", "11:00")),
            enter_on=ADDED,
        ),
        gates=[SendWindow("09:30", "18:00")],
    )
    assert touched(eng, started(eng, added()), 14) == [
        ("10-21T09:30", "relative"),
        ("10-24T11:00", "date"),
        ("10-26T10:00", "cycle"),
        ("11-02T10:00", "cycle"),
    ]


def test_mochat_hours_and_minutes_after_adding_or_days_at_a_time():
    """The anchor is the relation; day 0 is allowed."""
    eng = engine(
        journey(
            step("minutes", after("1h30m"), since="relation"),
            step("same-day", day(0, "20:00"), since="relation"),
            step("later", day(3, "08:00"), since="relation"),
            enter_on=ADDED,
        )
    )
    relation = Relation(staff="zhang", since=START)
    contact = person(timezone="Asia/Shanghai").related(relation)
    assert touched(eng, started(eng, added(), contact=contact), 9) == [
        ("10-20T10:30", "minutes"),
        ("10-20T20:00", "same-day"),
        ("10-23T08:00", "later"),
    ]


def test_mochat_room_calendar_runs_for_a_group_as_for_a_contact():
    """J8: a group has its own timeline, tags, quotas and journeys."""
    heat = TagGroup("heat", ["hot"])
    founded = instant("2026-10-18T22:00+08:00")
    group = Group("g-1", "wrX", owner="zhang", created_at=founded, name="tea")
    contact = group.joined("c-1", at=founded).as_contact(now=START)
    days = [
        step(f"day-{n}", day(n, "10:00"), since="relation", via=["wecom.group"])
        for n in (1, 3, 7)
    ]
    vote = step("vote", weekly("wed", "10:00"), via=["wecom.group"])
    stage = Stage("s", steps=[*days, vote], then=[To("end", after="300d")])
    eng = engine(
        journey(
            stages=[stage, Stage("end")],
            enter_on=event("group_created"),
            audience=tag(heat).has("hot"),
            at_end=[AtEnd(remove=[heat["hot"]])],
        ),
        quotas=[TouchQuota("daily", 1, per=calendar("day"), channel="wecom.group")],
    )
    created = Event("group_created", "g-1", at=START)
    state = ContactState(contact.tagged(heat["hot"], at=START))
    state = eng.advance(state, created, now=START).state
    why = eng.why(state, journey="j", step="day-1", now=START)
    assert why.reason == "passed"
    assert touched(eng, state, 7) == [
        ("10-21T10:00", "vote"),
        ("10-22T00:00", "day-3"),
        ("10-25T10:00", "day-7"),
    ]


def test_weiban_rules_move_the_customer_on_and_tag_them():
    """Elapsed time, a point in time, a period, a birthday; stage and tag as actions."""
    tier = TagGroup("stage", ["intent", "won"], exclusive=True)
    stages = [
        Stage(
            "new",
            steps=[
                step("hello", after("30m")),
                step("sale", on_date("2026-11-11", "09:00")),
            ],
            then=[To("intent", when=event("asked").since_stage().exists())],
        ),
        Stage(
            "intent", steps=[step("price", after("1h"), since=latest(event("asked")))]
        ),
    ]
    eng = engine(
        journey(
            stages=stages,
            enter_on=ADDED,
            at_end=[AtEnd("completed", add=[tier["intent"]])],
        ),
        journey(
            step("cake"),
            name="birthday",
            enter_on=around(attr.birthday, days=-7, at="10:00"),
        ),
    )
    contact = person(attributes={"birthday": date(1990, 11, 1)})
    state = started(eng, added(), contact=contact)
    state = eng.advance(state, now=later("30m")).state
    at = later("2h")
    state = eng.advance(state, happens("asked", at), now=at).state
    assert touched(eng, state, 30) == [
        ("10-20T12:00", "price"),
        ("10-25T10:00", "cake"),
    ]
    done = eng.advance(state, now=later("3h")).state
    assert done.contact.tags.at(later("3h")) == {tier["intent"]}


def test_marketgo_repeats_by_the_month_and_gives_staff_a_deadline():
    """The 31st of a short month is its last day."""
    eng = engine(
        journey(
            step(
                "report",
                monthly(31, "10:00"),
                via=["wecom.mass"],
                confirm=Confirm(within="2h", remind=["1h"]),
            ),
            enter_on=ADDED,
        )
    )
    assert touched(eng, started(eng, added()), 45) == [
        ("10-31T10:00", "report"),
        ("10-31T11:00", "report"),
        ("11-30T10:00", "report"),
        ("11-30T11:00", "report"),
    ]


def test_luoshu_counts_from_the_journey_and_words_by_tag():
    """Two channels; who is tagged otherwise gets another message."""
    tier = TagGroup("tier", ["new", "fond"])
    eng = engine(
        journey(
            step("fond", day(1, "10:00"), since="journey", when=tag(tier).has("fond")),
            step("new", day(1, "10:00"), since="journey", when=~tag(tier).has("fond")),
            step("moment", day(1, "12:00"), since="journey", via=["wecom.moments"]),
            enter_on=ADDED,
        )
    )
    contact = person().tagged(tier["fond"], at=START)
    assert touched(eng, started(eng, added(), contact=contact), 9) == [
        ("10-21T10:00", "fond"),
        ("10-21T12:00", "moment"),
    ]
