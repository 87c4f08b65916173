"""An explanation says what the verdict says, of any condition (C7)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from hypothesis import given, settings

from conditions.strategies import (
    Case,
    Person,
    about,
    cases,
    clauses,
    conditions,
    counted,
    evenly,
)
from privflow.conditions import (
    Attribute,
    Condition,
    Facts,
    Measure,
    Truth,
    attr,
    clauses_of,
    event,
)
from privflow.conditions.reference import term_value, truth_of
from privflow.display import Tree
from privflow.facts import Event
from privflow.timing import Instant

TRUTHS = {str(truth) for truth in Truth}


def leaves(tree: Tree) -> Iterator[Tree]:
    """The labels without anything below, which are the clauses."""
    if not tree.children:
        yield tree
    for child in tree.children:
        yield from leaves(child)


@given(evenly(clauses, conditions), cases)
@settings(max_examples=100)
def test_every_condition_is_explained_in_both_languages(
    condition: Condition, case: Case
) -> None:
    """C7: the verdict and both explanations agree."""
    person, now, scope = case.person, case.now, case.scope
    verdict = condition.judge(person, now=now, scope=scope)
    for language in ("en", "zh"):
        found = condition.explain(person, now=now, scope=scope, language=language)
        assert found.value is verdict.value is truth_of(condition.node, case.facts)
        assert found.stable_until == verdict.stable_until
        assert found.tree.mark == str(verdict.value)
        assert len([*leaves(found.tree)]) == len([*clauses_of(condition.node)])
        assert {leaf.mark for leaf in leaves(found.tree)} <= TRUTHS
        for spec in ("text", "md", "html"):
            assert format(found, spec).encode()


@given(conditions, cases)
@settings(max_examples=100)
def test_every_verdict_has_its_reasons_in_both_languages(
    condition: Condition, case: Case
) -> None:
    """C7: as many, with the same truths."""
    person, now, scope = case.person, case.now, case.scope
    english, chinese = (
        condition.judge(person, now=now, scope=scope, language=language).reasons
        for language in ("en", "zh")
    )
    assert english
    marks = [line.partition(":")[0] for line in english]
    assert marks == [line.partition(":")[0] for line in chinese]
    assert set(marks) <= TRUTHS


BY_EVENT = re.compile(r"; (?:one|(\d+) more) (\w+) would ")
BY_AMOUNT = re.compile(r"; (\d+) (more|less) would ")
MOST_EVENTS = 50  # thresholds go up to 10**20, and nobody lives through so many


def changed(condition: Condition, case: Case, text: str) -> Person | None:
    """The person as the explanation says would do; None where it names no amount."""
    person, at = case.person, case.now
    term = getattr(condition.node, "term", None)
    if found := BY_EVENT.search(text):
        count = int(found[1] or 1)
        if count > MOST_EVENTS:
            return None
        rows = [Event(found[2], "c", at=at, id=f"~{i}") for i in range(count)]
        return Person(person.contact, person.timeline.observing(rows))
    if not (found := BY_AMOUNT.search(text)):
        return None
    amount = int(found[1]) * (1 if found[2] == "more" else -1)
    if isinstance(term, Measure) and term.of.where is None:
        row = Event(
            term.of.name, "c", at=at, id="~", properties={term.property: amount}
        )
        return Person(person.contact, person.timeline.observing([row]))
    if isinstance(term, Attribute):
        value = term_value(term, case.facts) + amount
        return Person(
            person.contact.with_attributes({term.name: value}), person.timeline
        )
    return None


@given(evenly(counted, counted, about(attr)), cases)
@settings(max_examples=500)
def test_the_smallest_change_does_what_it_says(
    condition: Condition, case: Case
) -> None:
    """C7: the truth is another one after it, at the same instant."""
    text = str(condition.explain(case.person, now=case.now, scope=case.scope))
    other = changed(condition, case, text)
    if other is not None:
        facts = Facts(other, case.now.us, case.scope)
        assert truth_of(condition.node, facts) is not truth_of(
            condition.node, case.facts
        )


def test_a_count_is_whole_so_no_amount_leads_it_to_a_half(
    someone: tuple[Person, Instant],
) -> None:
    """C7: the smallest change is one that would do."""
    person, now = someone
    count = event("buy").count()
    for condition in (count == 2, count.between(0.5, 1), count >= 0.5):
        assert "more buy would do" in str(condition.explain(person, now=now))
    for condition in (count == 0.5, count.between(0.2, 0.8)):
        assert "more buy" not in str(condition.explain(person, now=now))
