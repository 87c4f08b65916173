"""The frame of a document: its schema, its class, and a value that can be read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from privflow.documents.problem import place, told
from privflow.documents.table import TABLE
from privflow.errors import (
    DocumentProblem,
    PrivflowError,
    UnknownNameError,
    did_you_mean,
)

SCHEMA = 1
"""Raised when the form of a document changes, so that one of before means another value
or none. A field that is new and has a default changes nothing of it."""

MOST_LEVELS = 200
"""Deeper documents are refused before anything walks them."""

_PARTLESS = frozenset({str, int, float, bool, type(None)})
_FIELDS = ("schema", "type", "value")
_MADE = "load what dump has made"


def problems_of_frame(document: object) -> Iterator[PrivflowError]:
    """What is wrong with a document, without a look at what its value says."""
    if not isinstance(document, dict):
        text = f"got {told(document)}, expected an object"
        remedy = "hand over what json.loads made of the text"
        yield DocumentProblem(text, remedy).at("$")
        return
    for name in _FIELDS:
        if name not in document:
            yield DocumentProblem("is missing", _MADE).at(f"$.{name}")
    for name in document:
        if name not in _FIELDS:
            remedy = did_you_mean(str(name), _FIELDS)
            problem = DocumentProblem("a document has no such field", remedy)
            yield problem.at(f"${place(name)}")
    schema = document.get("schema", SCHEMA)
    if schema.__class__ is not int or schema != SCHEMA:
        yield _problem_of_schema(schema).at("$.schema")
        return
    if "type" in document:
        yield from _problems_of_type(document["type"])
    if _is_too_deep(document.get("value")):
        text = f"is nested more than {MOST_LEVELS} levels deep"
        remedy = "split it: no value of privflow is as deep"
        yield DocumentProblem(text, remedy).at("$.value")


def _problem_of_schema(schema: object) -> DocumentProblem:
    text = f"got {told(schema)}, expected {SCHEMA}"
    if schema.__class__ is int and schema > SCHEMA:
        text = f"got {told(schema)}, and this privflow knows schemas up to {SCHEMA}"
        return DocumentProblem(text, "upgrade privflow: a newer one has written it")
    return DocumentProblem(text, _MADE)


def is_readable(
    document: Mapping[str, object], problems: Iterable[PrivflowError]
) -> bool:
    """Whether the value can be read all the same, as it can without a schema."""
    paths = {problem.path for problem in problems}
    if not paths.isdisjoint({"$", "$.type", "$.value"}):
        return False
    return "$.schema" not in paths or "schema" not in document


def _problems_of_type(name: object) -> Iterator[PrivflowError]:
    if not isinstance(name, str):
        text = f"got {told(name)}, expected the name of a class"
        yield DocumentProblem(text, _MADE).at("$.type")
    elif name not in TABLE:
        yield UnknownNameError("class", name, sorted(TABLE)).at("$.type")


def _is_too_deep(raw: object) -> bool:
    """Whether plain data is nested deeper than documents are; never recurses."""
    level: list[object] = [raw]
    for _ in range(MOST_LEVELS):
        level = [
            part
            for whole in level
            for part in _parts(whole)
            if part.__class__ not in _PARTLESS
        ]
        if not level:
            return False
    return True


def _parts(whole: object) -> Iterable[object]:
    if isinstance(whole, dict):
        return whole.values()
    return whole if isinstance(whole, list) else ()
