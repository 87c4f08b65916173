"""A document that is not right is refused: every problem, its path, what to do."""

from __future__ import annotations

import copy
import pickle
import sys
from datetime import date
from typing import Any, Final

import pytest

import privflow as pf
from documents.samples import PLAN, STATE

PLAN_DOCUMENT: Final = pf.dump(PLAN)
DEEP: Final = 10_000
A_SCALAR: Final = "text, a number, true, false or a marked object"
A_MARK: Final = "an object with decimal, date or instant alone"
EXISTS: Final = {"type": "Exists", "of": {"name": "reply"}}
CONDITION: Final = {
    "type": "Test",
    "term": {"type": "Attribute", "name": "age"},
    "operator": ">",
    "argument": 3,
}
RULE: Final = {
    "name": "r",
    "on": {"name": "e"},
    "do": [{"type": "Leave", "journey": "j"}],
}
CONSENT: Final = {
    "channel": "sms",
    "granted": True,
    "purpose": "marketing",
    "at": "2026-10-20T01:30:00Z",
    "evidence": "page",
}
STEP: Final = ("journeys", 0, "stages", 0, "steps", 0)


def of(name: str, value: object) -> dict[str, Any]:
    return {"schema": 1, "type": name, "value": value}


def contact(**fields: object) -> dict[str, Any]:
    return of("Contact", {"id": "c", **fields})


def holding(value: object) -> dict[str, Any]:
    """A contact with an attribute `x`."""
    return contact(attributes={"x": value})


def plan_with(value: object, *steps: str | int) -> dict[str, Any]:
    """The story's plan with another value somewhere in it."""
    document = copy.deepcopy(PLAN_DOCUMENT)
    whole = document["value"]
    for step in steps[:-1]:
        whole = whole[step]
    whole[steps[-1]] = value
    return document


def negated(times: int) -> dict[str, Any]:
    node: dict[str, Any] = EXISTS
    for _ in range(times):
        node = {"type": "Not", "part": node}
    return node


def problems_of(document: object) -> tuple[pf.PrivflowError, ...]:
    with pytest.raises(pf.DocumentError) as caught:
        pf.load(document)  # type: ignore[arg-type]  # that is the question
    return caught.value.problems


