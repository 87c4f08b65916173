"""What steps count from (T5)."""

from __future__ import annotations

from datetime import date

import pytest
from attrs import evolve

from privflow.conditions import attr, event, prop
from privflow.engine import ContactState
from privflow.errors import DefinitionError
from privflow.facts import Relation, TagGroup
from privflow.journeys import (
    DateOf,
    JourneyEntry,
    Occurrence,
    RelationBegun,
    Stage,
    TagAdded,
    To,
    latest,
)
from privflow.rules import AddTag, Rule, SetAttribute
from privflow.timing import after, day, instant, weekly
from strategies.story import START, begun, engine, happens, journey, later, person, step

TIER = TagGroup("tier", ["low", "high"])


def due(state: ContactState, name: str = "x"):
    found = state.enrolment("j").step(name)
    return found.status, found.due_at, found.reason


def waiting_for(since: object, schedule: object = None, **rest: object):
    """An engine with one step that counts from something, in a stage that stays."""
    one = step("x", schedule or after("2h"), since=since)
    stage = Stage("only", steps=[one], then=[To("end", after="300d")])
    return engine(journey(stages=[stage, Stage("end")]), **rest)


@pytest.mark.parametrize(
    ("since", "anchor", "text"),
    [
        ("stage", None, "None"),
        ("journey", JourneyEntry(), "the entry into the journey"),
        ("relation", RelationBegun(), "the beginning of the relation"),
        ("group", Occurrence(event("group_joined")), "the first event('group_joined')"),
        (TIER["high"], TagAdded(TIER["high"]), "the tag tier:high"),
        (attr.birthday, DateOf("birthday"), "the date birthday"),
        (event("buy"), Occurrence(event("buy")), "the first event('buy')"),
        (latest(event("buy")), latest(event("buy")), "the latest event('buy')"),
    ],
)
def test_an_anchor_is_written_in_the_words_of_conditions(since, anchor, text):
    """T5."""
    found = step("x", since=since).since
    assert (found, str(found)) == (anchor, text)


@pytest.mark.parametrize(
    "given", ["entry", prop.amount, event("buy").within("7d"), Occurrence, 7]
)
def test_what_nothing_counts_from_is_refused(given):
    with pytest.raises(DefinitionError) as raised:
        step("x", since=given)
    assert raised.value.hint


def test_the_latest_or_the_first_and_nothing_between():
    with pytest.raises(DefinitionError, match="got 'second'"):
        Occurrence(event("buy"), pick="second")


def test_a_step_of_a_later_stage_may_count_from_the_entry_into_the_journey():
    """T5."""
    first = Stage("a", then=[To("b", after="1h")])
    second = Stage("b", steps=[step("x", after("3h"), since="journey")])
    eng = engine(journey(stages=[first, second]))
    state = eng.advance(begun(eng), now=later("1h")).state
    assert due(state) == ("waiting", later("3h"), "")


def test_from_the_relation_to_whoever_follows_the_contact_last():
    """T5."""
    contact = person().related(Relation(staff="li", since=later("1h")))
    eng = waiting_for("relation")
    go = happens("go", later("1h"))
    state = eng.advance(ContactState(contact), go, now=later("1h")).state
    assert due(state)[1] == later("3h")
    assert due(begun(eng)) == ("skipped", None, "passed")


def test_a_step_waits_for_what_has_not_happened_yet():
    """T5: judged when it comes."""
    eng = waiting_for(event("buy").where(prop.amount > 10))
    state = begun(eng)
    assert due(state) == ("waiting", None, "no_anchor")
    at = later("1h")
    state = eng.advance(
        state, happens("buy", at, properties={"amount": 5}), now=at
    ).state
    assert due(state) == ("waiting", None, "no_anchor")
    at = later("2h")
    outcome = eng.advance(state, happens("buy", at, properties={"amount": 50}), now=at)
    assert due(outcome.state) == ("waiting", later("4h"), "")
    assert outcome.state.wake_at == later("4h")
    assert [e.what for e in outcome.journal] == ["received", "timed"]
    at = later("3h")
    more = happens("buy", at, properties={"amount": 50}, id="again")
    state = eng.advance(outcome.state, more, now=at).state
    assert due(state) == ("waiting", later("4h"), "")
    outcome = eng.advance(state, now=later("4h"))
    assert [command.touch.step for command in outcome.commands] == ["x"]


def test_the_event_that_started_the_journey_is_its_first():
    """T5."""
    assert due(begun(waiting_for(event("go")))) == ("waiting", later("2h"), "")


