"""Editing a journey that people are in (J6)."""

from __future__ import annotations

from collections import Counter

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

import privflow as pf
from privflow.conditions import event
from privflow.engine import ContactState, Engine, Outcome, Plan, impact
from privflow.errors import DefinitionError, DuplicateNameError
from privflow.journeys import Enrolment, Journey, Reentry, Stage, To
from privflow.timing import after, every, span
from strategies.host import Host
from strategies.plan import IN_JOURNEY, SCHEDULES, STARTS, some
from strategies.script import scripts
from strategies.story import START, begun, happens, journey, later, person, step


def engine_of(*journeys: Journey, retired: tuple[Journey, ...] = ()) -> Engine:
    return Engine(Plan(journeys=journeys, retired=retired, timezone="Asia/Shanghai"))


def staged(*steps: object, **rest: object) -> Journey:
    """One stage that leads on to another after ten days."""
    rest.setdefault("version", 2)
    stages = [
        Stage("first", steps=steps, then=[To("last", after="10d")]),
        Stage("last", steps=[step("bye")]),
    ]
    return journey(stages=rest.pop("stages", stages), **rest)


V1 = staged(step("a"), step("b", after("2h")), step("c", after("2d")), version=1)


def states_of(enrolment: Enrolment | None) -> dict[str, tuple[str, object]]:
    assert enrolment is not None
    return {s.step: (s.status, s.due_at or s.reason) for s in enrolment.steps}


def after_edit(new: Journey, at: str = "1h", **rest: object) -> tuple[Engine, Outcome]:
    """The old version for an hour, then a look with the new one."""
    state = begun(engine_of(V1))
    eng = engine_of(new, **rest)
    return eng, eng.advance(state, now=later(at))


# ── follow ───────────────────────────────────────────────────────────────────


def test_who_follows_keeps_what_was_decided_and_is_timed_anew():
    """J6."""
    new = staged(
        step("a", after("3h")),
        step("b", after("5h")),
        step("early", after("30m")),
        step("new", after("3h")),
    )
    _, outcome = after_edit(new)
    found = outcome.state.enrolment("j")
    assert found.version == 2
    assert states_of(found) == {
        "a": ("sent", START),
        "b": ("waiting", later("5h")),
        "early": ("skipped", later("30m")),
        "new": ("waiting", later("3h")),
    }
    assert found.step("early").reason == "passed"
    gone = found.step("c")
    assert (gone.status, gone.reason, gone.stage) == ("skipped", "edited", "first")
    assert outcome.state.wake_at == later("3h")
    assert [e.what for e in outcome.journal if e.source][-1] == "edited"


def test_a_shorter_wait_that_has_passed_leaves_at_once_if_it_is_still_valid():
    """J6."""
    _, outcome = after_edit(staged(step("a"), step("b", after("30m"))))
    assert [command.touch.step for command in outcome.commands] == ["b"]
    short = step("b", after("30m"), valid_for="10m")
    _, outcome = after_edit(staged(step("a"), short))
    assert states_of(outcome.state.enrolment("j"))["b"][0] == "expired"


@pytest.mark.parametrize(("wait", "sent"), [("59m", []), ("1h", ["new"])])
def test_a_new_step_whose_time_is_now_leaves_and_one_whose_time_was_does_not(
    wait, sent
):
    """J6."""
    _, outcome = after_edit(staged(step("new", after(wait))))
    assert [command.touch.step for command in outcome.commands] == sent


@pytest.mark.parametrize(
    ("wait", "times", "expected", "touches"),
    [
        ("25m", 9, ("waiting", later("1h15m")), 0),
        ("30m", 9, ("waiting", later("1h30m")), 1),
        ("1h", 1, ("sent", later("1h")), 1),
        ("10m", 3, ("skipped", later("10m")), 0),
    ],
)
def test_a_new_step_that_recurs_begins_with_the_next_occurrence(
    wait, times, expected, touches
):
    """J6: of those that have not passed at the edit."""
    _, outcome = after_edit(staged(step("new", every(wait, times=times))))
    assert states_of(outcome.state.enrolment("j"))["new"] == expected
    assert len(outcome.commands) == touches


