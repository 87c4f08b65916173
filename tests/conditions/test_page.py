"""The page of conditions has a line for every word, and the line is right (C4)."""

from __future__ import annotations

import re
from datetime import date
from inspect import isfunction
from pathlib import Path
from typing import Final, get_args

import pytest

from conditions.strategies import TIER, Person
from privflow.conditions import (
    Condition,
    Events,
    Facts,
    Operand,
    Scope,
    attr,
    event,
    in_journey,
    in_stage,
    member,
    parse,
    resolved,
    tag,
)
from privflow.conditions.operator import OPERATORS
from privflow.conditions.operator import tested as outcome
from privflow.conditions.reference import term_value, truth_of
from privflow.conditions.tag_operand import TagOperand
from privflow.conditions.term import LocalPart
from privflow.errors import ConditionError
from privflow.facts import Contact, Event, Timeline, is_number
from privflow.timing import instant

PAGE: Final = (Path(__file__).parents[2] / "docs" / "conditions.md").read_text("utf-8")
NOW: Final = instant("2026-10-20T01:30Z")
DAY: Final = date(2026, 10, 20)
WORD: Final = re.compile(r"\| `\.?([\w.]+|[=!<>]+)[^`]*` \|")
SECTIONS: Final = {
    section.partition("\n")[0].partition(",")[0]: {
        found[1]: [cell.strip() for cell in line.strip("|").split("|")]
        for line in section.splitlines()
        if (found := WORD.match(line))
    }
    for section in PAGE.split("\n## ")
}
VALUES: Final = SECTIONS["Attributes and properties"]
TAGS: Final = SECTIONS["Tags"]
EVENTS: Final = SECTIONS["Events"]
PLACES: Final = SECTIONS["Journeys"]
LOGIC: Final = SECTIONS["Joining"]
EXAMPLES: Final = "\n".join(re.findall(r"^(?:>>>|\.\.\.) (.*)$", PAGE, re.MULTILINE))


def methods_of(kind: type) -> set[str]:
    """The words that can be written behind a dot."""
    return {
        name
        for name, value in vars(kind).items()
        if isfunction(value) and not name.startswith("_")
    }


def as_written(word: str) -> str:
    """The word with what surrounds it: ` == `, `now.hour`, `.length(`."""
    if word in PARTS:
        return word
    if word in FUNCTIONS:
        return f"{word}("
    return f".{word}(" if word.isidentifier() else f" {word} "


FUNCTIONS: Final = {"bucket", "in_journey", "in_stage", "member"}
PARTS: Final = {f"now.{part}" for part in get_args(LocalPart)}
WRITTEN: Final = [
    *((VALUES, word) for word in sorted(methods_of(Operand) | OPERATORS.keys())),
    *((TAGS, word) for word in sorted(methods_of(TagOperand))),
    *((EVENTS, word) for word in sorted(methods_of(Events))),
    *((PLACES, word) for word in sorted(FUNCTIONS | PARTS)),
    (LOGIC, "surely"),
]


@pytest.mark.parametrize(("rows", "word"), WRITTEN, ids=[word for _, word in WRITTEN])
def test_every_word_has_a_line_and_an_example_that_runs(rows, word):
    """C4: what stands behind `>>>` is run by the tests of the documents."""
    _, meaning, *_ = rows[word]
    assert meaning
    assert as_written(word) in EXAMPLES


OWNERS: Final = {Operand: "attr.a", TagOperand: "tag('t')", Events: "event('b')"}


@pytest.mark.parametrize("kind", OWNERS)
def test_every_word_can_be_read_from_text(kind):
    """C5: what has no arguments here is another problem than being unknown."""
    for word in methods_of(kind):
        with pytest.raises(ConditionError) as caught:
            assert parse(f"{OWNERS[kind]}.{word}(1, 2, 3, 4)")
        assert "unknown" not in caught.value.message


ARGUMENTS: Final = {
    **dict.fromkeys(["==", "!=", "<", "<=", ">", ">="], "b"),
    **dict.fromkeys(["contains", "starts_with", "ends_with", "matches"], "b"),
    **dict.fromkeys(["is_in", "contains_any", "contains_all"], ("b",)),
    **dict.fromkeys(["before", "after"], DAY),
    "between": ("a", "b"),
}


