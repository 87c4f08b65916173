"""An explanation says what the verdict says, of any condition (C7)."""

from __future__ import annotations

import re
from ast import literal_eval
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from operator import eq, ge, gt, le, lt, ne

from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from conditions.strategies import (
    Case,
    Person,
    about,
    cases,
    clauses,
    conditions,
    counted,
    evenly,
    held,
    tagged,
)
from privflow.conditions import (
    Condition,
    Facts,
    Scope,
    Truth,
    attr,
    clauses_of,
    event,
    prop,
)
from privflow.conditions.reference import truth_of
from privflow.conditions.sentence import sentence
from privflow.display import Tree
from privflow.engine import ContactState
from privflow.facts import Contact, Event, Tag, TagFact, Tags
from privflow.timing import Instant, instant, span

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
BY_AMOUNT = re.compile(r"; (more than )?(\d+|anything) (more|less) would ")
MOST_EVENTS = 50  # thresholds go up to 10**20, and nobody lives through so many


def changed(case: Case, text: str) -> Person | None:
    """The person after as many events as the explanation says, if it names some."""
    found = BY_EVENT.search(text)
    count = int(found[1] or 1) if found else MOST_EVENTS + 1
    if found is None or count > MOST_EVENTS:
        return None
    rows = [Event(found[2], "c", at=case.now, id=f"~{i}") for i in range(count)]
    return Person(case.person.contact, case.person.timeline.observing(rows))


@given(counted, cases)
@settings(max_examples=300)
def test_as_many_events_as_it_names_change_the_truth(
    condition: Condition, case: Case
) -> None:
    """C7: the truth is another one after it, at the same instant."""
    text = str(condition.explain(case.person, now=case.now, scope=case.scope))
    other = changed(case, text)
    if other is not None:
        facts = Facts(other, case.now.us, case.scope)
        assert truth_of(condition.node, facts) is not truth_of(
            condition.node, case.facts
        )


NUMBERS = st.integers(-9, 9)
COMPARED = st.sampled_from([ge, gt, le, lt, eq, ne])


@given(COMPARED, NUMBERS, NUMBERS, st.sampled_from(["attribute", "sum"]))
@settings(max_examples=300)
def test_no_smaller_amount_than_it_names_changes_the_truth(
    compare: Callable[[object, int], Condition], known: int, bound: int, what: str
) -> None:
    """C7: of an attribute, or of a sum, of which events alone make more."""
    now, is_sum = instant("2026-10-20T09:30+08:00"), what == "sum"
    asked = compare(event("buy").sum("n") if is_sum else attr.n, bound)

    def someone(number: int) -> ContactState:
        if not is_sum:
            return ContactState(Contact("c", attributes={"n": number}))
        bought = Event("buy", "c", at=now, properties={"n": number})
        return ContactState(Contact("c")).observing([bought])

    def truth(number: int) -> Truth:
        return asked.judge(someone(number), now=now).value

    found = BY_AMOUNT.search(str(asked.explain(someone(known), now=now)))
    if found is None:
        stays = {truth(number) for number in range(known, 11)} == {truth(known)}
        assert (is_sum and stays) or (known == bound and compare in {eq, ne})
        return
    step = 1 if found[3] == "more" else -1
    least = 0 if found[2] == "anything" else int(found[2])
    is_over = bool(found[1]) or found[2] == "anything"
    end = known + step * (least + is_over)
    assert truth(end) is not truth(known)
    assert {truth(number) for number in range(known, end, step)} == {truth(known)}


BY_TAG = re.compile(r"; (the tag|losing the tag) (\w+):([\w ]+?) would ")
BY_VALUE = re.compile(r"; ('\w+'|True|False) as (\w+) would ")
BY_TIME = re.compile(r"; (\S+) (earlier|later) would ")
FORGOTTEN = re.compile(r"; forgetting (\w+) would ")


