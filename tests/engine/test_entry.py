"""How contacts come into journeys, and come back (J1a, J4)."""

from __future__ import annotations

from datetime import date

import pytest
from attrs import evolve

from privflow.conditions import attr, entered, event, prop
from privflow.engine import ContactState
from privflow.errors import DefinitionError
from privflow.facts import Event
from privflow.journeys import Journey, Reentry, Stage, To
from privflow.rules import Rule, SetAttribute
from privflow.segments import Segment
from privflow.timing import after, around, every, instant
from strategies.story import START, begun, engine, happens, journey, later, person, step

VIP = Segment("vip", event("buy").at_least(2))


def refusals(outcome) -> list[str]:
    return [e.reason for e in outcome.journal if e.what == "not_entered"]


def staying(*steps: object, **rest: object) -> Journey:
    """A journey that nobody leaves by themselves."""
    stage = Stage("only", steps=steps, then=[To("end", after="300d")])
    return journey(stages=[stage, Stage("end")], **rest)


# ── By a date ────────────────────────────────────────────────────────────────

BIRTHDAY = around(attr.birthday, days=-3, at="10:00")


def test_a_journey_begins_so_many_days_before_a_birthday_every_year():
    """J1a."""
    eng = engine(
        journey(step("x"), enter_on=BIRTHDAY, reentry=Reentry.after_exit(cooldown="1d"))
    )
    contact = person(attributes={"birthday": date(1990, 10, 27)})
    state = eng.advance(ContactState(contact), now=START).state
    sent = []
    for year in (2026, 2027):
        assert state.wake_at == instant(f"{year}-10-24T10:00+08:00")
        outcome = eng.advance(state, now=state.wake_at)
        again = eng.advance(
            outcome.state, happens("say", state.wake_at), now=state.wake_at
        )
        assert again.commands == ()
        sent += [command.touch.id for command in outcome.commands]
        state = again.state
    assert len(set(sent)) == 2


def test_a_day_begins_one_visit_however_often_its_instant_is_looked_at():
    """J1a, E6: although the visit is complete, and there may be another one."""
    day = journey(step("x"), enter_on=BIRTHDAY, reentry=Reentry.every_time())
    eng = engine(day, rules=[Rule("r", on=event("say"), do=[SetAttribute("n", 1)])])
    contact = person(attributes={"birthday": date(1990, 10, 27)})
    state = eng.advance(ContactState(contact), now=START).state
    at = state.wake_at
    outcome = eng.advance(state, happens("say", at), now=at)
    again = eng.advance(outcome.state, happens("say", at, id="2"), now=at)
    assert [len(each.commands) for each in (outcome, again)] == [1, 0]


def test_a_birthday_that_nobody_knows_begins_nothing():
    """J1a."""
    eng = engine(journey(step("x"), enter_on=BIRTHDAY))
    state = eng.advance(ContactState(person()), now=START).state
    assert (state.wake_at, state.enrolments) == (None, ())


def test_a_late_host_begins_it_at_its_own_instant():
    """J1a, J3."""
    eng = engine(journey(step("x", after("1h"), valid_for="1h"), enter_on=BIRTHDAY))
    contact = person(attributes={"birthday": date(1990, 10, 27)})
    state = eng.advance(ContactState(contact), now=START).state
    outcome = eng.advance(state, now=later("30d"))
    found = outcome.state.enrolment("j")
    assert found.entered_at == instant("2026-10-24T10:00+08:00")
    assert found.step("x").status == "expired"


# ── By hand alone ────────────────────────────────────────────────────────────


def test_a_journey_without_a_trigger_waits_for_the_host():
    """J1a."""
    eng = engine(journey(step("x"), enter_on=None))
    state = begun(eng)
    assert state.enrolments == ()
    assert len(eng.enrol(state, "j", now=later("1h")).commands) == 1
    assert "by a rule or by hand" in format(eng.plan.journey("j"), "mermaid")


# ── By a segment: current and future members ─────────────────────────────────


def buys(*hours: str) -> list:
    return [happens("buy", later(hour), id=hour) for hour in hours]


