"""How long a plan can ask about events, and what is dropped (C8)."""

from __future__ import annotations

import pytest

from privflow.conditions import event
from privflow.engine import ContactState
from privflow.errors import TimeReversedError
from privflow.quotas import Grants, ReplyWindow, TouchQuota
from privflow.segments import Segment
from privflow.timing import calendar
from privflow.touches import Allow, QuietHours, Ruling
from strategies.story import START, engine, happens, journey, later, person, step

OLD = [happens(name, later("1h")) for name in ("go", "buy", "reply", "seen", "agreed")]
RECENT = Segment("recent", event("buy").within("30d").exists())


def after_days(days: int, **plan: object) -> set[str]:
    """The names of events that are still there so many days later."""
    eng = engine(journey(step("x")), **plan)
    state = ContactState(person()).observing(OLD)
    now = later(f"{days * 24 + 1}h")
    return set(eng.compact(state, now=now).timeline.series)


def test_an_event_is_kept_as_long_as_something_asks_about_it():
    plan = {
        "segments": [RECENT],
        "quotas": [
            TouchQuota("daily", 1, per=calendar("day")),
            ReplyWindow(
                "48h",
                5,
                within="48h",
                opened_by=event("reply"),
                channel="wechat.service",
            ),
            Grants("g", granted_by=event("agreed"), channel="miniprogram.subscribe"),
        ],
        "gates": [QuietHours("22:00", "08:00")],
    }
    assert after_days(1, **plan) == {"go", "buy", "reply", "agreed"}
    assert after_days(2, **plan) == {"go", "buy", "agreed"}
    assert after_days(8, **plan) == {"buy", "agreed"}
    assert after_days(30, **plan) == {"agreed"}


def test_a_gate_that_does_not_say_what_it_recalls_keeps_everything():
    class Curious:
        name = "curious"

        def judge(self, *_: object, **__: object) -> Ruling:
            return Allow()

    assert after_days(400, gates=[Curious()]) == {e.name for e in OLD}


def test_compaction_does_not_go_back_in_time():
    eng = engine(journey(step("x")))
    state = eng.advance(ContactState(person()), now=later("2h")).state
    with pytest.raises(TimeReversedError):
        eng.compact(state, now=START)