def otherwise(case: Case, condition: Condition, text: str) -> Iterator[Contact]:
    """The contact after each of the changes that an explanation offers."""
    contact, now = case.person.contact, case.now
    for how, group, told in BY_TAG.findall(text):
        labels = re.split(" or | and ", told)
        if how == "the tag":
            for label in labels:
                gained = TagFact(tag=Tag(group, label), since=now)
                yield evolve(contact, tags=Tags((*contact.tags.history, gained)))
        else:
            history = contact.tags.history
            lost = [
                evolve(fact, until=now)
                if (fact.tag.group, fact.tag.label) in {(group, one) for one in labels}
                and fact.holds(now=now)
                else fact
                for fact in history
            ]
            yield evolve(contact, tags=Tags(tuple(lost)))
    for value, name in BY_VALUE.findall(text):
        yield contact.with_attributes({name: literal_eval(value)})
    for name in FORGOTTEN.findall(text):
        yield contact.with_attributes({name: None})
    for length, way in BY_TIME.findall(text):
        (name,) = condition.reads.attributes
        yield contact.with_attributes({name: moved(contact, name, length, way)})


def moved(contact: Contact, name: str, length: str, way: str) -> object:
    """A date or instant so much earlier or later."""
    # From one end of time to the other is more than `span` reads.
    pieces = re.findall(r"([0-9]+)([a-z]+)", length)
    us = sum(int(count) * span(f"1{unit}").us for count, unit in pieces)
    us = us if way == "later" else -us
    known = contact.attributes[name]
    if isinstance(known, Instant):
        return Instant(known.us + us)
    assert isinstance(known, date)
    return known + timedelta(microseconds=us)


@given(evenly(tagged, held(), about(attr)), cases)
@settings(max_examples=400)
def test_the_tag_the_value_or_the_time_that_it_names_changes_the_truth(
    condition: Condition, case: Case
) -> None:
    """C7: the truth is another one after it, at the same instant."""
    text = str(condition.explain(case.person, now=case.now, scope=case.scope))
    for contact in otherwise(case, condition, text):
        other = Person(contact, case.person.timeline)
        facts = Facts(other, case.now.us, case.scope)
        before = truth_of(condition.node, case.facts)
        assert truth_of(condition.node, facts) is not before


EXTREMES = st.sampled_from(["min", "max", "first", "last"])
BY_EVENT_WITH = re.compile(r"; one buy whose (n .+?) would ")


def bought(numbers: list[int], now: Instant) -> ContactState:
    """Someone who bought at one instant, in this order."""
    events = [
        Event("buy", "c", at=now, properties={"n": number}, id=f"{place}")
        for place, number in enumerate(numbers)
    ]
    return ContactState(Contact("c")).observing(events)


@given(EXTREMES, COMPARED, NUMBERS, st.lists(NUMBERS, max_size=3))
@settings(max_examples=300)
def test_one_event_such_as_it_names_changes_the_truth(
    what: str, compare: Callable[[object, int], Condition], bound: int, known: list[int]
) -> None:
    """C7: of a smallest, largest, first or last value; if it names none, none does."""
    now = instant("2026-10-20T09:30+08:00")
    asked = compare(getattr(event("buy"), what)("n"), bound)

    def truth(numbers: list[int]) -> Truth:
        return truth_of(asked.node, Facts(bought(numbers, now), now.us, Scope()))

    before, near = truth(known), range(bound - 2, bound + 3)
    flipping = {n for n in near if truth([*known, n]) is not before}
    text = str(asked.explain(bought(known, now), now=now))
    found = BY_EVENT_WITH.search(text)
    if found is None:
        assert not flipping
        assert "may change" not in text
        return
    words = {sentence(one(attr.n, bound).node): one for one in (ge, gt, le, lt, eq, ne)}
    named = {n for n in near if words[found[1]](n, bound)}
    assert named
    assert named <= flipping


def test_no_event_is_named_that_is_none_of_those_meant(
    someone: tuple[Person, Instant],
) -> None:
    """C7: what the clause says of its events may speak against it."""
    person, now = someone
    of_shop = event("buy").where(prop.shop == "a").max("n") >= 9
    assert "; one such buy whose n is at least 9 would" in str(
        of_shop.explain(person, now=now)
    )
    cheap = event("buy").where(prop.n < 5).max("n") >= 9
    assert "one such buy" not in str(cheap.explain(person, now=now))


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