@pytest.mark.parametrize(
    ("members", "belonged", "comes"),
    [("all", True, True), ("current", True, False), ("future", False, True)],
)
def test_a_segment_brings_in_those_who_belong_or_those_who_come(
    members, belonged, comes
):
    """J1a: current and future members, current only, future only."""
    eng = engine(
        staying(step("x"), enter_on=entered("vip"), members=members), segments=[VIP]
    )
    old = ContactState(person()).observing(buys("1h", "2h"))
    outcome = eng.advance(old, happens("say", later("3h")), now=later("3h"))
    assert bool(outcome.commands) == belonged
    new = ContactState(person()).observing(buys("1h"))
    outcome = eng.advance(new, *buys("2h"), now=later("2h"))
    assert bool(outcome.commands) == comes
    assert refusals(outcome) == ([] if comes else ["future_member"])


def test_who_has_been_asked_once_is_no_current_member_any_more():
    """J1a."""
    eng = engine(
        staying(step("x"), enter_on=entered("vip"), members="current"), segments=[VIP]
    )
    state = eng.advance(ContactState(person()), now=START).state
    assert state.offered == ("j",)
    outcome = eng.advance(state, *buys("1h", "2h"), now=later("2h"))
    assert (outcome.commands, refusals(outcome)) == ((), ["future_member"])


def test_a_journey_that_comes_later_asks_for_its_own_current_members():
    """J1a: another one has waited for the same segment before."""
    first = staying(step("x"), enter_on=entered("vip"), name="first")
    state = ContactState(person()).observing(buys("1h", "2h"))
    state = engine(first, segments=[VIP]).advance(state, now=later("3h")).state
    second = staying(step("y"), enter_on=entered("vip"), members="current")
    both = engine(first, second, segments=[VIP])
    outcome = both.advance(state.knowing(person(timezone="UTC")), now=later("4h"))
    assert [command.touch.step for command in outcome.commands] == ["y"]
    assert both.advance(outcome.state, now=later("5h")).commands == ()


@pytest.mark.parametrize("start", [event("go"), None, BIRTHDAY])
def test_members_are_those_of_a_segment(start):
    with pytest.raises(DefinitionError, match="nobody enters by a segment"):
        journey(step("x"), enter_on=start, members="current")


# ── Coming back ──────────────────────────────────────────────────────────────


def test_a_repeated_trigger_is_ignored_unless_the_journey_says_otherwise():
    """J4."""
    eng = engine(staying(step("x", after("2h"))))
    at = later("1h")
    outcome = eng.advance(begun(eng), happens("go", at), now=at)
    assert refusals(outcome) == ["already_inside"]
    assert outcome.state.wake_at == later("2h")


def test_restart_ends_the_visit_and_begins_another():
    """J4."""
    reentry = Reentry.once(repeated="restart")
    eng = engine(staying(step("now"), step("x", after("2h")), reentry=reentry))
    at = later("1h")
    outcome = eng.advance(begun(eng), happens("go", at), now=at)
    assert [command.touch.step for command in outcome.commands] == ["now"]
    found = outcome.state.enrolment("j")
    assert (found.visit, found.step("x").due_at) == (2, later("3h"))
    ended = [e.reason for e in outcome.journal if e.what == "ended"]
    assert ended == ["restarted"]


def test_refresh_times_anew_what_has_not_been_decided():
    """J4: the reminder of a cart waits for the last thing put into it."""
    reentry = Reentry.after_exit(cooldown="1d", repeated="refresh")
    eng = engine(staying(step("now"), step("x", after("2h")), reentry=reentry))
    state = begun(eng)
    for hours in ("1h", "2h"):
        at = later(hours)
        outcome = eng.advance(state, happens("go", at, id=hours), now=at)
        assert outcome.commands == ()
        state = outcome.state
    found = state.enrolment("j")
    assert (found.visit, found.entered_at, found.stage_at) == (1, START, later("2h"))
    assert (found.step("now").status, found.step("x").due_at) == ("sent", later("4h"))


