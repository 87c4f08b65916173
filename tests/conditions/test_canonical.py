"""What other programs write as a document reads back from its text, too (C5)."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conditions.strategies import conditions
from privflow.conditions import And, Condition, Not, Or, Surely, canonical, parse
from privflow.documents import load
from privflow.errors import DocumentError

A = {"type": "Missing", "term": {"type": "Attribute", "name": "a"}}
B = {"type": "InJourney", "journey": "b"}
P = {"type": "Missing", "term": {"type": "Property", "name": "p"}}
Q = {"type": "Missing", "term": {"type": "Property", "name": "q"}}


def loaded(node: object) -> Condition:
    return load({"schema": 1, "type": "Condition", "value": node})


def joined(kind: str, *parts: object) -> dict[str, object]:
    return {"type": kind, "parts": [*parts]}


def opposite(part: object) -> dict[str, object]:
    return {"type": "Not", "part": part}


def bought(where: object) -> dict[str, object]:
    return {"name": "buy", "where": where}


def count_of(**fields: object) -> dict[str, object]:
    term = {"type": "Measure", "of": {"name": "buy"}, **fields}
    return {"type": "Test", "term": term, "operator": ">", "argument": 1}


@pytest.mark.parametrize(
    ("node", "text"),
    [
        (joined("And", A), "attr.a.is_missing()"),
        (joined("Or", joined("And", A)), "attr.a.is_missing()"),
        (
            joined("And", A, joined("And", B, joined("Or", A))),
            "attr.a.is_missing() & in_journey('b') & attr.a.is_missing()",
        ),
        (opposite(opposite(A)), "attr.a.is_missing()"),
        (opposite(joined("Or", opposite(A))), "attr.a.is_missing()"),
        (
            {"type": "Exists", "of": bought(joined("And", P, joined("And", Q)))},
            "event('buy').where(prop.p.is_missing() & prop.q.is_missing()).exists()",
        ),
        (
            count_of(what="count", of=bought(opposite(opposite(P)))),
            "event('buy').where(prop.p.is_missing()).count() > 1",
        ),
        (
            {
                "type": "Followed",
                "first": bought(joined("Or", P)),
                "then": bought(joined("Or", Q)),
                "within": "1d",
            },
            (
                "event('buy').where(prop.p.is_missing())"
                ".then(event('buy').where(prop.q.is_missing()), within='1d')"
            ),
        ),
    ],
)
def test_what_no_text_can_say_is_put_as_it_would_be_written(node, text):
    """C5."""
    condition = loaded(node)
    assert repr(condition) == text
    assert parse(text).same_as(condition)


def tagged(how: str, *labels: str, **fields: object) -> dict[str, object]:
    return {"type": "Tagged", "group": "tier", "how": how, "labels": [*labels]} | fields


@pytest.mark.parametrize(
    ("node", "problem"),
    [
        (count_of(what="count", property="n"), "got property 'n'"),
        (count_of(what="days_with", property="n"), "days_with of events"),
        (count_of(what="sum"), "property: got ''"),
        ({**A, "term": {"type": "Attribute", "name": ""}}, "attribute: got ''"),
        ({**A, "term": {"type": "Property", "name": " "}}, "property: got ' '"),
        (
            count_of(what="count") | {"term": {"type": "Bucket", "salt": ""}},
            "salt: got",
        ),
        ({**B, "stage": " "}, "stage: got ' '"),
        (tagged("has", "low", "mid"), "expected one label for has"),
        (tagged("at_least", "low", "mid", order=["low", "mid"]), "expected one label"),
        (tagged("has", "low", order=["low", "mid"]), "expected no order for has"),
        (tagged("at_least", "low", order=["low", "low"]), "'low' is defined twice"),
        (tagged("at_least", "top", order=["low"]), "no such name: 'top'"),
        (tagged("has", ""), "label: got ''"),
        (tagged("has", "low", group=""), "tag group: got ''"),
        (
            {"type": "Held", "group": "tier", "label": "", "how": "ever"},
            "label: got ''",
        ),
        ({"type": "Held", "group": "", "label": "a", "how": "ever"}, "tag group: got"),
    ],
)
def test_what_has_no_text_at_all_is_refused(node, problem):
    """C5: a document says no more than a text, and no text says less than it means."""
    with pytest.raises(DocumentError, match=problem):
        loaded(node)


@given(conditions, st.lists(st.sampled_from(["and", "or", "not", "nest"]), max_size=4))
@settings(max_examples=100)
def test_whatever_is_wrapped_around_a_condition_says_the_same(condition, wrappings):
    node = condition.node
    for wrapping in wrappings:
        match wrapping:
            case "and":
                node = And((node,))
            case "or":
                node = Or((node,))
            case "not":
                node = Not(Not(node))
            case _:
                node = Surely(And((And((node, node)), node)))
    found = Condition(canonical(node))
    assert parse(repr(found)).same_as(found)
    if "nest" not in wrappings:
        assert found.same_as(condition)