def test_a_step_that_recurs_goes_on_when_it_comes_back():
    """J6."""
    recurring = staged(step("w", every("2h", times=9)), version=1)
    state = engine_of(recurring).advance(begun(engine_of(recurring)), now=later("2h"))
    state = engine_of(staged(step("z"))).advance(state.state, now=later("3h")).state
    for schedule, expected in (
        (every("2h", times=9), ("waiting", 2, later("6h"))),
        (every("2h", times=2), ("sent", 1, later("2h"))),
        (after("9h"), ("sent", 1, later("2h"))),
    ):
        back = engine_of(staged(step("w", schedule), version=3))
        found = back.advance(state, now=later("5h")).state.enrolment("j").step("w")
        assert (found.status, found.occurrence, found.due_at) == expected


def test_renamed_journeys_stages_and_steps_are_the_same_ones():
    """J6."""
    steps = [step("alpha", formerly=["a"]), step("beta", after("2h"), formerly=["b"])]
    stages = [
        Stage("start", steps=steps, then=[To("last", after="10d")], formerly=["first"]),
        Stage("last", steps=[step("bye")]),
    ]
    eng, outcome = after_edit(
        journey(name="new-name", version=1, stages=stages, formerly=["j"])
    )
    found = outcome.state.enrolment("new-name")
    assert outcome.state.enrolment("j") is None
    assert (found.stage, outcome.commands) == ("start", ())
    assert states_of(found)["alpha"] == ("sent", START)
    outcome = eng.advance(outcome.state, now=later("2h"))
    assert [command.touch.source for command in outcome.commands] == [
        "journey:new-name"
    ]


def test_a_renamed_step_without_its_former_name_is_a_new_one():
    """J6."""
    _, outcome = after_edit(staged(step("alpha")))
    assert states_of(outcome.state.enrolment("j"))["alpha"] == ("skipped", START)


def test_the_name_of_a_step_that_was_executed_executes_nothing_again():
    """J6: what is renamed keeps its earlier name, as far as the visit goes."""
    _, outcome = after_edit(staged(step("alpha", formerly=["a"])))
    eng = engine_of(staged(step("a", after("5h")), version=3))
    outcome = eng.advance(outcome.state, now=later("2h"))
    assert states_of(outcome.state.enrolment("j"))["a"] == ("sent", START)
    assert eng.advance(outcome.state, now=later("5h")).commands == ()


def test_a_step_that_got_its_old_name_back_is_the_same_one():
    """J6: also for whoever began when it had another one, and if nobody says so."""
    renamed = staged(step("b", formerly=["a"]), step("z", after("9d")))
    state = begun(engine_of(renamed))
    eng = engine_of(staged(step("a", after("5h")), step("z", after("9d")), version=3))
    outcome = eng.advance(state, now=later("2h"))
    assert states_of(outcome.state.enrolment("j"))["a"] == ("sent", START)
    assert eng.advance(outcome.state, now=later("6h")).commands == ()
    assert pf.load(pf.dump(outcome.state)) == outcome.state


def test_a_step_that_waits_goes_on_under_its_old_name():
    """J6: a recurring one from where it was."""
    renamed = staged(step("b", every("2h", times=9), formerly=["a"]))
    state = engine_of(renamed).advance(begun(engine_of(renamed)), now=later("2h")).state
    back = engine_of(staged(step("a", every("3h", times=9)), version=3))
    found = back.advance(state, now=later("2h30m")).state.enrolment("j")
    assert states_of(found) == {"a": ("waiting", later("3h"))}
    assert found.step("a").occurrence == 2
    assert [(s.step, s.status) for s in found.earlier] == [("b", "sent")]
    old, new = (Plan(journeys=[j]) for j in (renamed, back.plan.journeys[0]))
    told = impact(old, new, [state], now=later("2h30m"))
    [one] = told.affected
    assert (one.fate, told.repeats) == ("re-timed", ())
    assert one.times == (("a", later("4h"), later("3h")),)


def test_an_old_name_that_another_step_has_now_is_that_of_another_step():
    """J6."""
    renamed = staged(step("b", formerly=["a"]))
    both = staged(step("b"), step("a", after("5h")), version=3)
    state = engine_of(both).advance(begun(engine_of(renamed)), now=later("1h")).state
    assert states_of(state.enrolment("j")) == {
        "b": ("sent", START),
        "a": ("waiting", later("5h")),
    }


