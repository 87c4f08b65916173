"""Values to plain data and back: every public value, for ever (E5)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from privflow.documents.problem import Problems, place, refuse, told
from privflow.documents.registry import form_named
from privflow.documents.table import NAMES, TABLE
from privflow.errors import (
    DocumentError,
    PrivflowError,
    UnknownNameError,
    did_you_mean,
)

SCHEMA = 1
"""Raised when the form of a document changes."""

MOST_LEVELS = 200
"""Deeper documents are refused before anything walks them."""

_REMEDY = "pass a Contact, ContactState, Plan, Segment or another value of privflow"
_FIELDS = ("schema", "type", "value")


def dump(value: object) -> dict[str, Any]:
    """The value as plain data for JSON: dicts, lists, text, numbers, bools, None.

    Equal values give equal documents, to the byte of `json.dumps`.

    Raises:
        DocumentError: the value is, or holds, something that no document can hold,
            such as a gate of your own.

    >>> from privflow.facts import Contact
    >>> dump(Contact("c-001"))
    {'schema': 1, 'type': 'Contact', 'value': {'id': 'c-001'}}
    """
    kind = type(value)
    name = NAMES.get(kind)
    try:
        if name is None:
            refuse("a value that documents hold", value, _REMEDY)
        plain = form_named(name).write(value)
    except PrivflowError as problem:
        problems = Problems()
        problems.add("$.value", problem)
        raise DocumentError(kind.__name__, problems.found) from None
    return {"schema": SCHEMA, "type": name, "value": plain}


def load(document: dict[str, Any]) -> Any:  # noqa: ANN401 - the document says what it is
    """The value that a document describes.

    Raises:
        DocumentError: every problem in it, each with its path. Nothing is coerced, and
            no class is looked up but in the library's own table.

    >>> load({"schema": 1, "type": "Span", "value": "30d"})
    span('30d')
    """
    problems = Problems()
    what = _checked_frame(document, problems)
    value = None
    if what is not None:
        try:
            value = form_named(what).read(document["value"])
        except PrivflowError as problem:
            problems.add("$.value", problem)
    problems.check(what or "document")
    return value


def _checked_frame(document: object, problems: Problems) -> str | None:
    """The name of the class, if the frame is good enough to read the value."""
    if not isinstance(document, dict):
        text = f"got {told(document)}, expected an object"
        problems.add_text("$", text, "hand over what json.loads made of the text")
        return None
    for name in _FIELDS:
        if name not in document:
            problems.add_text(f"$.{name}", "is missing", "load what dump has made")
    for name in document:
        if name not in _FIELDS:
            remedy = did_you_mean(str(name), _FIELDS)
            problems.add_text(f"${place(name)}", "a document has no such field", remedy)
    schema = document.get("schema", SCHEMA)
    if schema.__class__ is not int or schema != SCHEMA:
        text = f"got {told(schema)}, expected {SCHEMA}"
        remedy = "load it with the version of privflow that wrote it, or a newer one"
        problems.add_text("$.schema", text, remedy)
        return None
    what = _checked_type(document["type"], problems) if "type" in document else None
    if "value" not in document or _is_too_deep(document["value"], problems):
        return None
    return what


def _checked_type(name: object, problems: Problems) -> str | None:
    if isinstance(name, str):
        if name in TABLE:
            return name
        problems.add("$.type", UnknownNameError("class", name, sorted(TABLE)))
    else:
        text = f"got {told(name)}, expected the name of a class"
        problems.add_text("$.type", text, "load what dump has made")
    return None


def _is_too_deep(raw: object, problems: Problems) -> bool:
    """Whether plain data is nested deeper than documents are; never recurses."""
    level: list[object] = [raw]
    for _ in range(MOST_LEVELS):
        level = [part for whole in level for part in _parts(whole)]
        if not level:
            return False
    text = f"is nested more than {MOST_LEVELS} levels deep"
    problems.add_text("$.value", text, "split it: no value of privflow is as deep")
    return True


def _parts(whole: object) -> Iterable[object]:
    if isinstance(whole, dict):
        return whole.values()
    return whole if isinstance(whole, list) else ()