@pytest.mark.parametrize("name", OPERATORS)
def test_an_operator_says_what_its_line_says(name: str) -> None:
    """C3: of what is missing, of another type, or empty."""
    argument = ARGUMENTS[name]
    found = [str(outcome(name, value, argument)) for value in (None, 5, "")]
    assert found == VALUES[name][2:5]
    if name.startswith("contains"):
        assert str(outcome(name, (), argument)) == VALUES[name][4]


def person(events: list[Event] | None = None, **attributes: object) -> Person:
    return Person(Contact("c", attributes=attributes), Timeline(events or ()))


def said(asked: Condition | Operand, who: Person) -> str:
    """A truth, or a number, or UNKNOWN where it cannot be compared with one."""
    facts = Facts(who, NOW.us, Scope())
    if isinstance(asked, Condition):
        return str(truth_of(asked.node, facts))
    value = term_value(asked.term, facts)
    return str(value) if is_number(value) else "UNKNOWN"


@pytest.mark.parametrize(
    ("word", "asked"),
    [
        ("anniversary_within", attr.x.anniversary_within("7d")),
        ("is_missing", attr.x.is_missing()),
        ("length", attr.x.length()),
        ("age", attr.x.age()),
        ("days_to_anniversary", attr.x.days_to_anniversary()),
    ],
)
def test_what_is_made_of_a_value_is_as_its_line_says(word, asked):
    """C3."""
    people = [person(), person(x=5), person(x="")]
    assert [said(asked, who) for who in people] == VALUES[word][2:5]


def buyer(**properties: object) -> Person:
    return person([Event("buy", "c", at=NOW, properties=properties)])


BUY: Final = event("buy")
OF_EVENTS: Final = {
    "exists": BUY.exists(),
    "at_least": BUY.at_least(1),
    "count": BUY.count(),
    "days_with": BUY.days_with(),
    "then": BUY.then(event("reply"), within="3d"),
    "not_followed_by": BUY.not_followed_by(event("reply"), within="3d"),
    **{
        what: getattr(BUY, what)("p")
        for what in ("sum", "mean", "min", "max", "distinct", "first", "last")
    },
}
NARROWING: Final = {"where", "within", "in_", "between", "since_entry", "since_stage"}


@pytest.mark.parametrize("word", sorted(methods_of(Events) - NARROWING))
def test_what_is_asked_of_events_is_as_its_line_says(word):
    """C2, C3."""
    people = [person(), buyer(), buyer(p="text")]
    cells = [cell for cell in EVENTS[word][2:5] if cell]
    asked = OF_EVENTS[word]
    assert cells == [said(asked, who) for who in people[: len(cells)]]
    assert cells


OF_TAGS: Final = {
    "has": tag(TIER).has("mid"),
    "any_of": tag(TIER).any_of(["mid"]),
    "none_of": tag(TIER).none_of(["mid"]),
    "at_least": tag(TIER).at_least("mid"),
    "at_most": tag(TIER).at_most("mid"),
    "held_for": tag(TIER).held_for("mid", "1d"),
    "held_since": tag(TIER).held_since("mid", NOW),
    "had_within": tag(TIER).had_within("mid", "1d"),
    "ever": tag(TIER).ever("mid"),
}
OF_PLACES: Final = {
    "in_journey": in_journey("welcome"),
    "in_stage": in_stage("welcome", "first"),
    "member": Condition(resolved(member("vip").node, {"vip": (attr.level > 3).node})),
}


@pytest.mark.parametrize("word", sorted(methods_of(TagOperand)))
def test_who_has_no_tag_is_judged_as_the_line_says(word):
    """C2."""
    assert said(OF_TAGS[word], person()) == TAGS[word][2]


@pytest.mark.parametrize("word", sorted(OF_PLACES))
def test_who_is_in_nothing_is_judged_as_the_line_says(word):
    """C2."""
    assert said(OF_PLACES[word], person()) == PLACES[word][2]