def test_a_stage_that_got_its_old_name_back_is_the_same_one():
    """J6: nobody leaves, and its steps come again with another visit of it."""

    def looping(name: str, *had: str, number: int) -> Journey:
        onward = event("on").since_stage().exists()
        stages = [
            Stage(name, steps=[step("a")], then=[To("x", when=onward)], formerly=had),
            Stage("x", then=[To(name, when=event("back").since_stage().exists())]),
        ]
        return journey(stages=stages, version=number)

    renamed, eng = (
        engine_of(looping("t", "s", number=2)),
        engine_of(looping("s", number=3)),
    )
    outcome = eng.advance(begun(renamed), now=later("1h"))
    assert outcome.state.enrolment("j").stage == "s"
    at = later("1h")
    outcome = renamed.advance(begun(renamed), happens("on", at), now=at)
    assert outcome.state.enrolment("j").stage == "x"
    outcome = eng.advance(outcome.state, happens("back", later("2h")), now=later("2h"))
    assert outcome.state.enrolment("j").stage == "s"
    assert [command.touch.step for command in outcome.commands] == ["a"]


def test_whose_stage_is_gone_leaves():
    """J6."""
    _, outcome = after_edit(journey(step("a"), version=2))
    assert outcome.state.enrolment("j").ended_by == "edited"


def test_a_step_that_an_edit_moved_to_a_later_stage_is_not_executed_again():
    """J6."""
    stages = [
        Stage("first", then=[To("last", after="1d")]),
        Stage("last", steps=[step("a"), step("b")]),
    ]
    eng, outcome = after_edit(staged(stages=stages))
    outcome = eng.advance(outcome.state, now=later("1d"))
    assert [command.touch.step for command in outcome.commands] == ["b"]
    assert states_of(outcome.state.enrolment("j"))["a"] == ("sent", START)


@pytest.mark.parametrize(
    ("schedule", "expected"),
    [
        (after("0s"), [("sent", 1, "2h")]),
        (every("3h", times=9), [("waiting", 2, "1d3h")]),
    ],
)
def test_a_recurring_step_that_an_edit_moved_on_goes_on(schedule, expected):
    """J6: with its next occurrence; if it does not recur any more it is over."""
    first = staged(step("w", every("2h", times=9)), version=1)
    state = engine_of(first).advance(begun(engine_of(first)), now=later("2h")).state
    stages = [
        Stage("first", then=[To("last", after="1d")]),
        Stage("last", steps=[step("w", schedule)]),
    ]
    outcome = engine_of(staged(stages=stages)).advance(state, now=later("1d"))
    assert outcome.commands == ()
    steps = outcome.state.enrolment("j").steps
    found = [(s.status, s.occurrence, s.due_at) for s in steps]
    assert found == [(status, n, later(at)) for status, n, at in expected]


def test_a_recurring_step_that_was_over_when_an_edit_moved_it_on_stays_over():
    """J6: it was sent as often as it said."""
    last = step("last", after("9d"))
    first = staged(step("w", every("2h", times=1)), last, version=1)
    state = engine_of(first).advance(begun(engine_of(first)), now=later("2h")).state
    stages = [
        Stage("first", steps=[last], then=[To("last", after="1d")]),
        Stage("last", steps=[step("w", every("2h", times=1))]),
    ]
    outcome = engine_of(staged(stages=stages)).advance(state, now=later("1d"))
    found = [(s.status, s.occurrence) for s in outcome.state.enrolment("j").steps]
    assert found == [("sent", 1)]


def test_a_step_that_goes_and_comes_back_is_the_same_one():
    """J6."""
    _, outcome = after_edit(staged(step("b", after("5h"))))
    again = engine_of(staged(step("a"), step("b", after("5h")), version=3))
    outcome = again.advance(outcome.state, now=later("2h"))
    assert outcome.commands == ()
    assert states_of(outcome.state.enrolment("j"))["a"] == ("sent", START)


def test_what_recurs_goes_on_from_its_last_occurrence():
    """J6."""
    first = staged(step("w", every("2h", times=9)), version=1)
    state = begun(engine_of(first))
    state = engine_of(first).advance(state, now=later("2h")).state
    longer = engine_of(staged(step("w", every("3h", times=9))))
    state = longer.advance(state, now=later("2h30m")).state
    found = state.enrolment("j").step("w")
    assert (found.occurrence, found.due_at) == (2, later("3h"))
    single = engine_of(staged(step("w", after("9h")), version=3))
    found = single.advance(state, now=later("2h40m")).state.enrolment("j").step("w")
    assert (found.status, found.reason) == ("skipped", "edited")