def test_refresh_leaves_the_next_occurrence_of_what_recurs_where_it_is():
    """J4: its first occurrence has been decided."""
    reentry = Reentry.after_exit(cooldown="1d", repeated="refresh")
    eng = engine(staying(step("x", every("3h", times=4)), reentry=reentry))
    state = eng.advance(begun(eng), now=later("3h")).state
    old = state.enrolment("j").step("x")
    assert old.occurrence > 1
    state = eng.advance(
        state, happens("go", later("4h"), id="4"), now=later("4h")
    ).state
    assert state.enrolment("j").stage_at == later("4h")
    assert state.enrolment("j").step("x") == old


@pytest.mark.parametrize("reentry", [Reentry.once(), Reentry.after_exit(cooldown="1d")])
def test_who_is_inside_by_a_key_does_not_enter_again_after_an_edit_without_it(reentry):
    """J4, J6."""
    keyed = staying(step("x"), reentry=Reentry.every_time(key="order"))
    go = happens("go", properties={"order": "o-1"})
    state = engine(keyed).advance(ContactState(person()), go, now=START).state
    edited = evolve(keyed, reentry=reentry, version=2)
    outcome = engine(edited).advance(state, happens("go", later("1h")), now=later("1h"))
    assert refusals(outcome) == ["already_inside"]
    assert [visit.key for visit in outcome.state.enrolments] == ["o-1"]


ORDERS = Reentry.every_time(at_most=2, key="order")


def order(name: str, at: str, number: object) -> object:
    fields = {"order": number}
    return happens(name, later(at), properties=fields, id=f"{name}-{at}-{number}")


def test_visits_of_several_keys_run_at_once_and_know_their_own_events():
    """J4."""
    paid = event("paid").since_entry().exists()
    eng = engine(staying(step("x", after("2h")), reentry=ORDERS, goal=paid))
    state = ContactState(person())
    outcome = eng.advance(
        state,
        order("go", "1h", "o-1"),
        order("go", "2h", 2),
        order("go", "3h", "o-3"),
        now=later("3h"),
    )
    assert refusals(outcome) == ["too_many"]
    [sent] = outcome.commands
    assert sent.touch.parameters == {"order": "o-1"}
    outcome = eng.advance(outcome.state, order("paid", "3h", 2), now=later("3h"))
    state = outcome.state
    assert [(e.key, e.ended_by) for e in state.enrolments] == [
        ("o-1", ""),
        ("2", "goal"),
    ]
    assert state.enrolment("j").key == "2"
    assert state.enrolment("j", key="o-1").step("x").status == "sent"
    assert state.enrolment("j", key="o-9") is None
    why = eng.why(state, journey="j", step="x", key="2", now=later("3h"))
    assert (why.decision, why.reason) == ("ended", "goal")
    outcome = eng.advance(state, order("go", "4h", "o-3"), now=later("4h"))
    assert outcome.state.enrolment("j", key="o-3").visit == 3


@pytest.mark.parametrize("names", ["jk", "kj"])
def test_keys_of_two_journeys_may_have_the_same_value(names):
    """J4: each asks for events by its own property."""
    paid = event("paid").since_entry().exists()
    tickets = Reentry.every_time(at_most=2, key="ticket")
    eng = engine(
        *(
            staying(
                step("x", after("9h")),
                name=name,
                reentry=ORDERS if name == "j" else tickets,
                goal=paid,
            )
            for name in names
        )
    )
    fields = {"order": "7", "ticket": "7"}
    go = happens("go", later("1h"), properties=fields)
    state = eng.advance(ContactState(person()), go, now=go.at).state
    other = happens("paid", later("2h"), properties={"order": "7", "ticket": "8"})
    state = eng.advance(state, other, now=other.at).state
    assert {e.journey: e.ended_by for e in state.enrolments} == {"j": "goal", "k": ""}


