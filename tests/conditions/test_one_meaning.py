"""Compiled, judged and reference give one answer (C6), and logic is Kleene's (C1)."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from conditions.strategies import HOUR, Case, Person, cases, clauses, conditions
from privflow.conditions import Condition, Scope, Truth, event
from privflow.conditions.change import judged
from privflow.conditions.reference import truth_of
from privflow.facts import Contact, Event, Timeline
from privflow.timing import Instant


def truth(condition: Condition, case: Case) -> Truth:
    return truth_of(condition.node, case.facts)


def check_one_meaning(condition: Condition, case: Case) -> None:
    meant = truth(condition, case)
    assert judged(condition.node, case.facts)[0] is meant
    quick = condition.judgement(case.person, case.now, case.scope)
    assert quick == judged(condition.node, case.facts)
    given_facts = (case.person, case.now, case.scope)
    assert condition.judgement(*given_facts)[0] is meant
    assert condition.holds(*given_facts) is (meant is Truth.YES)
    assert (~condition).holds(*given_facts) is (meant is Truth.NO)


@given(clauses, cases)
@settings(max_examples=800)
def test_a_clause_has_one_meaning(condition, case):
    """C6."""
    check_one_meaning(condition, case)


@given(conditions, cases)
@settings(max_examples=400)
def test_a_condition_has_one_meaning(condition, case):
    """C6."""
    check_one_meaning(condition, case)


@given(
    st.lists(clauses, min_size=1, max_size=3),
    cases,
    st.lists(st.integers(-72, 72), min_size=2, max_size=6),
)
@settings(max_examples=300)
def test_what_was_asked_before_changes_no_answer(asked, case, hours):
    """C6: whatever is kept between questions, at whatever instants they were asked."""
    for step in hours:
        now = Instant(case.now.us + step * HOUR // 2)
        for condition in asked:
            check_one_meaning(condition, Case(case.person, now, case.scope))


@given(st.lists(st.integers(-99, 0), max_size=9), st.lists(st.integers(-60, 60)))
def test_two_windows_of_one_event_do_not_take_each_other_s_answers(ages, hours):
    """C6: a series keeps an answer for each question, and the last one at hand."""
    events = [
        Event(
            "order", "c", at=Instant(age * HOUR), properties={"paid": -age}, id=f"{age}"
        )
        for age in ages
    ]
    person = Person(Contact("c"), Timeline(events))
    day = event("order").within("1d").sum("paid")
    asked = [day >= 40, event("order").within("3d").sum("paid") >= 90, day < 20]
    for step in hours:
        case = Case(person, Instant(step * HOUR // 2), Scope())
        for condition in (*asked, asked[0] & asked[1], asked[1] & asked[2]):
            check_one_meaning(condition, case)


@given(conditions, cases)
def test_the_scope_can_be_left_out_of_the_compiled_form(condition, case):
    nowhere = Case(case.person, case.now, type(case.scope)())
    expected = truth(condition, nowhere) is Truth.YES
    assert condition.holds(case.person, case.now) is expected


@given(conditions, conditions, cases)
def test_logic_obeys_the_laws_of_kleene(a, b, case):
    """C1."""
    assert truth(~~a, case) is truth(a, case)
    assert truth(~(a & b), case) is truth(~a | ~b, case)
    assert truth(~(a | b), case) is truth(~a & ~b, case)
    assert truth(a & b, case) is truth(b & a, case)
    assert truth(a | b, case) is truth(b | a, case)
    if truth(a, case) is Truth.UNKNOWN:
        assert truth(~a, case) is truth(a | ~a, case) is Truth.UNKNOWN


@given(conditions, conditions, conditions, cases)
def test_parentheses_do_not_matter_within_one_operator(a, b, c, case):
    assert truth((a & b) & c, case) is truth(a & (b & c), case)
    assert ((a | b) | c).same_as(a | (b | c))
    assert truth(a & (b | c), case) is truth((a & b) | (a & c), case)