def test_a_new_visit_is_one_of_the_new_version():
    """J6."""
    reentry = Reentry.after_exit(cooldown="0s")
    first = journey(step("a"), version=1, reentry=reentry)
    state = begun(engine_of(first))
    second = engine_of(journey(step("a"), version=2, reentry=reentry))
    at = later("1h")
    outcome = second.advance(state, happens("go", at), now=at)
    assert [command.touch.step for command in outcome.commands] == ["a"]
    assert outcome.state.enrolment("j").version == 2


# ── pinned, until_safe_point ─────────────────────────────────────────────────


def test_who_is_pinned_finishes_the_version_that_they_entered():
    """J6."""
    new = staged(step("z", after("1h")), in_flight="pinned")
    eng, outcome = after_edit(new, retired=(V1,))
    assert outcome.commands == ()
    outcome = eng.advance(outcome.state, now=later("2h"))
    assert [command.touch.step for command in outcome.commands] == ["b"]
    assert outcome.state.enrolment("j").version == 1
    fresh = begun(eng)
    assert fresh.enrolment("j").version == 2


def test_who_waits_for_a_safe_point_changes_over_at_the_next_stage():
    """J6."""
    stages = [
        Stage("first", steps=[step("z", after("1h"))], then=[To("end", after="1d")]),
        Stage("end", steps=[step("ciao")], formerly=["last"]),
    ]
    new = staged(stages=stages, in_flight="until_safe_point")
    slow = evolve(
        V1,
        stages=[
            evolve(V1.stages[0], steps=[*V1.stages[0].steps, step("d", after("20d"))]),
            V1.stages[1],
        ],
    )
    state = begun(engine_of(slow))
    eng = engine_of(new, retired=(slow,))
    state = eng.advance(state, now=later("3d")).state
    assert (state.enrolment("j").version, state.enrolment("j").stage) == (1, "first")
    outcome = eng.advance(state, now=later("10d"))
    assert [command.touch.step for command in outcome.commands] == ["ciao"]
    assert outcome.state.enrolment("j").version == 2


def test_a_step_that_an_edit_moved_on_is_not_executed_again_at_a_safe_point():
    """J6: the stage that is left has executed it, under another name."""
    stages = [
        Stage("first", then=[To("last", after="1d")]),
        Stage("last", steps=[step("alpha", formerly=["a"]), step("z")]),
    ]
    slow = staged(step("a"), step("d", after("20d")), version=1)
    new = staged(stages=stages, in_flight="until_safe_point")
    eng = engine_of(new, retired=(slow,))
    outcome = eng.advance(begun(engine_of(slow)), now=later("10d"))
    assert [command.touch.step for command in outcome.commands] == ["z"]
    assert states_of(outcome.state.enrolment("j"))["alpha"] == ("sent", START)


@pytest.mark.parametrize("days", [["5d"], ["1d", "2d", "3d", "5d"]])
def test_a_safe_point_within_one_late_call_counts_at_its_own_instant(days):
    """J6, E6: however the host cuts its calls."""

    def version(number: int, target: str) -> Journey:
        never = [step("a", after("1d"), when=pf.attr.city == "nowhere")]
        ways = [To(target, after="3d")]
        stages = [Stage("first", steps=never, then=ways), Stage("b"), Stage("c")]
        return journey(stages=stages, version=number, in_flight="until_safe_point")

    old, new = version(1, "b"), version(2, "c")
    state = begun(engine_of(old))
    eng = engine_of(new, retired=(old,))
    for day in days:
        state = eng.advance(state, now=later(day)).state
    [visit] = state.enrolments
    assert (visit.version, visit.stage) == (2, "c")


def test_who_is_pinned_stays_while_another_journey_waits_for_a_safe_point():
    """J6."""
    other = journey(step("x", after("9d")), name="k", in_flight="until_safe_point")
    old, new = staged(step("a"), version=1), staged(step("z"), in_flight="pinned")
    state = begun(engine_of(old, other))
    eng = engine_of(new, other, retired=(old,))
    outcome = eng.advance(state, now=later("1h"))
    assert (outcome.commands, outcome.state.enrolment("j").version) == ((), 1)


def test_whoever_has_no_step_left_to_wait_for_is_at_a_safe_point():
    """J6."""
    new = staged(step("a"), step("z", after("5d")), in_flight="until_safe_point")
    state = begun(engine_of(V1))
    eng = engine_of(new, retired=(V1,))
    state = eng.advance(state, now=later("1d")).state
    assert state.enrolment("j").version == 1
    state = eng.advance(state, now=later("2d")).state
    state = eng.advance(state, now=later("3d")).state
    assert states_of(state.enrolment("j"))["z"] == ("waiting", later("5d"))


