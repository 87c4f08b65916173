"""What a journey may be, and how it is drawn."""

from __future__ import annotations

import pytest

from privflow.conditions import attr, entered, event
from privflow.errors import (
    ConditionTypeError,
    DefinitionError,
    DuplicateNameError,
    UnknownNameError,
)
from privflow.journeys import (
    Defer,
    Enrolment,
    Journey,
    Reentry,
    SOPStep,
    Stage,
    StepState,
    To,
    latest,
)
from privflow.timing import After, after
from privflow.touches import Message
from strategies.story import START, journey, later, step

NOTE = Message("note", kind="service")


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: journey(stages=[]), DefinitionError, "has no stage"),
        (lambda: journey(step("a"), step("a")), DuplicateNameError, "stage 'only'"),
        (
            lambda: journey(
                stages=[Stage("a", steps=[step("x")]), Stage("b", steps=[step("x")])]
            ),
            DuplicateNameError,
            "steps of journey 'j': 'x' is defined twice",
        ),
        (
            lambda: journey(stages=[Stage("a"), Stage("a")]),
            DuplicateNameError,
            "stages of journey 'j'",
        ),
        (lambda: journey(stages=["a"]), DefinitionError, "Journey.stages[0]: got 'a'"),
        (lambda: journey(name=""), DefinitionError, "Journey.name"),
        (lambda: journey(goal=True), ConditionTypeError, "goal of journey 'j'"),
        (lambda: journey(exit_when="x"), ConditionTypeError, "exit_when of"),
        (lambda: journey(audience=1), ConditionTypeError, "audience of journey"),
        (lambda: journey(reentry="once"), DefinitionError, "Journey.reentry"),
        (lambda: journey(enter_on="go"), ConditionTypeError, "trigger"),
        (lambda: Stage("a", steps=[NOTE]), DefinitionError, "Stage.steps[0]"),
        (lambda: Stage("a", then=["b"]), DefinitionError, "Stage.then[0]"),
        (lambda: Stage(" "), DefinitionError, "Stage.name"),
        (lambda: To("a"), DefinitionError, "no `when`, `after` or `share`"),
        (lambda: To("a", when=1), ConditionTypeError, "the way to 'a'"),
        (lambda: To("", after="1h"), DefinitionError, "To.stage"),
        (lambda: To("a", after="soon"), DefinitionError, "'soon'"),
        (lambda: step("a", via=[]), DefinitionError, "step 'a' has no channel"),
        (lambda: step("a", via="sms"), DefinitionError, "write ['sms']"),
        (lambda: step("a", priority="top"), DefinitionError, "got 'top'"),
        (lambda: step("a", when=1), ConditionTypeError, "condition of step 'a'"),
        (lambda: step("a", on_blocked="wait"), DefinitionError, "Skip or Defer or"),
        (lambda: step("a", valid_for="-1h"), DefinitionError, "-1h"),
        (
            lambda: SOPStep("a", "2h", NOTE, via=["sms"]),
            DefinitionError,
            "got '2h', expected a schedule",
        ),
        (lambda: SOPStep("a", After, NOTE, via=["sms"]), DefinitionError, "schedule"),
        (
            lambda: SOPStep("a", after("2h"), "note", via=["sms"]),
            DefinitionError,
            "got 'note', expected Message",
        ),
        (lambda: Reentry(again="always"), DefinitionError, "got 'always'"),
        (lambda: Reentry(again="once", cooldown=after("1h").span), DefinitionError, ""),
        (lambda: Reentry(again="after_exit"), DefinitionError, "with cooldown None"),
        (lambda: Reentry(again="once", key="order"), DefinitionError, "with a key"),
        (lambda: Reentry(again="once", at_most=2), DefinitionError, "several visits"),
        (lambda: journey(in_flight="later"), DefinitionError, "Journey.in_flight"),
    ],
)
def test_what_a_journey_cannot_mean_is_refused_where_it_is_written(
    make, error, message
):
    with pytest.raises(error) as raised:
        make()
    assert message in str(raised.value)
    assert raised.value.hint


