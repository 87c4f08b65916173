"""When the engine wants to look again: the first instant at which time decides."""

from __future__ import annotations

import pytest

from privflow.conditions import Events, event
from privflow.engine import ContactState
from privflow.journeys import Stage, To
from privflow.timing import after
from strategies.story import START, engine, happens, journey, later, person, step

SLOW = step("slow", after("10d"))
SINCE = {
    "goal": lambda asked: journey(SLOW, goal=asked.exists()),
    "exit": lambda asked: journey(SLOW, exit_when=asked.exists()),
    "way": lambda asked: journey(
        stages=[
            Stage("one", steps=[SLOW], then=[To("two", when=asked.exists())]),
            Stage("two", steps=[step("last", after("30d"))]),
        ]
    ),
}


@pytest.mark.parametrize("what", SINCE)
@pytest.mark.parametrize(
    "asked",
    [event("buy").since_entry(), event("buy").since_stage(), event("buy")],
    ids=["since entry", "since stage", "ever"],
)
def test_an_event_that_is_known_ahead_of_time_wakes_whoever_waits_for_it(
    what: str, asked: Events
):
    """C7, E6."""
    eng = engine(SINCE[what](asked))
    state = ContactState(person()).observing([happens("buy", later("2d"))])
    state = eng.advance(state, happens("go"), now=START).state
    assert state.wake_at == later("2d")
    moved = eng.advance(state, now=later("2d")).state
    assert moved.wake_at == (later("32d") if what == "way" else None)


@pytest.mark.parametrize("what", SINCE)
def test_without_one_the_next_step_is_the_next_wake(what: str):
    eng = engine(SINCE[what](event("buy").since_entry()))
    state = ContactState(person()).observing([happens("buy")])
    state = eng.advance(state, happens("go"), now=START).state
    assert state.wake_at == later("10d")


def test_what_leaves_a_window_wakes_whoever_waits_for_that():
    """C7."""
    calm = ~event("buy").within("3d").exists()
    eng = engine(journey(SLOW, goal=calm))
    state = ContactState(person()).observing([happens("buy")])
    state = eng.advance(state, happens("go"), now=START).state
    assert state.wake_at == later("3d")
    assert eng.advance(state, now=later("3d")).state.enrolments[0].ended_by == "goal"