def test_a_safe_point_whose_stage_is_gone_is_the_end():
    """J6."""
    new = journey(
        stages=[Stage("first", then=[To("other", after="99d")]), Stage("other")],
        version=2,
        in_flight="until_safe_point",
    )
    slow = staged(step("d", after("20d")), version=1)
    state = begun(engine_of(slow))
    state = engine_of(new, retired=(slow,)).advance(state, now=later("10d")).state
    assert state.enrolment("j").ended_by == "edited"


# ── What the plan does not know ──────────────────────────────────────────────


@pytest.mark.parametrize(
    ("journeys", "reason"),
    [
        ((), "no_journey"),
        ((staged(step("a"), in_flight="pinned"),), "no_version"),
    ],
)
def test_what_the_plan_does_not_know_is_kept_and_told(journeys, reason):
    """J6: never a crash, nothing sent, visible in the journal."""
    state = begun(engine_of(V1))
    eng = engine_of(*journeys)
    outcome = eng.advance(state, now=later("30d"))
    assert outcome.state.enrolments == state.enrolments
    assert outcome.commands == ()
    [line] = [entry for entry in outcome.journal if entry.what == "unknown"]
    assert (line.source, line.reason) == ("journey:j", reason)
    assert pf.load(pf.dump(outcome.state)) == outcome.state


def test_an_unknown_stage_and_an_unknown_step_are_kept():
    state = begun(engine_of(V1))
    odd = evolve(state.enrolments[0], stage="nowhere", version=2)
    eng = engine_of(staged(step("q")))
    outcome = eng.advance(evolve(state, enrolments=(odd,)), now=later("30d"))
    assert outcome.state.enrolments == (odd,)
    assert outcome.commands == ()
    told = [(e.what, e.subject, e.reason) for e in outcome.journal]
    assert told == [("unknown", s.step, "no_stage") for s in odd.steps if s.is_open]
    assert told


def test_two_versions_of_one_number_are_refused():
    """J6."""
    with pytest.raises(DuplicateNameError, match="'j 1'"):
        engine_of(V1, retired=(V1,))
    with pytest.raises(DuplicateNameError):
        engine_of(V1, journey(step("q"), name="k", formerly=["j"]))


# ── What an edit would do ────────────────────────────────────────────────────


def crowd(eng: Engine) -> list[ContactState]:
    early = begun(eng)
    late = eng.advance(early, now=later("10d")).state
    return [early, late, ContactState(person())]


def test_the_impact_is_told_before_anybody_is_touched():
    """J6."""
    old = Plan(journeys=[V1])
    new = Plan(
        journeys=[staged(step("a"), step("b", after("3h")), step("c", after("2d")))]
    )
    found = impact(old, new, crowd(Engine(old)), now=later("1h"))
    [one] = found.affected
    assert (one.fate, one.stage, found.repeats) == ("re-timed", "first", ())
    assert one.times == (("b", later("2h"), later("3h")),)
    assert (found.count("re-timed"), found.count("moves", "j")) == (1, 0)
    assert "re-timed" in str(found)
    assert format(found, "md").startswith("**1 visits concerned")
    assert found._repr_html_() == format(found, "html")
    assert repr(found) == "<Impact 1 visits, 0 warnings>"


@pytest.mark.parametrize(
    ("new", "retired", "fate"),
    [
        (evolve(V1, version=2), (), "moves"),
        (journey(step("a"), version=2), (), "leaves"),
        (evolve(V1, version=2, in_flight="pinned"), (V1,), "stays"),
        (evolve(V1, version=2, in_flight="pinned"), (), "stranded"),
        (evolve(V1, version=2, name="k"), (), "stranded"),
    ],
)
def test_everybody_has_a_fate(new, retired, fate):
    """J6: what is foretold is what happens."""
    old, plan = Plan(journeys=[V1]), Plan(journeys=[new], retired=retired)
    state = begun(Engine(old))
    [one] = impact(old, plan, [state], now=later("1h")).affected
    assert one.fate == fate
    found = Engine(plan).advance(state, now=later("1h")).state.enrolments[0]
    assert (found.ended_by == "edited") == (fate == "leaves")
    assert (found.version == 2) == (fate == "moves")


