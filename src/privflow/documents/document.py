"""Values to plain data and back: every public value, for ever (E5)."""

from __future__ import annotations

from typing import Any

from cattrs import BaseValidationError

from privflow.documents.converter import converter
from privflow.documents.frame import SCHEMA, is_readable, problems_of_frame
from privflow.documents.problem import problems_of, refuse, within
from privflow.documents.table import NAMES, TABLE
from privflow.errors import DocumentError, PrivflowError

_REMEDY = "pass a Contact, ContactState, Plan, Segment or another value of privflow"


def dump(value: object) -> dict[str, Any]:
    """The value as plain data for JSON: dicts, lists, text, numbers, bools, None.

    Equal values give equal documents, to the byte of `json.dumps`; but 1, 1.0 and True,
    which Python calls equal, stay what they are.

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
        plain = converter().unstructure(value, kind)
    except PrivflowError as problem:
        raise DocumentError(kind.__name__, [within("$.value", problem)]) from None
    return {"schema": SCHEMA, "type": name, "value": plain}


def load(document: dict[str, Any]) -> Any:  # noqa: ANN401 - the document says what it is
    """The value that a document describes.

    Raises:
        DocumentError: every problem in it, each with its path. Nothing is coerced, and
            no class is looked up but in the library's own table.

    >>> load({"schema": 1, "type": "Span", "value": "30d"})
    span('30d')
    """
    problems, what = list(problems_of_frame(document)), "document"
    value: object = None
    if is_readable(document, problems):
        raw, what = document["value"], document["type"]
        try:
            value = _read(raw, TABLE[what])
        except (PrivflowError, BaseValidationError) as error:
            found = problems_of(error, raw)
            problems += [within("$.value", problem) for problem in found]
    if problems:
        raise DocumentError(what, problems)
    return value


def _read(raw: object, kind: type) -> object:
    """The value; where that fails it is read again, to find every problem."""
    try:
        return converter(in_detail=False).structure(raw, kind)
    except Exception:  # noqa: BLE001 - whatever it is, the other reading tells of it
        return converter().structure(raw, kind)
