"""Send windows as a gate; their times are tested with `OpeningHours`."""

from __future__ import annotations

import json
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from attrs import evolve, field, frozen
from hypothesis import given
from hypothesis import strategies as st

import privflow as pf
from privflow.errors import DefinitionError, TimeFormatError, UnknownNameError
from privflow.facts import Contact, Timeline
from privflow.timing import Instant, WorkCalendar, instant
from privflow.touches import (
    Allow,
    Gate,
    Hold,
    Ledger,
    QuietHours,
    Recalling,
    SendWindow,
    Touch,
)

DATA = Path(__file__).parent.parent / "data" / "dst_transitions.json"
TRANSITIONS = json.loads(DATA.read_text(encoding="utf-8"))
MINUTE = 60_000_000
DAY = 1_440 * MINUTE

# October 1 to 7 is free, the Saturday after makes up for it; the 1st is a Thursday.
OFFICE = WorkCalendar(
    "office",
    holidays=["2026-10-01", "2026-10-02", "2026-10-05", "2026-10-06", "2026-10-07"],
    workdays=["2026-10-10"],
    until="2026-12-31",
)
WINDOW: Gate = SendWindow("09:00", "21:00", calendar=OFFICE, exempt=["transactional"])
HOURS = "09:00-21:00 on workdays of office"


@frozen
class Seen:
    timezone: str = "Asia/Shanghai"
    contact: Contact = field(factory=lambda: Contact("c-1"))
    timeline: Timeline = field(factory=Timeline)
    ledger: Ledger = field(factory=Ledger)


def touch(kind: str = "marketing", channel: str = "sms") -> Touch:
    return Touch(
        id="t-1",
        contact_id="c-1",
        channel=channel,
        message="hello",
        kind=kind,
        source="rule:r",
    )


@pytest.mark.parametrize(
    ("at", "until"),
    [
        ("2026-09-30T08:59:59.999999+08:00", "2026-09-30T09:00+08:00"),
        ("2026-09-30T09:00+08:00", None),
        ("2026-09-30T20:59:59.999999+08:00", None),
        ("2026-09-30T21:00+08:00", "2026-10-08T09:00+08:00"),
        ("2026-10-10T12:00+08:00", None),
        ("2026-10-10T21:00+08:00", "2026-10-12T09:00+08:00"),
    ],
    ids=["early", "open", "still open", "holidays", "made up for", "sunday"],
)
def test_a_touch_waits_for_the_next_hours_on_a_workday(
    at: str, until: str | None
) -> None:
    """T4 and T7."""
    ruling = WINDOW.judge(touch(), Seen(), now=instant(at))
    facts = {"hours": HOURS}
    if until is None:
        assert ruling == Allow(facts=facts)
    else:
        assert ruling == Hold("send_window", until=instant(until), facts=facts)


def test_nothing_leaves_on_a_day_that_the_calendar_does_not_know() -> None:
    """T4: it is asked about again on the next."""
    ruling = WINDOW.judge(touch(), Seen(), now=instant("2027-01-04T12:00+08:00"))
    assert ruling == Hold(
        "calendar_ended",
        until=instant("2027-01-05T09:00+08:00"),
        facts={"hours": HOURS, "calendar": "office", "known_until": OFFICE.until},
        recheck=True,
    )
    assert isinstance(ruling, Hold)
    night = WINDOW.judge(touch(), Seen(), now=instant("2026-12-31T21:00+08:00"))
    assert isinstance(night, Hold)
    assert night.until == instant("2027-01-01T09:00+08:00")
    assert (night.reason, night.recheck) == ("send_window", False)


def test_the_hours_are_those_of_the_contact() -> None:
    """T8."""
    now = instant("2026-10-20T15:00Z")  # 23:00 in Shanghai, 11:00 in New York
    there = Seen(timezone="America/New_York")
    assert isinstance(WINDOW.judge(touch(), there, now=now), Allow)
    assert isinstance(WINDOW.judge(touch(), Seen(), now=now), Hold)


@pytest.mark.parametrize("gate", [SendWindow, QuietHours])
def test_a_channel_is_a_family(gate: type[SendWindow | QuietHours]) -> None:
    start, end = ("09:00", "21:00") if gate is SendWindow else ("21:00", "09:00")
    wecom = gate(start, end, channel="wecom")
    now = instant("2026-10-20T23:00+08:00")
    assert isinstance(wecom.judge(touch(channel="sms"), Seen(), now=now), Allow)
    for channel in ("wecom.mass", "wecom"):
        assert isinstance(wecom.judge(touch(channel=channel), Seen(), now=now), Hold)


def test_an_exempt_kind_passes_at_any_time() -> None:
    now = instant("2026-10-03T23:00+08:00")
    assert isinstance(WINDOW.judge(touch("transactional"), Seen(), now=now), Allow)
    assert isinstance(WINDOW.judge(touch("service"), Seen(), now=now), Hold)


def test_it_looks_at_the_clock_alone() -> None:
    """C8."""
    for gate in (WINDOW, QuietHours("22:00", "08:00")):
        assert isinstance(gate, Recalling)
        assert gate.recalls() == {}