def test_an_edit_without_a_new_version_is_refused():
    """J6."""
    with pytest.raises(DefinitionError, match="is version 1 still"):
        impact(
            Plan(journeys=[V1]),
            Plan(journeys=[staged(step("a"), version=1)]),
            [],
            now=START,
        )


def test_the_definitions_are_warned_about():
    """J5, J6."""
    old = Plan(
        journeys=[evolve(V1, control=0.1), evolve(V1, name="k", stages=[Stage("s")])]
    )
    new = Plan(
        journeys=[evolve(V1, name="n", version=2, control=0.2, formerly=["x", "j"])]
    )
    warnings = impact(old, new, [], now=START).warnings
    assert [w.split(":")[0] for w in warnings] == [
        "control group of 'n' grows from 0.1 to 0.2",
        "splits of 'n' are shuffled anew; write formerly=['j', 'x'] to keep them",
        "journey 'k' is gone",
    ]


FULL = staged(step("b", formerly=["a"]), version=1, name="k", formerly=["j"])
LOST = "{} does not say any more that it was {}; write formerly={} while"


@pytest.mark.parametrize(
    ("new", "expected"),
    [
        (evolve(FULL, version=2), []),
        (evolve(FULL, version=2, name="j", formerly=["k"]), []),
        (
            evolve(FULL, version=2, formerly=[]),
            [LOST.format("journey 'k'", "'j'", "['j']")],
        ),
        (
            evolve(FULL, version=2, name="j", formerly=[]),
            [LOST.format("journey 'j'", "'k'", "['k']")],
        ),
        (
            staged(step("a", formerly=["c"]), name="k", formerly=["j"]),
            [LOST.format("step 'a' of 'k'", "'b'", "['b', 'c']")],
        ),
        (
            staged(step("b"), step("a"), name="k", formerly=["j"]),
            ["step 'a' of 'k' takes the name 'a' from 'b': whoever met that one"],
        ),
        (staged(step("z"), name="k", formerly=["j"]), []),
    ],
)
def test_names_that_an_edit_loses_or_mixes_up_are_warned_about(new, expected):
    """J6."""
    found = impact(Plan(journeys=[FULL]), Plan(journeys=[new]), [], now=START)
    warnings = [w for w in found.warnings if not w.startswith("splits")]
    assert len(warnings) == len(expected)
    for warning, start in zip(warnings, expected, strict=True):
        assert warning.startswith(start)


def test_a_stage_whose_former_name_is_lost_is_warned_about():
    """J6."""
    old = journey(stages=[Stage("t", formerly=["s"])])
    new = journey(stages=[Stage("s")], version=2)
    [warning] = impact(
        Plan(journeys=[old]), Plan(journeys=[new]), [], now=START
    ).warnings
    assert warning.startswith(LOST.format("stage 's' of 'j'", "'t'", "['t']"))


def test_splits_of_a_stage_that_are_shuffled_are_warned_about():
    """J5: where its first name is lost, or comes back without having been first."""

    def fork(name: str, *had: str, version: int = 2) -> Plan:
        ways = [To("end", share=0.5), To("rest", share=0.5)]
        stage = Stage(name, formerly=had, then=ways)
        stages = [stage, Stage("end"), Stage("rest")]
        return Plan(journeys=[journey(stages=stages, version=version)])

    old = fork("t", "s", version=1)

    for new, had in (
        (fork("s", "t"), ["s", "t"]),
        (fork("u", "t", "s"), ["s", "t"]),
    ):
        warning = impact(old, new, [], now=START).warnings[0]
        assert warning.startswith("splits of stage")
        assert warning.endswith(f"write formerly={had!r} to keep them")
    kept = impact(old, fork("s", "s", "t"), [], now=START)
    assert kept.warnings == ()


def test_the_names_to_write_stand_in_the_order_in_which_they_were_had():
    """J5, J6: splits go by the first one."""
    old, new = (
        Plan(journeys=[journey(step("x"), name=name, formerly=[had], version=version)])
        for version, (name, had) in enumerate((("b", "a"), ("c", "b")), start=1)
    )
    [warning] = impact(old, new, [], now=START).warnings
    assert "formerly=['a', 'b']" in warning


# ── No executed step is ever executed again ──────────────────────────────────


IN_FLIGHT = ("follow", "follow", "pinned", "until_safe_point")