def test_the_latest_event_moves_the_step_until_it_is_decided():
    """T5."""
    eng = waiting_for(latest(event("buy")), after("1d"))
    state = ContactState(person()).observing([
        happens("buy", instant("2026-10-01T00:00Z"))
    ])
    state = eng.advance(state, happens("go"), now=START).state
    assert due(state) == ("waiting", None, "passed")
    for hours in ("1h", "5h"):
        at = later(hours)
        state = eng.advance(state, happens("buy", at, id=hours), now=at).state
        assert due(state)[1] == at + after("1d").span
    state = eng.advance(state, now=later("29h")).state
    at = later("30h")
    state = eng.advance(state, happens("buy", at, id="late"), now=at).state
    assert due(state)[:2] == ("sent", later("29h"))


def test_a_tag_that_a_rule_gives_is_an_anchor_at_once():
    """T5."""
    tags = Rule("r", on=event("say"), do=[AddTag(TIER["high"])])
    eng = waiting_for(TIER["high"], rules=[tags])
    state = begun(eng)
    at = later("1h")
    state = eng.advance(state, happens("say", at), now=at).state
    assert due(state)[1] == later("3h")


def test_a_date_of_the_contact_is_the_midnight_it_begins_with_and_may_move():
    """T5: the trial is extended, and the reminder with it."""
    to = Rule("r", on=event("extended"), do=[SetAttribute("ends", date(2026, 11, 9))])
    contact = person(attributes={"ends": date(2026, 10, 25)}, timezone="Asia/Shanghai")
    eng = waiting_for(attr.ends, day(1, "10:00"), rules=[to])
    state = begun(eng, contact)
    assert due(state)[1] == instant("2026-10-26T10:00+08:00")
    at = later("1h")
    state = eng.advance(state, happens("extended", at), now=at).state
    assert due(state)[1] == instant("2026-11-10T10:00+08:00")
    moved = state.knowing(contact.with_attributes({"ends": later("3h")}))
    state = eng.advance(moved, now=at).state
    assert due(state)[1] == instant("2026-10-21T10:00+08:00")
    gone = state.knowing(contact.with_attributes({"ends": "soon"}))
    state = eng.advance(gone, now=at).state
    assert due(state) == ("waiting", None, "no_anchor")


def test_what_recurs_begins_with_the_first_occurrence_in_the_stage():
    """T5."""
    contact = person(attributes={"since": date(2020, 1, 1)}, timezone="Asia/Shanghai")
    eng = waiting_for(attr.since, weekly("fri", "20:00"))
    state = begun(eng, contact)
    assert due(state)[1] == instant("2026-10-23T20:00+08:00")
    state = eng.advance(state, now=state.wake_at).state
    again = state.enrolment("j").steps[0]
    assert (again.occurrence, again.due_at) == (2, instant("2026-10-30T20:00+08:00"))


def test_why_says_what_a_step_waits_for():
    """E4."""
    eng = waiting_for(event("buy"))
    why = eng.why(begun(eng), journey="j", step="x", now=START)
    assert (why.decision, why.next_possible_at) == ("waiting", None)
    assert str(why) == "j › x is not due yet: what it counts from has not come"


def test_a_deferred_step_is_timed_anew_when_its_anchor_moves():
    from privflow.touches import QuietHours  # noqa: PLC0415

    eng = waiting_for(latest(event("go")), gates=[QuietHours("10:30", "15:00")])
    state = eng.advance(begun(eng), now=later("2h")).state
    assert due(state)[0] == "deferred"
    at = later("3h")
    state = eng.advance(state, happens("go", at), now=at).state
    assert due(state) == ("waiting", later("5h"), "")


@pytest.mark.parametrize(
    ("since", "known"),
    [
        (TIER["high"], lambda c: c.tagged(TIER["high"], at=later("2d"))),
        ("relation", lambda c: c.related(Relation(staff="li", since=later("2d")))),
    ],
)
def test_what_is_known_to_begin_later_is_counted_from_then(since, known):
    """T5, E6: the contact is woken for it, although nothing happens then."""
    eng = waiting_for(since)
    state = begun(eng, known(evolve(person(), relations=())))
    assert due(state) == ("waiting", None, "no_anchor")
    assert state.wake_at == later("2d")
    state = eng.advance(state, now=later("2d")).state
    assert due(state)[:2] == ("waiting", later("2d2h"))


def test_a_relation_that_is_known_to_end_moves_what_counts_from_it():
    """T5, E6."""
    ends = Relation(staff="li", since=later("0s"), until=later("1h"))
    eng = waiting_for("relation", after("3h"))
    state = begun(eng, person().related(ends))
    assert due(state)[1] == later("3h")
    assert state.wake_at == later("1h")
    state = eng.advance(state, now=later("1h")).state
    assert due(state) == ("skipped", None, "passed")


def test_an_event_that_is_on_record_for_later_is_counted_from_then():
    """T5, E6."""
    eng = waiting_for(event("buy"))
    state = ContactState(person()).observing([happens("buy", later("2d"))])
    state = eng.advance(state, happens("go"), now=START).state
    assert state.wake_at == later("2d")
    state = eng.advance(state, now=later("2d")).state
    assert due(state)[:2] == ("waiting", later("2d2h"))
