"""What is odd raises and changes nothing, or is kept, sends nothing, and is told."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from attrs import evolve, frozen

import privflow as pf
from privflow.conditions import attr, event
from privflow.engine import ContactState, Engine, Plan
from privflow.errors import DefinitionError, DocumentError
from privflow.facts import Contact, Identity
from privflow.journeys import Journey, SOPStep, Stage, StepState, To
from privflow.rules import Emit, Rule
from privflow.timing import Instant, after
from privflow.touches import Message, QuietHours, Ruling, Touch, View
from strategies.story import START, begun, engine, happens, journey, later, person, step

NASTY = (
    "\u202e<script>alert(1)</script>",
    "{0} {share} %s %(x)s ${y}",
    "'; DROP TABLE contact; --",
    "a\nb\x1b[31m\x00",
    "\ud800",
    "步骤 › 阶段",
)


# ── A state from elsewhere ───────────────────────────────────────────────────


def test_a_step_that_the_stage_does_not_have_is_kept_and_told():
    """J6: nothing is sent, and why() promises nothing."""
    eng = engine(journey(step("x"), step("y", after("2h"))))
    state = begun(eng)
    visit = state.enrolments[0]
    steps = tuple(evolve(s, step=f"{s.step}?") for s in visit.steps)
    odd = evolve(visit, steps=steps)
    outcome = eng.advance(evolve(state, enrolments=(odd,)), now=later("3h"))
    [line] = outcome.journal
    assert (line.what, line.subject, line.reason) == ("unknown", "y?", "no_step")
    assert (outcome.commands, outcome.state.enrolments) == ((), (odd,))
    assert outcome.state.wake_at is None


def test_why_promises_nothing_of_a_stage_that_is_unknown():
    """E4."""
    eng = engine(journey(step("x"), step("y", after("2h"))))
    state = begun(eng)
    odd = evolve(state.enrolments[0], stage="nowhere")
    odd_state = evolve(state, enrolments=(odd,))
    why = eng.why(odd_state, journey="j", step="y", now=START)
    assert (why.decision, why.next_possible_at) == ("unknown", None)


def test_a_status_that_no_step_can_have_is_refused():
    """E5: by hand and in a document."""
    with pytest.raises(DefinitionError, match="'weird'"):
        StepState("x", due_at=START, status="weird")
    document = json.dumps(pf.dump(StepState("x", due_at=START, status="skipped")))
    with pytest.raises(DocumentError, match="weird"):
        pf.load(json.loads(document.replace("skipped", "weird")))


# ── Gates and conditions that go wrong ───────────────────────────────────────


@frozen
class Answering:
    """A gate of a user that answers with whatever it is given."""

    answer: object
    name: str = "own"

    def judge(self, touch: Touch, view: View, *, now: Instant) -> Ruling:
        del touch, view, now
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


@pytest.mark.parametrize("answer", [None, True, False, "allow", 0])
def test_a_gate_that_rules_nothing_is_refused_by_name(answer):
    eng = engine(journey(step("x")), gates=[Answering(answer)])
    state = ContactState(person())
    with pytest.raises(DefinitionError, match="gate 'own': ruled") as raised:
        eng.advance(state, happens("go"), now=START)
    assert "Allow()" in raised.value.hint


def test_what_a_gate_raises_comes_out_and_changes_nothing():
    eng = engine(journey(step("x")), gates=[Answering(ZeroDivisionError("boom"))])
    state = ContactState(person())
    before = pf.dump(state)
    with pytest.raises(ZeroDivisionError):
        eng.advance(state, happens("go"), now=START)
    assert pf.dump(state) == before


@pytest.mark.parametrize(
    "value", ["text", True, Decimal("NaN"), float("inf"), (), ("a",), START]
)
def test_no_value_of_the_contact_makes_a_condition_raise(value):
    """C3: it is unknown whether it holds, so the step is skipped, and says so."""
    odd = step("x", when=(attr.n > 3) & attr.n.between(1, 9) & (attr.n != 5))
    try:
        contact = person(attributes={"n": value})
    except DefinitionError:
        return  # refused where the contact is made
    outcome = engine(journey(odd)).advance(
        ContactState(contact), happens("go"), now=START
    )
    assert [entry.what for entry in outcome.journal][-2:] in (
        ["skipped", "ended"],
        ["sent", "ended"],
    )


# ── Circles ──────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "way", [To("a", after="0s"), To("a", when=event("go").since_entry().at_least(0))]
)
def test_a_stage_that_leads_to_itself_at_once_is_stayed_in(way):
    """J1: and the steps of it are due once."""
    eng = engine(journey(stages=[Stage("a", steps=[step("x")], then=[way])]))
    outcome = eng.advance(ContactState(person()), happens("go"), now=START)
    assert [command.touch.step for command in outcome.commands] == ["x"]
    assert ("stayed", "loop") in [(e.what, e.reason) for e in outcome.journal]
    assert outcome.state.enrolment("j").stage_visit == 1


def test_a_cascade_without_an_end_is_cut_off_and_told():
    """R1."""
    rules = [
        Rule(
            f"r{n}",
            on=event(f"e{n}"),
            do=[Emit(f"e{(n + 1) % 300}"), Emit(f"e{(n + 7) % 300}")],
        )
        for n in range(300)
    ]
    eng = Engine(Plan(rules=rules))
    outcome = eng.advance(ContactState(person()), happens("e0"), now=START)
    told = [(entry.what, entry.reason) for entry in outcome.journal]
    assert sum(what == "emitted" for what, _ in told) == 100
    assert ("not_emitted", "too_many") in told


# ── Many inputs, hostile text ────────────────────────────────────────────────


def test_an_input_of_many_copies_no_more_than_the_first_ones():
    """Linear: ten thousand inputs leave ten thousand rows and one line for each."""
    eng = engine(journey(step("x"), step("y", after("2h"))))
    many = [happens("tick", Instant(START.us + n), id=f"e{n}") for n in range(10_000)]
    outcome = eng.advance(begun(eng), *reversed(many), now=later("1h"))
    assert len(outcome.state.timeline) == 10_001
    assert len(outcome.journal) == 10_000
    again = eng.advance(outcome.state, *many, now=later("1h"))
    assert {entry.what for entry in again.journal} == {"repeated"}
    assert len(again.state.timeline) == 10_001


@pytest.mark.parametrize("text", NASTY)
def test_hostile_names_of_journeys_and_messages_are_only_names(text):
    """Not a word of them is executed, rendered as markup, or lost."""
    say = SOPStep(text, after("0s"), Message(text, kind="service"), via=["sms"])
    stage = Stage(text, steps=[say], then=[To(f"{text}.", after="9d")])
    ones = Journey(text, enter_on=event(text), stages=[stage, Stage(f"{text}.")])
    eng = Engine(Plan(journeys=[ones], gates=[QuietHours("08:00", "20:00")]))
    state = ContactState(Contact("c-1", identities=[Identity("phone", "1")]))
    at = pf.instant("2026-10-20T09:00Z")
    told = happens(text, at, properties={text: text}, id=text)
    outcome = eng.advance(state, told, now=at)
    for language in ("en", "zh"):
        why = eng.why(outcome.state, journey=text, step=text, now=at, language=language)
        assert text in why.headline
        assert "<script" not in format(why, "html")
    assert "<script" not in ones._repr_html_()
    assert text in str(outcome.journal[0])
    again = pf.load(json.loads(json.dumps(pf.dump(outcome.state))))
    assert again == outcome.state
    sent = eng.advance(again, now=pf.instant("2026-10-20T20:00Z"))
    assert [command.touch.message for command in sent.commands] == [text]