@given(
    st.sampled_from(TRANSITIONS),
    st.integers(0, 1_439),
    st.integers(1, 1_439),
    st.sampled_from([SendWindow, QuietHours]),
)
def test_allowed_is_what_the_clock_on_the_wall_says(
    row: dict[str, str], start: int, length: int, kind: type
) -> None:
    """T6 and T7: scanned over three days around every kind of change."""
    clocks = [
        f"{minute // 60:02}:{minute % 60:02}"
        for minute in (start, (start + length) % 1_440)
    ]
    gate: Gate = kind(*(clocks if kind is SendWindow else reversed(clocks)))
    view, zone = Seen(timezone=row["zone"]), ZoneInfo(row["zone"])
    first, last = map(time.fromisoformat, clocks)
    change = instant(row["utc"]).us
    awaited: Instant | None = None
    for us in range(change - DAY, change + 2 * DAY, 17 * MINUTE + 30_000_000):
        now = Instant(us)
        epoch = datetime(1970, 1, 1, tzinfo=UTC)
        clock = (epoch + timedelta(microseconds=us)).astimezone(zone).time()
        inside = clock >= first, clock < last
        is_open = all(inside) if first < last else any(inside)
        ruling = gate.judge(touch(), view, now=now)
        assert isinstance(ruling, Allow) is is_open
        if isinstance(ruling, Hold):
            assert awaited is None or awaited <= now or ruling.until == awaited
            assert ruling.until > now
            awaited = ruling.until
        else:
            assert awaited is None or awaited <= now
    if awaited is not None:
        just_before = Instant(awaited.us - 1)
        assert isinstance(gate.judge(touch(), view, now=just_before), Hold)
        assert isinstance(gate.judge(touch(), view, now=awaited), Allow)


@pytest.mark.parametrize(
    ("start", "end", "rest", "error"),
    [
        ("09:00", "09:00", {}, DefinitionError),
        ("9 am", "21:00", {}, TimeFormatError),
        ("09:00", "21:00", {"exempt": ["spam"]}, DefinitionError),
        ("09:00", "21:00", {"exempt": "service"}, DefinitionError),
        ("09:00", "21:00", {"channel": ""}, DefinitionError),
        ("09:00", "21:00", {"days": ["workdays"]}, UnknownNameError),
        ("09:00", "21:00", {"days": ["sat"], "calendar": OFFICE}, DefinitionError),
        ("09:00", "21:00", {"calendar": "office"}, DefinitionError),
        ("09:00", "21:00", {"name": ""}, DefinitionError),
    ],
)
def test_a_window_that_means_nothing_is_refused(
    start: str, end: str, rest: dict[str, object], error: type[DefinitionError]
) -> None:
    with pytest.raises(error):
        SendWindow(start, end, **rest)


def test_windows_are_values() -> None:
    same = SendWindow("09:00:00", "21:00", calendar=OFFICE, exempt=("transactional",))
    assert same == WINDOW
    assert len({same, WINDOW}) == 1
    assert str(same) == HOURS


# ── In the hands of the engine ───────────────────────────────────────────────

STEP = pf.SOPStep(
    "note", pf.day(0, "20:00"), pf.Message("note", kind="service"), via=["sms"]
)
PLAN = pf.Plan(
    journeys=[
        pf.Journey(
            "j",
            enter_on=pf.event("signed_up"),
            stages=[pf.Stage("s", steps=[evolve(STEP, when=pf.attr.city == "上海")])],
        )
    ],
    gates=[pf.QuietHours("22:00", "09:30"), WINDOW],
    timezone="Asia/Shanghai",
)
MEI = Contact(
    "c-1",
    identities=[pf.Identity("phone", "13800000000")],
    attributes={"city": "上海"},
)


def held(at: str) -> tuple[pf.Engine, pf.ContactState]:
    """Mei signs up, and the note is held in the evening."""
    engine, now = pf.Engine(PLAN), instant(at)
    event = pf.Event("signed_up", "c-1", at=now)
    state = engine.advance(pf.ContactState(MEI), event, now=now).state
    assert state.wake_at is not None
    outcome = engine.advance(state, now=state.wake_at)
    assert not outcome.commands
    return engine, outcome.state


def test_a_held_touch_leaves_when_every_gate_is_open() -> None:
    """Q6: the window opens into quiet hours, so that it waits for both at once."""
    engine, state = held("2026-10-03T12:00+08:00")
    assert state.wake_at == instant("2026-10-08T09:30+08:00")
    outcome = engine.advance(state, now=state.wake_at)
    assert [command.touch.step for command in outcome.commands] == ["note"]


def test_everything_is_judged_again_when_a_touch_leaves() -> None:
    """Q6: Mei has moved while the office was closed."""
    engine, state = held("2026-10-03T12:00+08:00")
    moved = evolve(MEI, attributes={"city": "北京"})
    assert state.wake_at is not None
    outcome = engine.advance(state.knowing(moved), now=state.wake_at)
    assert not outcome.commands
    why = engine.why(outcome.state, journey="j", step="note", now=state.wake_at)
    assert (why.decision, why.reason) == ("skipped", "condition")


def test_a_calendar_that_ended_is_asked_again_every_day_until_there_is_a_new_one() -> (
    None
):
    """T4: nothing is lost, nothing is guessed, and why() says so."""
    engine, state = held("2027-01-02T12:00+08:00")
    assert state.wake_at == instant("2027-01-03T09:30+08:00")
    state = engine.advance(state, now=state.wake_at).state
    assert state.wake_at == instant("2027-01-04T09:30+08:00")
    why = engine.why(state, journey="j", step="note", now=instant("2027-01-03T12:00Z"))
    assert "the calendar office is known until 2026-12-31" in str(why)
    renewed = evolve(OFFICE, until="2027-12-31")
    window = evolve(WINDOW, calendar=renewed)
    engine = pf.Engine(evolve(PLAN, gates=[window]))
    outcome = engine.advance(state, now=state.wake_at)
    assert [command.touch.step for command in outcome.commands] == ["note"]