@st.composite
def versions(draw: st.DrawFn, number: int, before: Journey | None = None) -> Journey:
    """A version of one journey: steps wander forward, change and get other names.

    So may the journey and its stages. Each says what it was called before, but need not
    where it gets back a name that the version before still knows.
    """
    called = () if before is None else before.names
    known: set[str] = set()
    for stage in () if before is None else before.stages:
        known.update(stage.names, *(step.names for step in stage.steps))

    def had(name: str, others: list[str]) -> list[str]:
        return [] if name in known and draw(st.booleans()) else others

    def named(*names: str) -> tuple[str, list[str]]:
        own = draw(st.sampled_from(names))
        return own, had(own, [name for name in names if name != own])

    name = draw(st.sampled_from([*(called or ["j"]), f"j{number}"]))
    is_back = before is not None and name in before.formerly and draw(st.booleans())
    stages: list[Stage] = []
    called_now = [named(f"s{place}", f"s{place}'") for place in range(3)]
    for place in range(3):
        names = [n for n in range(4) if draw(st.integers(n // 2, 2)) == place]
        taken = {s.name.rstrip("'") for stage in stages for s in stage.steps}
        steps = [
            step(
                own,
                draw(st.sampled_from([*SCHEDULES, every("7h", times=9)])),
                formerly=others,
                when=draw(some(IN_JOURNEY, of=5)),
            )
            for own, others in (
                named(f"{name}", f"{name}'") for name in names if f"{name}" not in taken
            )
        ]
        later_stages = [
            To(called_now[n][0], after=f"{n * 7}h") for n in range(place + 1, 3)
        ]
        ways = [way for way in later_stages if draw(st.booleans())]
        if place < 2:
            ways.append(
                To(called_now[2][0], after="90d")
            )  # so that people are there to be edited
        else:
            steps.append(step("last", after("90d")))
        own, others = called_now[place]
        stages.append(Stage(own, steps=steps, then=ways, formerly=others))
    return journey(
        name=name,
        formerly=[] if is_back else sorted(set(called) - {name}),
        stages=stages,
        enter_on=event("a"),
        version=number,
        goal=draw(some(IN_JOURNEY, of=8)),
        reentry=draw(
            st.sampled_from([
                Reentry.once(),
                Reentry.after_exit(cooldown="20h"),
                Reentry.once(repeated="refresh"),
            ])
        ),
        in_flight=draw(
            st.sampled_from(["follow", "follow", "pinned", "until_safe_point"])
        ),
    )


@settings(max_examples=150)
@given(st.data(), scripts(heard=False, late=True), st.integers(1, 4))
def test_no_executed_step_is_executed_again(data, script, cut):
    """J6: under any edit, any order of inputs, any late wake."""
    history = [data.draw(versions(1))]
    for number in (2, 3):
        history.append(data.draw(versions(number, history[-1])))
    places: dict[str, tuple[int, int]] = {}

    def look(_before: ContactState, outcome: Outcome) -> None:
        for visit in outcome.state.enrolments:
            for done in (*visit.steps, *visit.earlier):
                places[done.touch_id] = visit.visit, done.occurrence

    eng = engine_of(history[0])
    first = history[0].name
    begun_by_hand = eng.enrol(ContactState(person()), first, now=STARTS[0])
    look(begun_by_hand.state, begun_by_hand)
    host = Host(eng, begun_by_hand.state, look)
    pieces = [script[:cut], script[cut : cut * 2], script[cut * 2 :]]
    for number, (new, items) in enumerate(zip(history, pieces, strict=True)):
        plan = Plan(journeys=[new], retired=history[:number], timezone="Asia/Shanghai")
        if number:
            before = Plan(
                journeys=[history[number - 1]],
                retired=history[: number - 1],
                timezone="Asia/Shanghai",
            )
            now = host.state.at or STARTS[0]
            assert impact(before, plan, [host.state], now=now).repeats == ()
        host.engine = Engine(plan)
        host.play(items, wakes=data.draw(st.booleans()))
    last = host.state.at or STARTS[0]
    host.call(now=last + span("3d"))
    host.wake_until(last + span("9d"))
    commands = [*begun_by_hand.commands, *(given.command for given in host.given)]
    touches = [command.touch for command in commands]
    assert len({touch.id for touch in touches}) == len(touches)
    executed = Counter(
        (touch.step.rstrip("'"), places.get(touch.id, touch.id)) for touch in touches
    )
    assert max(executed.values(), default=0) <= 1