def test_a_way_to_a_stage_that_is_not_there_says_where_it_stands():
    ways = [To("b", after="1h"), To("convrt", after="2h")]
    with pytest.raises(UnknownNameError) as raised:
        journey(stages=[Stage("b"), Stage("convert", then=ways)])
    assert raised.value.path == "$.stages[1].then[1].stage"
    assert "did you mean 'convert'" in raised.value.hint


def test_stages_and_steps_are_found_by_name():
    both = journey(step("x"))
    assert both.stage("only").step("x") is both.step("x")
    assert both.stage("other") is None
    assert both.stage("only").step("y") is None
    with pytest.raises(UnknownNameError, match="step of journey 'j'"):
        both.step("y")


def test_it_has_a_short_repr_and_a_drawing():
    drawn = Journey(
        "welcome",
        enter_on=entered("vip"),
        goal=event("buy").since_entry().exists(),
        stages=[
            Stage(
                "a",
                steps=[step("x", when=attr.n > 1), step("y", after("1h"))],
                then=[To("b", when=attr.n > 2, after="1d")],
            ),
            Stage("b"),
        ],
    )
    assert repr(drawn) == "<Journey 'welcome' 2 stages, 2 steps>"
    assert format(drawn) == repr(drawn)
    text = format(drawn, "mermaid")
    for part in ("entered('vip')", "no steps", "x", "after 1d", "goal"):
        assert part.replace("'", "#39;") in text or part in text
    assert drawn._repr_html_().startswith("<")


def test_a_drawing_says_since_when_a_step_is_timed_if_not_since_the_stage():
    paid = latest(event("paid"))
    drawn = journey(step("plain"), step("late", after("1h"), since=paid))
    told = [line for line in format(drawn, "mermaid").split("<br/>") if "after" in line]
    assert told == ["after 0s", f"after 1h since {paid}"]


def test_a_hostile_name_is_escaped_in_a_drawing():
    hostile = journey(step("<script>"), name="<img>")
    assert "<script>" not in format(hostile, "svg")


# ── Where a contact stands ───────────────────────────────────────────────────


def enrolled(*steps: StepState) -> Enrolment:
    return Enrolment(
        "j",
        version=1,
        visit=1,
        entered_at=START,
        stage="a",
        stage_at=START,
        steps=steps,
    )


def test_a_step_state_knows_when_to_look_next():
    waiting = StepState("x", due_at=later("1h"))
    assert waiting.next_at == later("1h")
    held = waiting.deferred(
        "full", at=later("1h"), again_at=later("2h"), opens_at=None, lines=()
    )
    assert (held.is_open, held.next_at, held.reason) == (True, later("2h"), "full")
    sent = held.closed("sent", at=later("2h"), touch_id="t")
    assert (sent.is_open, sent.next_at, sent.reason) == (False, None, "")
    told = StepState("x", due_at=START, status="sent", again_at=later("2h"))
    assert told.next_at is None


def test_an_enrolment_keeps_the_last_state_of_every_step():
    first = enrolled(StepState("x", due_at=START), StepState("y", due_at=START))
    closed = first.steps[0].closed("sent", at=START)
    second = StepState("x", due_at=later("1d"), occurrence=2)
    weekly = first.with_step(second, past=closed)
    assert weekly.steps == (second, first.steps[1])
    assert weekly.earlier == (closed.of_stage("a"),)
    moved = weekly.moved("b", later("2d"), (StepState("z", due_at=None),))
    assert moved.step("x") == second.of_stage("a")
    assert moved.step("z").due_at is None
    assert moved.step("nobody") is None
    back = moved.moved("a", later("3d"), (StepState("x", due_at=START),))
    assert [state.step for state in back.earlier] == ["y", "z"]
    ended = back.left(at=later("4d"), by="goal")
    assert (ended.ended_at, ended.ended_by, ended.stage_visit) == (
        later("4d"),
        "goal",
        3,
    )


def test_a_wait_is_written_as_text():
    assert Defer(until_at_most="2d") == Defer(until_at_most=after("2d").span)
