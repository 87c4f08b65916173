"""Every public value survives its document, and equal values have equal ones."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any, Final

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

import privflow as pf
from conditions.strategies import people, properties, written
from documents.samples import BIG_SPENDER, LIN, NOW, ORDERS, SAMPLES, TIER
from privflow.conditions import Attribute, Test
from privflow.documents.converter import converter
from privflow.documents.table import CHOICES, NAMES, TABLE
from privflow.facts import Properties, maker

NO_DOCUMENT: Final = {
    "Bars": "a drawing",
    "Batch": "what came of reading rows; each contact in it has a document",
    "Census": "a count of states, made when it is asked for",
    "Engine": "code: it is made from a plan, which has a document",
    "Explanation": "made from a condition and a state when it is asked for",
    "Finding": "made from a plan when it is asked for",
    "MemoryQuotaStore": "it changes with every call; what it answers has documents",
    "Page": "a drawing",
    "Reservation": "what a store works out of the claims of a call, which have one",
    "SegmentSet": "made from segments, which have documents",
    "Table": "a drawing",
    "Text": "a drawing",
    "Tree": "a drawing",
}


def through_json(value: object) -> Any:  # noqa: ANN401 - whatever was dumped
    return pf.load(json.loads(json.dumps(pf.dump(value))))


def bytes_of(value: object) -> bytes:
    return json.dumps(pf.dump(value)).encode()


@pytest.mark.parametrize("name", TABLE)
def test_every_class_of_the_table_comes_back_equal(name):
    """E5."""
    samples = SAMPLES[TABLE[name]]
    assert samples
    for value in samples:
        assert pf.load(pf.dump(value)) == value
        assert through_json(value) == value
        assert bytes_of(through_json(value)) == bytes_of(value)


def test_every_public_class_of_values_has_a_document_or_a_reason():
    values = {
        name
        for name in pf.__all__
        if inspect.isclass(kind := getattr(pf, name))
        and not issubclass(kind, Exception)
        and not getattr(kind, "_is_protocol", False)
    }
    assert values - TABLE.keys() == NO_DOCUMENT.keys()
    assert all(getattr(pf, name) is TABLE[name] for name in values & TABLE.keys())


def test_the_table_leaves_the_name_of_the_class_to_the_document():
    assert all(NAMES[kind] == name for name, kind in TABLE.items())
    for kind in filter(attrs.has, TABLE.values()):
        assert "type" not in {field.name for field in attrs.fields(kind)}


@pytest.mark.parametrize("protocol", CHOICES)
def test_every_class_that_fits_a_protocol_may_be_named_there(protocol):
    methods = {name for name in vars(protocol) if not name.startswith("_")}
    fitting = {kind for kind in TABLE.values() if methods <= _has(kind)}
    judges_contacts = {pf.Segment}
    assert set(CHOICES[protocol]) == fitting - judges_contacts


def _has(kind: type) -> set[str]:
    fields = {field.name for field in attrs.fields(kind)} if attrs.has(kind) else set()
    return fields.union(dir(kind))


# ── The form ─────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        (pf.span("36h"), "1d12h"),
        (NOW, "2026-10-20T01:30:00Z"),
        (pf.Truth.UNKNOWN, "unknown"),
        (pf.rolling("7d"), {"span": "7d"}),
        (pf.calendar("week"), {"unit": "week"}),
        (TIER["fond"], {"group": "fan_tier", "label": "fond", "exclusive": True}),
        (pf.Plan(), {}),
        (pf.ContactState(pf.Contact("c")), {"contact": {"id": "c"}}),
        (pf.Reentry.once(), {"again": "once"}),
        (pf.Message("m", kind="service"), {"name": "m", "kind": "service"}),
        (pf.SetAttribute("vip", None), {"name": "vip", "value": None}),
        (pf.entered("vip"), {"segment": "vip", "into": True}),
        (
            pf.attr.age > 40,
            {
                "type": "Test",
                "term": {"type": "Attribute", "name": "age"},
                "operator": ">",
                "argument": 40,
            },
        ),
        (
            pf.Contact("c", attributes={"b": Decimal("1.50"), "a": ["x", NOW]}),
            {
                "id": "c",
                "attributes": {
                    "a": ["x", {"instant": "2026-10-20T01:30:00Z"}],
                    "b": {"decimal": "1.50"},
                },
            },
        ),
        (
            pf.Timeline([pf.Event("seen", "c", at=NOW, id="k")]),
            {"seen": [{"at": "2026-10-20T01:30:00Z", "key": "k"}]},
        ),
    ],
    ids=repr,
)
def test_defaults_are_left_out(value, plain):
    name = type(value).__name__
    document = pf.dump(value)
    assert document == {"schema": 1, "type": name, "value": plain}
    assert pf.load(document) == value


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            pf.Contact("c", attributes={"a": 1, "b": 2}),
            pf.Contact("c", attributes={"b": 2, "a": 1}),
        ),
        (pf.Timeline(ORDERS), pf.Timeline(reversed(ORDERS))),
        (
            pf.Catalog(attributes={"a": str, "b": int}),
            pf.Catalog(attributes={"b": int, "a": str}),
        ),
        (pf.Plan(), pf.Plan(remember="7d", channels=pf.STANDARD_CHANNELS)),
        (pf.span("60m"), pf.span("1h")),
        (pf.parse(repr(BIG_SPENDER)), BIG_SPENDER),
        (
            LIN.refusing("a", purpose="x", at=NOW).refusing("b", purpose="x", at=NOW),
            through_json(
                LIN.refusing("a", purpose="x", at=NOW).refusing(
                    "b", purpose="x", at=NOW
                )
            ),
        ),
    ],
    ids=["attributes", "events", "catalog", "plan", "span", "condition", "loaded"],
)
def test_equal_values_have_equal_bytes(one, other):
    assert one == other or one.same_as(other)
    assert bytes_of(one) == bytes_of(other)


def test_a_whole_number_is_a_float_where_a_float_is_meant():
    document = pf.dump(
        pf.MixQuota("m", at_most=0.5, of="x", per=pf.rolling("1d"), after=2)
    )
    variants = pf.dump(pf.Message("m", kind="service", variants={"A": 1}))
    assert isinstance(document["value"]["at_most"], float)
    assert json.dumps(variants["value"]["variants"]) == '{"A": 1.0}'
    loaded = pf.load(json.loads(json.dumps(variants).replace("1.0", "1")))
    assert isinstance(loaded.variants["A"], float)


# ── Laws ─────────────────────────────────────────────────────────────────────


def comes_back(value: object) -> None:
    back = through_json(value)
    assert back == value
    assert bytes_of(back) == bytes_of(value)


@given(written)
def test_any_condition_comes_back(condition):
    """C5."""
    back = through_json(condition)
    assert back.same_as(condition)
    assert repr(back) == repr(condition)


@given(people(NOW))
def test_any_contact_and_timeline_come_back(person):
    comes_back(pf.ContactState(person.contact, timeline=person.timeline))


names = st.text(min_size=1) | st.sampled_from(["\ud800", "a.b", "'", " ", "type"])


@given(st.dictionaries(names, st.floats() | st.integers() | st.text() | st.booleans()))
def test_any_attributes_come_back_whatever_their_names(attributes):
    numbers = (int, float)
    fit = {
        name: value
        for name, value in attributes.items()
        if not isinstance(value, numbers) or abs(value) < 1e300
    }
    comes_back(pf.Contact("c", attributes=fit))


@given(properties.map(Properties))
def test_the_types_of_values_come_back(given_properties):
    event = pf.Event("e", "c", at=NOW, properties=given_properties)
    back = through_json(event).properties
    assert {name: type(value) for name, value in back.items()} == {
        name: type(value) for name, value in given_properties.items()
    }


# ── What no document can hold ────────────────────────────────────────────────


@pytest.mark.parametrize("kind", [list[int], OSError | pf.Contact])
def test_a_type_that_no_document_can_hold_is_a_gap_in_the_library(kind):
    with pytest.raises(TypeError):
        converter().get_structure_hook(kind)
    with pytest.raises(TypeError):
        converter().get_unstructure_hook(kind)


class OwnGate:
    """A gate that a user wrote."""

    name = "mine"

    def judge(self, touch: pf.Touch, view: pf.View, *, now: pf.Instant) -> pf.Allow:  # noqa: ARG002
        return pf.Allow()


class OwnMessage(pf.Message):
    """A subclass, which could carry anything."""


def stage_of(message: pf.Message) -> pf.Stage:
    step = pf.SOPStep("s", pf.after("0s"), message, via=["sms"])
    return pf.Stage("one", steps=[step])


@pytest.mark.parametrize(
    ("make", "path", "message"),
    [
        (lambda: 3, "$.value", "got 3, expected a value that documents hold"),
        (lambda: pf.attr.age, "$.value", "got a value of type Operand, expected"),
        (OwnGate, "$.value", "got a value of type OwnGate, expected"),
        (
            lambda: pf.Plan(gates=[OwnGate()]),
            "$.value.gates[0]",
            "OwnGate is no class that a document can hold here",
        ),
        (
            lambda: stage_of(OwnMessage("m", kind="service")),
            "$.value.steps[0].message",
            "got a value of type OwnMessage, expected a Message",
        ),
        (
            lambda: pf.Segment("s", pf.attr.age > 1, description=5),
            "$.value.description",
            "got 5, expected text",
        ),
        (
            lambda: pf.Hold("quota_full", until="2026-10-20"),
            "$.value.until",
            "got '2026-10-20', expected an instant",
        ),
        (
            lambda: pf.Scope(journeys={"j": Decimal(1)}),
            "$.value.journeys.j",
            "got a value of type Decimal, expected text",
        ),
        (
            lambda: Test(Attribute("paid"), "==", float("nan")),
            "$.value.argument",
            "got NaN, expected a finite number",
        ),
        (
            lambda: Test(Attribute("paid"), "==", Decimal("NaN")),
            "$.value.argument",
            "got a value of type Decimal, expected a finite number",
        ),
        (
            lambda: pf.Allow(facts=Properties.of_clean({"x": object()})),  # type: ignore[dict-item]
            "$.value.facts.x",
            "got a value of type object, expected a value of a fact",
        ),
        (
            lambda: maker(pf.Scope)({"x": 1}, None, None, "UTC", {}),
            "$.value.event",
            "got an object with 'x', expected properties",
        ),
        (
            lambda: pf.ContactState(LIN, timeline=[]),
            "$.value.timeline",
            "got an empty list, expected a timeline",
        ),
        (
            lambda: pf.ContactState(LIN, inside=["vip"]),
            "$.value.inside",
            "got a list of 1, expected a tuple",
        ),
        (
            lambda: pf.Impact(affected=[], repeats=(("welcome",),)),
            "$.value.repeats[0]",
            "got a value of type tuple, expected a list of 2",
        ),
        (
            lambda: pf.ContactState(LIN, ledger=()),
            "$.value.ledger",
            "got a value of type tuple, expected a Ledger",
        ),
        (
            lambda: pf.Catalog(tags=[pf.TagGroup("g", ["a"], ordered="yes")]),
            "$.value.tags[0].ordered",
            "got 'yes', expected true or false",
        ),
        (
            lambda: pf.Verdict.of("yes"),
            "$.value.value",
            "got 'yes', expected a member of Truth",
        ),
        (
            lambda: pf.Outcome(state=pf.ContactState(LIN), commands=(LIN,)),
            "$.value.commands[0]",
            "Contact is no class that a document can hold here",
        ),
    ],
)
def test_what_no_document_can_hold_is_refused_with_its_path(
    make: Callable[[], object], path: str, message: str
):
    with pytest.raises(pf.DocumentError) as caught:
        pf.dump(make())
    [problem] = caught.value.problems
    assert problem.path == path
    assert problem.message.startswith(message)
