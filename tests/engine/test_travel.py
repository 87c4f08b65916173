"""How contacts go through journeys: in, from stage to stage, out, and in again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from privflow.conditions import attr, entered, event, left, prop
from privflow.engine import ContactState, Engine
from privflow.journeys import Reentry, Stage, To
from privflow.segments import Segment
from privflow.timing import after, around, day, instant
from strategies.story import (
    START,
    begun,
    engine,
    happens,
    journey,
    later,
    person,
    step,
)


def at(state, name="j"):
    enrolment = state.enrolment(name)
    return enrolment.stage, enrolment.ended_by


def staged(*stages: Stage, **rest: object) -> Engine:
    return engine(journey(stages=stages, **rest))


# ── Ways ─────────────────────────────────────────────────────────────────────


def test_the_first_open_way_is_taken():
    """J1."""
    eng = staged(
        Stage(
            "a",
            then=[
                To("b", when=attr.n >= 2),
                To("c", when=attr.n >= 1),
                To("d", after="0s"),
            ],
        ),
        *(Stage(name, then=[To("a", after="99d")]) for name in "bcd"),
    )
    for n, stage in ((2, "b"), (1, "c"), (0, "d")):
        assert at(begun(eng, person(attributes={"n": n}))) == (stage, "")


@pytest.mark.parametrize("then", [[To("one", after="9d")], []])
@pytest.mark.parametrize("end", ["goal", "exit_when"])
def test_an_end_that_looks_at_the_stage_is_asked_again_in_the_next_one(end, then):
    """J1: what holds of the new stage ends the journey at the instant of its entry.

    That is before a last stage without steps would make it complete.
    """
    came = event("a").since_entry().exists()
    is_quiet = ~event("a").since_stage().exists()
    eng = staged(
        Stage("one", then=[To("two", when=came)]),
        Stage("two", then=then),
        **{end: is_quiet & came},
    )
    state = eng.advance(begun(eng), happens("a", later("1h")), now=later("1h")).state
    assert at(state) == ("two", end.removesuffix("_when"))


ENDS = st.sampled_from([
    sign(getattr(event(name), since)().at_least(count))
    for sign in (lambda condition: condition, lambda condition: ~condition)
    for name in "ab"
    for since in ("since_entry", "since_stage")
    for count in (1, 2)
])
NEVER = event("never").since_stage().exists()


@given(ENDS, ENDS, st.lists(st.sampled_from("ab"), max_size=4))
def test_asking_an_end_again_in_each_stage_of_a_walk_changes_nothing(
    goal, exit_when, names
):
    """J1: an end that does not look at the stage need be asked once in a walk."""
    came = event("a").since_entry().exists()
    stages = [
        Stage("one", then=[To("two", when=came)]),
        Stage("two", then=[To("three", when=came)]),
        Stage("three", then=[To("four", when=event("b").since_stage().exists())]),
        Stage("four", then=[To("one", after="99d")]),
    ]
    went = []
    for ends in ((goal, exit_when), (goal | NEVER, exit_when | NEVER)):
        eng = staged(*stages, goal=ends[0], exit_when=ends[1])
        state = begun(eng)
        for hour, name in enumerate(names, start=1):
            now = later(f"{hour}h")
            state = eng.advance(state, happens(name, now), now=now).state
        went.append((at(state), state.enrolments))
    assert went[0] == went[1]


def test_a_way_with_a_time_is_taken_at_that_time():
    eng = staged(Stage("a", then=[To("b", after="2h")]), Stage("b", steps=[step("x")]))
    state = begun(eng)
    assert state.wake_at == later("2h")
    assert at(eng.advance(state, now=later("1h59m59s")).state) == ("a", "")
    late = eng.advance(state, now=later("5h"))
    enrolment = late.state.enrolment("j")
    assert (enrolment.stage, enrolment.stage_at) == ("b", later("2h"))
    assert [c.touch.step for c in late.commands] == ["x"]


def test_a_way_with_time_and_condition_is_taken_when_both_have_come():
    both = To("b", when=event("ok").since_stage().exists(), after="2h")
    eng = staged(Stage("a", then=[both]), Stage("b", then=[To("a", after="9d")]))
    early = eng.advance(begun(eng), happens("ok", later("1h")), now=later("1h")).state
    assert at(early) == ("a", "")
    assert early.wake_at == later("2h")
    assert at(eng.advance(early, now=later("2h")).state) == ("b", "")
    waited = eng.advance(begun(eng), now=later("3h")).state
    assert at(waited) == ("a", "")
    assert at(
        eng.advance(waited, happens("ok", later("4h")), now=later("4h")).state
    ) == (
        "b",
        "",
    )


def test_one_instant_leads_through_several_stages():
    eng = staged(
        Stage("a", steps=[step("never")], then=[To("b", after="0s")]),
        Stage("b", then=[To("c", after="0s")]),
        Stage("c", steps=[step("x")]),
    )
    outcome = eng.advance(ContactState(person()), happens("go"), now=START)
    assert [c.touch.step for c in outcome.commands] == ["x"]
    assert [e.subject for e in outcome.journal if e.what == "moved"] == ["b", "c"]
    assert outcome.state.enrolment("j").stage_visit == 3


YES = attr.n >= 0


@pytest.mark.parametrize(
    ("ways", "stays"),
    [
        ({"a": "b", "b": "a"}, "a"),
        ({"a": "a"}, "a"),
        ({"a": "b", "b": "c", "c": "b"}, "b"),
        ({"a": "b", "b": "c", "c": "a"}, "a"),
        ({"a": "b", "b": "b"}, "b"),
    ],
)
def test_ways_in_a_circle_are_not_taken_for_ever(ways, stays):
    """The contact stays where the circle begins, however often somebody looks."""
    names = sorted({*ways, *ways.values()})
    eng = staged(*(Stage(name, then=[To(ways[name], when=YES)]) for name in names))
    state = begun(eng, person(attributes={"n": 1}))
    assert at(state) == (stays, "")
    for hour in range(1, 4):
        outcome = eng.advance(state, now=later(f"{hour}h"))
        assert outcome.state.enrolments == state.enrolments
        assert [(e.what, e.reason) for e in outcome.journal] == [("stayed", "loop")]
        state = outcome.state


def test_a_stage_may_begin_anew_again_and_again():
    """A circle that time drives is none: it goes round once a day."""
    daily = Stage("a", steps=[step("x", after("1h"))], then=[To("a", after="1d")])
    eng = staged(daily)
    state, sent = begun(eng), []
    for _ in range(6):
        outcome = eng.advance(state, now=state.wake_at)
        state = outcome.state
        sent += [command.touch.id for command in outcome.commands]
    assert len(sent) == len(set(sent)) == 3
    assert state.enrolment("j").stage_visit == 4


def test_open_steps_of_a_stage_that_was_left_are_never_sent():
    eng = staged(
        Stage("a", steps=[step("x", after("2h"))], then=[To("b", after="1h")]),
        Stage("b", steps=[step("y", after("9h"))]),
    )
    outcome = eng.advance(begun(eng), now=later("3h"))
    assert outcome.commands == ()
    why = eng.why(outcome.state, journey="j", step="x", now=later("3h"))
    assert (why.decision, why.reason) == ("skipped", "stage_left")


# ── Out ──────────────────────────────────────────────────────────────────────


def test_the_goal_goes_before_the_exit_and_both_before_any_way():
    """J1."""
    out = event("out").exists()
    eng = staged(
        Stage("a", then=[To("b", when=out)]), Stage("b"), goal=out, exit_when=out
    )
    state = begun(eng)
    state = eng.advance(state, happens("out", later("1h")), now=later("1h")).state
    assert at(state) == ("a", "goal")


def test_a_goal_in_a_window_of_time_is_noticed_when_time_makes_it_true():
    calm = ~event("go").within("2h").exists()
    eng = engine(journey(step("x", after("9h")), exit_when=calm))
    state = begun(eng)
    assert state.wake_at == later("2h")
    assert eng.advance(state, now=later("2h")).state.enrolments[0].ended_by == "exit"


def test_a_journey_with_nothing_left_to_send_is_complete():
    eng = engine(journey(step("x"), step("y", after("1h"))))
    state = begun(eng)
    assert at(state) == ("only", "")
    assert at(eng.advance(state, now=later("1h")).state) == ("only", "completed")
    assert at(begun(engine(journey()))) == ("only", "completed")


def test_a_step_without_a_date_is_skipped_with_a_line():
    birthday = step("x", around("birthday", days=-3, at="10:00"))
    eng = engine(journey(birthday, step("y", after("1h"))))
    outcome = eng.advance(ContactState(person()), happens("go"), now=START)
    assert [(e.what, e.subject, e.reason) for e in outcome.journal][-1] == (
        "skipped",
        "x",
        "no_date",
    )


# ── In again ─────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("reentry", "hours", "refused"),
    [
        (Reentry.once(), 9_000, "once_only"),
        (Reentry.after_exit(cooldown="2h"), 2, "cooling_down"),
        (Reentry.after_exit(cooldown="2h"), 3, ""),
        (Reentry.after_exit(cooldown="0s"), 1, ""),
    ],
)
def test_a_journey_is_entered_again_as_its_policy_says(reentry, hours, refused):
    """J4: the exit was after one hour, and the cool-down counts from it, exactly."""
    eng = engine(journey(step("x", after("1h")), reentry=reentry))
    state = eng.advance(begun(eng), now=later("1h")).state
    again = later(f"{hours}h")
    outcome = eng.advance(state, happens("go", again), now=again)
    reasons = [e.reason for e in outcome.journal if e.what == "not_entered"]
    assert reasons == ([refused] if refused else [])
    assert outcome.state.enrolment("j").visit == (1 if refused else 2)


def test_a_microsecond_before_the_end_of_the_cooldown_is_too_early():
    eng = engine(journey(step("x"), reentry=Reentry.after_exit(cooldown="1d")))
    state = begun(eng)
    early, due = instant("2026-10-21T00:59:59.999999Z"), later("1d")
    assert eng.advance(state, happens("go", early), now=early).commands == ()
    assert eng.advance(state, happens("go", due), now=due).commands


def test_a_trigger_during_a_visit_changes_nothing():
    """J4."""
    eng = engine(
        journey(step("x", after("5h")), reentry=Reentry.after_exit(cooldown="1h"))
    )
    state = begun(eng)
    outcome = eng.advance(state, happens("go", later("1h")), now=later("1h"))
    assert outcome.state.enrolments == state.enrolments
    assert outcome.journal[-1].reason == "already_inside"


# ── Segments ─────────────────────────────────────────────────────────────────

BIG = Segment("big", event("buy").within("1d").at_least(2))


@pytest.mark.parametrize("way", [entered, left])
def test_crossing_a_border_starts_a_journey(way):
    """J1a: in with the second purchase, out when the first one is a day old."""
    eng = engine(journey(step("x"), enter_on=way(BIG)), segments=[BIG])
    state = eng.advance(ContactState(person()), happens("buy"), now=START).state
    assert state.enrolments == ()
    bought = eng.advance(state, happens("buy", later("1h")), now=later("1h"))
    assert len(bought.commands) == (way is entered)
    assert bought.state.inside == ("big",)
    assert bought.state.wake_at == later("1d")
    gone = eng.advance(bought.state, now=later("1d"))
    assert len(gone.commands) == (way is left)
    assert gone.state.inside == ()


def test_who_belongs_when_first_looked_at_comes_in_then():
    """J1a."""
    eng = engine(journey(step("x"), enter_on=entered(BIG)), segments=[BIG])
    state = ContactState(person()).observing([
        happens("buy"),
        happens("buy", later("1m")),
    ])
    outcome = eng.advance(state, now=later("2h"))
    assert [c.touch.step for c in outcome.commands] == ["x"]
    assert outcome.state.enrolments[0].entered_at == later("2h")
    assert eng.advance(outcome.state, now=later("3h")).commands == ()


def test_the_audience_is_judged_with_the_event_at_hand():
    """J1a."""
    eng = engine(journey(step("x"), audience=prop.shop == "7"))
    for shop, entries in (("7", 1), ("8", 0)):
        go = happens("go", properties={"shop": shop})
        outcome = eng.advance(ContactState(person()), go, now=START)
        assert len(outcome.state.enrolments) == entries


def test_only_events_that_fit_start_a_journey():
    eng = engine(journey(step("x"), enter_on=event("go").where(prop.n > 1)))
    for n, entries in ((2, 1), (1, 0)):
        go = happens("go", properties={"n": n})
        outcome = eng.advance(ContactState(person()), go, now=START)
        assert len(outcome.state.enrolments) == entries


def test_steps_are_due_in_the_zone_of_the_contact_or_else_of_the_plan():
    """T8."""
    eng = engine(journey(step("x", day(1, "10:00"))))
    assert begun(eng).wake_at == instant("2026-10-21T10:00+08:00")
    away = begun(eng, person(timezone="America/New_York"))
    assert away.wake_at == instant("2026-10-20T10:00-04:00")