def test_the_same_key_is_the_same_visit_while_it_runs():
    """J4."""
    reentry = Reentry.every_time(at_most=2, key="order", repeated="refresh")
    eng = engine(staying(step("x", after("9h")), reentry=reentry))
    inputs = (order("go", "1h", 1), order("go", "2h", 2), order("go", "3h", 1))
    state = ContactState(person())
    for given in inputs:
        state = eng.advance(state, given, now=given.at).state
    found = {e.key: e.step("x").due_at for e in state.enrolments}
    assert found == {"1": later("12h"), "2": later("11h")}


def test_a_trigger_without_the_key_says_so():
    """J4."""
    eng = engine(staying(step("x"), reentry=ORDERS))
    assert refusals(eng.advance(ContactState(person()), happens("go"), now=START)) == [
        "no_key"
    ]
    outcome = eng.enrol(ContactState(person()), "j", key="o-7", now=START)
    assert outcome.state.enrolment("j").key == "o-7"


def test_ended_visits_of_keys_are_forgotten_with_the_horizon():
    """J4: a state stays small however many orders there are."""
    eng = engine(journey(step("x"), reentry=ORDERS), remember="3d")
    state = ContactState(person())
    for number in range(20):
        given = order("go", f"{number * 12}h", number)
        state = eng.advance(state, given, now=given.at).state
    assert [e.visit for e in state.enrolments] == [15, 16, 17, 18, 19, 20]


def test_every_time_without_a_key_counts_visits_alone():
    """J4."""
    eng = engine(staying(step("x", after("9h")), reentry=Reentry.every_time(at_most=2)))
    state = ContactState(person())
    for hours in ("1h", "2h", "3h"):
        outcome = eng.advance(state, happens("go", later(hours)), now=later(hours))
        state = outcome.state
    assert refusals(outcome) == ["too_many"]
    assert [e.visit for e in state.enrolments] == [1, 2]


@pytest.mark.parametrize(
    "make",
    [
        lambda: Reentry(again="once", key="order"),
        lambda: Reentry(again="after_exit", cooldown=after("1h").span, at_most=2),
        lambda: Reentry.every_time(at_most=0),
        lambda: Reentry.every_time(at_most=True),
        lambda: Reentry.every_time(at_most=2, repeated="restart"),
        lambda: Reentry.once(repeated="twice"),
    ],
)
def test_a_policy_that_means_nothing_is_refused(make):
    with pytest.raises(DefinitionError) as raised:
        make()
    assert raised.value.hint


def test_prop_and_key_do_not_get_in_each_other_s_way():
    """An audience sees the event itself."""
    eng = engine(staying(step("x"), reentry=ORDERS, audience=prop.order != "o-1"))
    outcome = eng.advance(
        ContactState(person()), order("go", "1h", "o-1"), now=later("1h")
    )
    assert refusals(outcome) == ["not_in_audience"]


# ── One person after all (K1) ────────────────────────────────────────────────


def of(number: int, *orders: object):
    """A contact with an order each, as another contact than the others."""
    state = ContactState(evolve(person(), id=f"c-{number}"))
    for hour, name in enumerate(orders, start=number):
        fields = {"order": name} if name else {}
        at = later(f"{hour}h")
        go = Event("go", f"c-{number}", at=at, properties=fields, id=f"{number}-{hour}")
        state = MANY.advance(state, go, now=at).state
    return state


MANY = engine(
    staying(step("x", after("9h")), reentry=ORDERS),
    staying(step("y", after("9h")), name="k", reentry=Reentry.every_time(at_most=9)),
)


def test_visits_of_several_keys_are_merged_key_by_key_and_taken_apart_again():
    """K1, J4: a third order at once would not have been let in."""
    older, newer = of(1, "a", "b"), of(2, "b", "c")
    made = MANY.merge(older, newer, now=later("5h"))
    found = [e for e in made.result.enrolments if e.journey == "j"]
    assert [e.key for e in found] == ["a", "b"]
    assert len({e.place for e in made.result.enrolments}) == len(made.result.enrolments)
    back, gone = MANY.unmerge(made.result, made, now=later("5h"))
    kept, before = ({e.place: e for e in s.enrolments} for s in (back, older))
    assert kept == before
    assert gone.enrolments == newer.enrolments
