"""What documents repeat is worked out once, and nobody can tell."""

from __future__ import annotations

import copy
import json

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

import privflow as pf
from documents.samples import NOW, STATE
from privflow.documents import repeated
from privflow.journeys import GateLine, StepState
from privflow.touches import Touch

VALUES = (1, True, 1.0, 0, False, "1", ("a", 1), ("a", True))


def told(value: object) -> StepState:
    facts = pf.Allow(facts={"v": value}).facts
    line = GateLine(gate="g", channel="sms", ruling="allow", facts=facts)
    return StepState("s", due_at=NOW, status="sent", decided_at=NOW, lines=(line,))


def touch(value: object, touch_id: str = "t-1") -> Touch:
    return Touch(
        id=touch_id,
        contact_id="c",
        channel="sms",
        message="m",
        kind="service",
        source="rule:r",
        parameters={"v": value},
    )


def bytes_of(value: object) -> str:
    return json.dumps(pf.dump(value))


@given(st.lists(st.sampled_from(VALUES), min_size=2), st.sampled_from([told, touch]))
def test_values_that_python_calls_equal_are_not_mixed_up(values, make):
    """E3."""
    for value in values:
        document = json.loads(bytes_of(make(value)))
        assert bytes_of(pf.load(document)) == json.dumps(document)
        plain = list(value) if isinstance(value, tuple) else value
        assert f'"v": {json.dumps(plain)}' in json.dumps(document)


@pytest.mark.parametrize("value", [STATE, told(("a", "b")), touch(("a", "b"))])
def test_a_document_is_its_owners_alone(value):
    """E5: whoever changes one changes no other."""
    first = pf.dump(value)
    before = copy.deepcopy(first)

    def spoil(part: object) -> None:
        for inner in part.values() if isinstance(part, dict) else part:
            if isinstance(inner, dict | list):
                spoil(inner)
        part.clear()

    spoil(first)
    assert pf.dump(value) == before
    assert pf.load(before) == value


def test_the_second_document_of_a_touch_has_its_own_id_in_front():
    one, other = touch("x", "t-1"), touch("x", "t-2")
    assert one.traits is other.traits
    documents = [pf.dump(one)["value"], pf.dump(other)["value"]]
    assert [document.pop("id") for document in documents] == ["t-1", "t-2"]
    assert documents[0] == documents[1]
    assert list(pf.dump(other)["value"])[:2] == ["id", "contact_id"]


def test_what_a_document_cannot_hold_is_refused_the_second_time_too():
    """E5."""
    pf.dump(touch("y"))
    with pytest.raises(pf.DocumentError) as caught:
        pf.dump(touch("y", 5))  # type: ignore[arg-type]
    [problem] = caught.value.problems
    assert problem.path == "$.value.id"


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"id": 5}, "$.value.id"),
        ({"contact_id": None}, "$.value.contact_id"),
        ({"parameters": {"v": None}}, "$.value.parameters.v"),
        ({"parameters": {"v": object()}}, "$.value.parameters.v"),
        ({"channel": b"sms"}, "$.value.channel"),
    ],
)
def test_a_touch_that_was_read_before_is_still_read_strictly(change, path):
    """E5."""
    document = pf.dump(touch("z"))
    assert pf.load(document) == touch("z")
    document["value"].update(change)
    with pytest.raises(pf.DocumentError) as caught:
        pf.load(document)
    assert [problem.path for problem in caught.value.problems] == [path]


def test_contacts_who_were_told_the_same_share_it_after_loading():
    one, other = (pf.load(pf.dump(told("same"))) for _ in range(2))
    assert one.lines is other.lines


def test_lines_with_an_instant_of_their_own_are_not_kept():
    until = evolve(told("x").lines[0], until=NOW)
    held = evolve(told("x"), lines=(until,))
    one, other = (pf.load(pf.dump(held)) for _ in range(2))
    assert one == other == held
    assert one.lines is not other.lines


def test_more_than_are_kept_are_made_anew(monkeypatch):
    monkeypatch.setattr(repeated, "_MOST", 2)
    for number in range(8):
        for value in (told(f"n-{number}"), touch(f"n-{number}")):
            assert pf.load(pf.dump(value)) == value
            assert pf.load(pf.dump(value)) == value
