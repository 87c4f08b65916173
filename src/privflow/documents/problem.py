"""What is wrong with a document: every problem, each with the path of its value."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite, isnan
from typing import Never

import attrs
from cattrs import (
    ClassValidationError,
    ForbiddenExtraKeysError,
    IterableValidationError,
)
from cattrs.dispatch import UnstructuredValue

from privflow.errors import (
    DefinitionError,
    DocumentError,
    DocumentProblem,
    PrivflowError,
    did_you_mean,
)

MOST_DIGITS = 300
"""Of a whole number, as facts count them; Python refuses to write out far longer."""

_MOST_CHARACTERS = 60
_MOST_NAMES = 3
_WORDS = {None: "null", True: "true", False: "false"}


def told(raw: object) -> str:
    """A value of a document in the words of JSON, cut where it is long."""
    match raw:
        case None | bool():
            return _WORDS[raw]
        case dict():
            names = ", ".join(told(name) for name in list(raw)[:_MOST_NAMES])
            more = ", …" if len(raw) > _MOST_NAMES else ""
            return f"an object with {names}{more}" if raw else "an empty object"
        case list():
            return f"a list of {len(raw)}" if raw else "an empty list"
        case int() if abs(raw) >= 10**MOST_DIGITS:
            return f"a number of more than {MOST_DIGITS} digits"
        case float() if not isfinite(raw):
            return "NaN" if isnan(raw) else f"{'-' if raw < 0 else ''}Infinity"
        case int() | float():
            return repr(raw)
        case str():
            rest = "…" if len(raw) > _MOST_CHARACTERS else ""
            return repr(raw[:_MOST_CHARACTERS]) + rest
        case _:
            return f"a value of type {type(raw).__name__}"


def refuse(wanted: str, got: object, remedy: str = "") -> Never:
    """Raise for a value of the wrong kind.

    Args:
        wanted: what the document should hold there: `"a whole number"`.
        remedy: the hint, where writing what is wanted is not all there is to say.
    """
    problem = f"got {told(got)}, expected {wanted}"
    where_absent = "; leave it out where it has a default" if got is None else ""
    raise DocumentProblem(problem, remedy or f"write {wanted}{where_absent}")


def called(kind: type) -> str:
    """What messages call a class."""
    return getattr(kind, "called", kind.__name__)


# ── Paths ────────────────────────────────────────────────────────────────────


def place(name: object) -> str:
    """The step of a path that leads to a name of an object, or an index of a list."""
    plain = isinstance(name, str) and name.isidentifier() and name.isascii()
    return f".{name}" if plain else f"[{told(name)}]"


def within(step: str, problem: PrivflowError) -> PrivflowError:
    """The problem of a part, with a path that counts from the whole.

    Constructors name their parts from `$`; both mean the value itself.
    """
    return problem.at(step + problem.path.removeprefix("$"))


# ── What cattrs found ────────────────────────────────────────────────────────


def problems_of(error: Exception, raw: UnstructuredValue) -> list[PrivflowError]:
    """The problems behind what a hook raised, in the order of the document.

    Args:
        raw: what the hook was given; the paths count from it.
    """
    match error:
        case DocumentError():
            return list(error.problems)
        case PrivflowError():
            vars(error).pop("__notes__", None)
            return [error]
        case ClassValidationError():
            return _of_class(error, raw)
        case IterableValidationError():
            return [
                within(place(note.index), problem)
                for part, note in error.group_exceptions()[0]
                for problem in problems_of(part, raw[note.index])
            ]
        case _:
            raise error


def _of_class(
    error: ClassValidationError, raw: UnstructuredValue
) -> list[PrivflowError]:
    what = called(error.cl)
    fields = [field.name for field in attrs.fields(error.cl) if field.init]
    of_fields, others = error.group_exceptions()
    found: dict[str, list[PrivflowError]] = {}
    for part, note in of_fields:
        if note.name in raw:
            found[note.name] = problems_of(part, raw[note.name])
        else:
            remedy = f"{what} needs it: add it"
            found[note.name] = [DocumentProblem("is missing", remedy)]
    for part in others:
        if not isinstance(part, ForbiddenExtraKeysError):
            return [_located(own, what, fields) for own in problems_of(part, raw)]
        for name in part.extra_fields:
            remedy = did_you_mean(str(name), fields)
            found[name] = [DocumentProblem(f"{what} has no such field", remedy)]
    ordered = {name: found[name] for name in raw if name in found} | found
    return [within(place(name), own) for name in ordered for own in ordered[name]]


def _located(problem: PrivflowError, kind: str, fields: Sequence[str]) -> PrivflowError:
    """What a class says against its fields, at the field that it names."""
    if problem.path or not isinstance(problem, DefinitionError):
        return problem
    of, _, name = problem.what.rpartition(".")
    is_named = name in fields and of in {"", kind}
    return problem.at(place(name)) if is_named else problem