# One problem each: where, what, and a word of the hint.
CASES: Final = {
    # the frame
    "a list": ([], "$", "got an empty list, expected an object", "json.loads"),
    "text": ("{}", "$", "got '{}', expected an object", "json.loads"),
    "null": (None, "$", "got null, expected an object", "json.loads"),
    "another schema": (
        {**of("Span", "1d"), "schema": 2},
        "$.schema",
        "got 2, and this privflow knows schemas up to 1",
        "upgrade privflow",
    ),
    "a schema as text": (
        {**of("Span", "1d"), "schema": "1"},
        "$.schema",
        "got '1', expected 1",
        "load what dump has made",
    ),
    "a schema as bool": (
        {**of("Span", "1d"), "schema": True},
        "$.schema",
        "got true, expected 1",
        "load what dump has made",
    ),
    "a schema that never was": (
        {**of("Span", "1d"), "schema": 0},
        "$.schema",
        "got 0, expected 1",
        "load what dump has made",
    ),
    "a type of the system": (
        of("os.system", "ls"),
        "$.type",
        "class: no such name: 'os.system'",
        "use one of 'Account'",
    ),
    "a builtin": (
        of("builtins.eval", "1"),
        "$.type",
        "class: no such name: 'builtins.eval'",
        "use one of",
    ),
    "a private class": (
        of("_Field", {}),
        "$.type",
        "class: no such name: '_Field'",
        "did you mean 'Held'?",
    ),
    "a typo in the type": (
        of("Contct", {}),
        "$.type",
        "class: no such name: 'Contct'",
        "did you mean 'Contact'",
    ),
    "a type that is no text": (
        of(["Contact"], {}),  # type: ignore[arg-type]
        "$.type",
        "got a list of 1, expected the name of a class",
        "dump",
    ),
    "a null for a type": (
        of(None, "1d"),  # type: ignore[arg-type]
        "$.type",
        "got null, expected the name of a class",
        "dump",
    ),
    "an unknown field of the frame": (
        {**of("Span", "1d"), "vlaue": 1},
        "$.vlaue",
        "a document has no such field",
        "did you mean 'value'?",
    ),
    "no value": (
        {"schema": 1, "type": "Span"},
        "$.value",
        "is missing",
        "dump",
    ),
    # scalars
    "a word for a bool": (
        of("Consent", {**CONSENT, "granted": "no"}),
        "$.value.granted",
        "got 'no', expected true or false",
        "write true or false",
    ),
    "a number for a bool": (
        of("Consent", {**CONSENT, "granted": 1}),
        "$.value.granted",
        "got 1, expected true or false",
        "write true or false",
    ),
    "text for a number": (
        of("Rule", {**RULE, "priority": "10"}),
        "$.value.priority",
        "got '10', expected a whole number",
        "write it without quotes: 10",
    ),
    "a bool for a number": (
        of("Rule", {**RULE, "priority": True}),
        "$.value.priority",
        "got true, expected a whole number",
        "write a whole number",
    ),
    "a float for a whole number": (
        of("Rule", {**RULE, "priority": 1.0}),
        "$.value.priority",
        "got 1.0, expected a whole number",
        "write a whole number",
    ),
    "a huge number": (
        of("Rule", {**RULE, "priority": 10**5_000}),
        "$.value.priority",
        "got a number of more than 300 digits, expected a number of at most 300 digits",
        "300",
    ),
    "text for a float": (
        plan_with("half", "quotas", 5, "at_most"),
        "$.value.quotas[5].at_most",
        "got 'half', expected a number",
        "write a number",
    ),
    "not a number": (
        plan_with(float("nan"), "quotas", 5, "at_most"),
        "$.value.quotas[5].at_most",
        "got NaN, expected a finite number",
        "finite",
    ),
    "a huge float": (
        plan_with(10**400, "quotas", 5, "at_most"),
        "$.value.quotas[5].at_most",
        "got a number of more than 300 digits, expected a number of at most 300 digits",
        "300",
    ),
    "a number for text": (
        contact(id=7),
        "$.value.id",
        "got 7, expected text",
        "write text",
    ),
    "null where there is a default": (
        contact(attributes=None),
        "$.value.attributes",
        "got null, expected an object",
        "leave it out",
    ),
    # times
    "a date for an instant": (
        of("Instant", "2026-10-20"),
        "$.value",
        "instant: got '2026-10-20'",
        "write it like '2026-10-20T00:00+08:00'",
    ),
    "a naive instant": (
        of("Consent", {**CONSENT, "at": "2026-10-20T09:30"}),
        "$.value.at",
        "got '2026-10-20T09:30', expected an offset or Z behind it",
        "'2026-10-20T09:30+08:00'",
    ),
    "a number for an instant": (
        of("Instant", 1_792_000_000),
        "$.value",
        "got 1792000000, expected an instant like",
        "'2026-10-20T01:30:00Z'",
    ),
    "a span in words": (
        of("Span", "30 days"),
        "$.value",
        "span: got '30 days'",
        "'30d'",
    ),
    "a number for a span": (
        of("Rolling", {"span": 7}),
        "$.value.span",
        "got 7, expected a span like '30d'",
        "'30d'",
    ),
    "an hour that is none": (
        of("TimeOfDay", "24:00"),
        "$.value",
        "time of day: got '24:00'",
        "'09:00'",
    ),
    "a week for a date": (
        of("OnDate", {"date": "2026-W46-3", "at": "10:00"}),
        "$.value.date",
        "got '2026-W46-3', expected a date like '2026-11-11'",
        "'2026-11-11'",
    ),
    "an unknown zone": (
        contact(timezone="Asia/Beijing"),
        "$.value.timezone",
        "timezone: got 'Asia/Beijing', which is no zone of the IANA database",
        "'Asia/Shanghai'",
    ),
    # values of facts
    "nothing as a value": (
        holding(None),
        "$.value.attributes.x",
        f"got null, expected {A_SCALAR}, or a list of these",
        "leave it out",
    ),
    "nothing in a list": (
        holding(["a", None]),
        "$.value.attributes.x[1]",
        f"got null, expected {A_SCALAR}",
        "leave it out",
    ),
    "a list in a list": (
        holding([[1, 2]]),
        "$.value.attributes.x[0]",
        f"got a list of 2, expected {A_SCALAR}",
        "write",
    ),
    "an object": (
        holding({"a": 1, "b": 2, "c": 3, "d": 4}),
        "$.value.attributes.x",
        f"got an object with 'a', 'b', 'c', …, expected {A_MARK}",
        '{"decimal": "12.50"}',
    ),
    "an unknown mark": (
        holding({"money": "12.50"}),
        "$.value.attributes.x",
        f"got an object with 'money', expected {A_MARK}",
        '{"decimal": "12.50"}',
    ),
    "two marks": (
        holding({"date": "2026-01-01", "decimal": "1"}),
        "$.value.attributes.x",
        f"got an object with 'date', 'decimal', expected {A_MARK}",
        '{"decimal": "12.50"}',
    ),
    "a decimal that is none": (
        holding({"decimal": "NaN"}),
        "$.value.attributes.x.decimal",
        "got 'NaN', expected a decimal like '12.50'",
        "'12.50'",
    ),
    "a decimal as a number": (
        holding({"decimal": 12.5}),
        "$.value.attributes.x.decimal",
        "got 12.5, expected a decimal like '12.50'",
        "'12.50'",
    ),
    "a huge decimal": (
        holding({"decimal": "1E+999"}),
        "$.value.attributes.x.decimal",
        "number: got a number of more than 300 digits",
        "keep it as text",
    ),
    "a date that is none": (
        holding({"date": "2026-02-30"}),
        "$.value.attributes.x.date",
        "got '2026-02-30', expected a date like '2026-11-11'",
        "'2026-11-11'",
    ),
    "infinity": (
        holding(float("-inf")),
        "$.value.attributes.x",
        "got -Infinity, expected a finite number",
        "leave it out",
    ),
    "a huge value": (
        holding(10**5_000),
        "$.value.attributes.x",
        "number: got a number of more than 300 digits",
        "keep it as text",
    ),
    "a value that is not of JSON": (
        holding(date(2026, 1, 1)),
        "$.value.attributes.x",
        f"got a value of type date, expected {A_SCALAR}, or a list of these",
        "write text",
    ),
    "an empty name": (
        contact(attributes={"": 1}),
        "$.value.attributes['']",
        "got '', expected a name",
        "write a name",
    ),
    "a name that is no text": (
        contact(attributes={5: 1}),
        "$.value.attributes[5]",
        "got 5, expected text",
        "write text",
    ),
    "a lone surrogate as a field": (
        contact(**{"\ud800": 1}),
        "$.value['\\ud800']",
        "Contact has no such field",
        "use one of 'id'",
    ),
    # classes
    "an unknown field": (
        contact(atributes={}),
        "$.value.atributes",
        "Contact has no such field",
        "did you mean 'attributes'?",
    ),
    "a missing field": (
        of("Relation", {"staff": "zhang"}),
        "$.value.since",
        "is missing",
        "Relation needs it: add it",
    ),
    "a list for an object": (
        contact(identities=[["sms", "1"]]),
        "$.value.identities[0]",
        "got a list of 2, expected an object with the fields of Identity",
        "write an object",
    ),
    "an object for a list": (
        contact(identities={"namespace": "phone"}),
        "$.value.identities",
        "got an object with 'namespace', expected a list",
        "write a list",
    ),
    "text for a list": (
        plan_with("sms", *STEP, "via"),
        "$.value.journeys[0].stages[0].steps[0].via",
        "got 'sms', expected a list",
        "write a list",
    ),
    "a number in a list": (
        plan_with(["sms", 5], *STEP, "via"),
        "$.value.journeys[0].stages[0].steps[0].via[1]",
        "got 5, expected text",
        "write text",
    ),
    "a pair of one": (
        of("ContactState", {"contact": {"id": "c"}, "seen": [["evt-1"]]}),
        "$.value.seen[0]",
        "got a list of 1, expected a list of 2",
        "write a list of 2",
    ),
    "a list for a mapping": (
        of("Catalog", {"attributes": [["age", "int"]]}),
        "$.value.attributes",
        "got a list of 1, expected an object",
        "write an object",
    ),
    "a type that facts do not have": (
        of("Catalog", {"attributes": {"age": "os.system"}}),
        "$.value.attributes.age",
        "got 'os.system', expected one of 'str', 'bool', 'int', 'float', 'Decimal'",
        "use one of",
    ),
    "a word that is none": (
        of("Day", {"n": 1, "at": "10:00", "late": "later"}),
        "$.value.late",
        "got 'later', expected one of 'next', 'now'",
        "use one of",
    ),
    "a limit rule that is none": (
        plan_with("days_in_mont", "quotas", 0, "limit"),
        "$.value.quotas[0].limit",
        "got 'days_in_mont', expected one of 'days_in_month'",
        "did you mean 'days_in_month'?",
    ),
    "a limit as text": (
        plan_with("10", "quotas", 0, "limit"),
        "$.value.quotas[0].limit",
        "got '10', expected a whole number",
        "write it without quotes: 10",
    ),
    # one of several classes
    "no type": (
        of("Rule", {**RULE, "do": [{"journey": "j"}]}),
        "$.value.do[0].type",
        "is missing",
        "'AddTag', 'Emit', 'Enrol'",
    ),
    "a type that is null": (
        of("Rule", {**RULE, "do": [{"type": None}]}),
        "$.value.do[0].type",
        "got null",
        "'AddTag', 'Emit', 'Enrol'",
    ),
    "a class of another place": (
        of("Rule", {**RULE, "do": [{"type": "Contact", "id": "c"}]}),
        "$.value.do[0].type",
        "class that fits here: no such name: 'Contact'",
        "use one of 'AddTag', 'Emit', 'Enrol'",
    ),
    "a gate of the user's own": (
        plan_with({"type": "builtins.print"}, "gates", 0),
        "$.value.gates[0].type",
        "class that fits here: no such name: 'builtins.print'",
        "'MinimumGap'",
    ),
    "a gate for a schedule": (
        plan_with({"type": "QuietHours"}, *STEP, "schedule"),
        "$.value.journeys[0].stages[0].steps[0].schedule.type",
        "class that fits here: no such name: 'QuietHours'",
        "'After', 'Around', 'Day'",
    ),
    "text for a condition": (
        of("Segment", {"name": "s", "condition": "attr.age > 3"}),
        "$.value.condition",
        "got 'attr.age > 3', expected an object with a type",
        "write an object with a type",
    ),
    # what a class itself refuses
    "an empty id": (contact(id=""), "$.value.id", "Contact.id: got ''", "non-empty"),
    "a kind that is none": (
        plan_with("promo", *STEP, "message", "kind"),
        "$.value.journeys[0].stages[0].steps[0].message.kind",
        "Message.kind: got 'promo'",
        "'marketing'",
    ),
    "a channel that is none": (
        plan_with(["smss"], *STEP, "via"),
        "$.value.journeys[0].stages[0].steps[0].via",
        "channel: no such name: 'smss'",
        "did you mean 'sms'?",
    ),
    "a stage that is none": (
        plan_with("convrt", "journeys", 0, "stages", 0, "then", 0, "stage"),
        "$.value.journeys[0].stages[0].then[0].stage",
        "stage of journey 'new-friend': no such name: 'convrt'",
        "did you mean 'convert'?",
    ),
    "an operator that is none": (
        of("Condition", {**CONDITION, "operator": "=>"}),
        "$.value.operator",
        "operator: no such name: '=>'",
        "did you mean '>",
    ),
    "an argument that does not fit": (
        of("Condition", {**CONDITION, "argument": True}),
        "$.value",
        "argument of >: got True, expected a number, text, a date or an instant",
        "write a number",
    ),
    "a kind of tag test that is none": (
        of("Tagged", {"group": "g", "how": "hass", "labels": ["a"]}),
        "$.value.how",
        "got 'hass', expected one of 'has', 'at_least', 'at_most', 'any_of', 'none_of'",
        "did you mean 'has'?",
    ),
    "a condition of too many levels": (
        of("Condition", negated(65)),
        "$.value.part",
        "condition: is nested more than 64 levels deep",
        "split it",
    ),
    "a bottomless condition": (
        of("Condition", negated(DEEP)),
        "$.value",
        "is nested more than 200 levels deep",
        "split it",
    ),
    # timelines
    "a row without an instant": (
        of("Timeline", {"buy": [{"key": "k"}]}),
        "$.value.buy[0].at",
        "is missing",
        "a row needs it",
    ),
    "an event twice": (
        of("Timeline", {"a b": [{"at": "2026-01-01T00:00Z", "key": "k"}] * 2}),
        "$.value['a b'][1]",
        "another row has the same at and key",
        "remove one of them",
    ),
    "an event without a name": (
        of("Timeline", {"": []}),
        "$.value['']",
        "got '', expected a name",
        "write a name",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_one_problem_is_told_with_its_path_and_a_hint(case):
    """E5."""
    document, path, message, hint = CASES[case]
    [problem] = problems_of(document)
    assert problem.path == path
    assert problem.message.startswith(message)
    assert hint in problem.hint


def test_every_problem_of_a_document_is_told_at_once():
    """E5."""
    document = contact(
        id=7,
        atributes={},
        identities=[{"namespace": "phone"}, "phone"],
        attributes={"a": None, "b": [1, {"date": "soon"}], "c": 1},
        tags=[{"tag": {"group": 1, "label": 2, "exclusive": 3}, "since": "now"}],
        consents={},
    )
    document["author"] = "me"
    assert [problem.path for problem in problems_of(document)] == [
        "$.author",
        "$.value.id",
        "$.value.atributes",
        "$.value.identities[0].value",
        "$.value.identities[1]",
        "$.value.attributes.a",
        "$.value.attributes.b[1].date",
        "$.value.tags[0].tag.group",
        "$.value.tags[0].tag.label",
        "$.value.tags[0].tag.exclusive",
        "$.value.tags[0].since",
        "$.value.consents",
    ]


def test_every_problem_of_a_timeline_is_told_at_once():
    document = of(
        "Timeline",
        {
            "buy": [{"at": "soon", "key": 1}, {}, {"at": 1, "key": "k", "kee": 1}],
            "sell": {},
            "talk": [5],
        },
    )
    assert [problem.path for problem in problems_of(document)] == [
        "$.value.buy[0].at",
        "$.value.buy[0].key",
        "$.value.buy[1].at",
        "$.value.buy[1].key",
        "$.value.buy[2].at",
        "$.value.buy[2].kee",
        "$.value.sell",
        "$.value.talk[0]",
    ]


def test_an_empty_document_lacks_everything():
    assert [problem.path for problem in problems_of({})] == [
        "$.schema",
        "$.type",
        "$.value",
    ]


def test_a_document_without_a_schema_is_read_for_its_other_problems():
    document = contact(id=7)
    del document["schema"]
    paths = [problem.path for problem in problems_of(document)]
    assert paths == ["$.schema", "$.value.id"]


def test_the_error_lists_the_first_problems_and_the_first_hint():
    with pytest.raises(pf.DocumentError) as caught:
        pf.load(contact(**{f"field_{number}": 1 for number in range(8)}))
    text = str(caught.value)
    assert text.startswith("Contact has 8 problem(s):\n  $.value.field_0: Contact has")
    assert "\n  and 3 more [document]\nhint: use one of 'id'" in text
    assert str(pickle.loads(pickle.dumps(caught.value))) == text


def test_a_document_is_refused_without_touching_the_recursion_limit():
    assert sys.getrecursionlimit() < DEEP
    whole: Any = "bottom"
    for _ in range(DEEP):
        whole = [whole]
    [problem] = problems_of(holding(whole))
    assert problem.path == "$.value"


def test_the_deepest_condition_there_is_comes_back():
    condition = pf.load(of("Condition", negated(63)))
    assert pf.load(pf.dump(condition)) == condition


def test_loading_changes_nothing_in_the_document():
    document = pf.dump(STATE)
    before = copy.deepcopy(document)
    pf.load(document)
    assert document == before


def test_text_with_a_lone_surrogate_comes_back():
    """JSON can say it, and a platform may have sent it: a state must be kept."""
    state = contact(id="c\ud800", attributes={"\udfff": "\ud800"})
    assert pf.dump(pf.load(state)) == state
