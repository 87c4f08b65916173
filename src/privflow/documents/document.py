"""Values to plain data and back: every public value, for ever (E5)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from privflow.documents.converter import make_converter
from privflow.documents.problem import expected, problems_of
from privflow.documents.table import NAMES, TABLE
from privflow.errors import (
    DocumentError,
    DocumentProblem,
    PrivflowError,
    UnknownNameError,
)

SCHEMA = 1
"""Raised when the form of a document changes."""

MOST_LEVELS = 200
"""Deeper documents are refused before anything walks them."""

_converter = make_converter()


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
    if name is None:
        raise DocumentError(kind.__name__, [expected("a value of privflow", value)])
    try:
        plain = _converter.unstructure(value, kind)
    except PrivflowError as problem:
        raise DocumentError(name, [problem]) from None
    return {"schema": SCHEMA, "type": name, "value": plain}


def load(document: Mapping[str, Any]) -> Any:  # noqa: ANN401 - the document says what it is
    """The value that a document describes.

    Raises:
        DocumentError: every problem in it, each with its path. Nothing is coerced, and
            no class is looked up but in the library's own table.
    """
    what, raw = _opened(document)
    try:
        return _converter.structure(raw, TABLE[what])
    except PrivflowError as problem:
        raise DocumentError(what, list(problems_of(problem))) from None
    except ExceptionGroup as group:
        raise DocumentError(what, list(problems_of(group))) from None
    except (TypeError, ValueError, KeyError, RecursionError) as error:
        raise DocumentError(what, list(problems_of(error))) from None


def _opened(document: object) -> tuple[str, object]:
    """The name of the class and the raw value, if the frame of the document is right."""
    if not isinstance(document, Mapping):
        raise DocumentError("document", [expected("an object", document).at("$")])
    problems: list[PrivflowError] = []
    schema, name = document.get("schema"), document.get("type")
    if schema.__class__ is not int or schema != SCHEMA:
        text = f"got schema {schema!r}, expected {SCHEMA}"
        remedy = "load it with the version of privflow that wrote it, or a newer one"
        problems.append(DocumentProblem(text, remedy).at("$.schema"))
    if not isinstance(name, str):
        problems.append(expected("the name of a class", name).at("$.type"))
    elif name not in TABLE:
        problems.append(UnknownNameError("type", name, sorted(TABLE)).at("$.type"))
    for extra in sorted(set(document) - {"schema", "type", "value"}, key=str):
        text = f"unknown field {extra!r}"
        problems.append(DocumentProblem(text, "put it into value").at("$"))
    if "value" not in document:
        problems.append(DocumentProblem("the value is missing", "add it").at("$"))
    elif _is_too_deep(document["value"]):
        text = f"is nested more than {MOST_LEVELS} levels deep"
        problems.append(DocumentProblem(text, "flatten it").at("$.value"))
    if problems:
        raise DocumentError("document", problems)
    return cast("str", name), document["value"]


def _is_too_deep(raw: object) -> bool:
    """Whether plain data is nested deeper than documents are; never recurses."""
    level: list[object] = [raw]
    for _ in range(MOST_LEVELS):
        level = [part for whole in level for part in _parts(whole)]
        if not level:
            return False
    return True


def _parts(whole: object) -> list[object]:
    if isinstance(whole, Mapping):
        return list(whole.values())
    return list(whole) if isinstance(whole, list | tuple) else []
