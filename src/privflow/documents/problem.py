"""What is wrong with a document: every problem, each with the path of its value."""

from __future__ import annotations

from collections.abc import Iterator

from cattrs import (
    AttributeValidationNote,
    ClassValidationError,
    ForbiddenExtraKeysError,
    IterableValidationError,
    IterableValidationNote,
)

from privflow.errors import DocumentProblem, PrivflowError, did_you_mean, shown


def problems_of(error: BaseException, path: str = "$") -> Iterator[PrivflowError]:
    """The problems behind an exception of cattrs, depth first."""
    match error:
        case ClassValidationError() | IterableValidationError():
            for inner in error.exceptions:
                yield from problems_of(inner, path + _step(inner))
        case ForbiddenExtraKeysError():
            for name in sorted(error.extra_fields):
                known = _fields_of(error.cl)
                problem = f"unknown field {name!r}"
                yield DocumentProblem(problem, did_you_mean(name, known)).at(path)
        case PrivflowError():
            yield error.at(_joined(path, error.path))
        case KeyError():
            problem = f"the field {error.args[0]!r} is missing"
            yield DocumentProblem(problem, f"add {error.args[0]!r}").at(path)
        case _:
            problem = str(error) or type(error).__name__
            yield DocumentProblem(problem, "correct the value").at(path)


def _step(error: BaseException) -> str:
    for note in getattr(error, "__notes__", ()):
        if isinstance(note, AttributeValidationNote):
            return f".{note.name}"
        if isinstance(note, IterableValidationNote):
            index = note.index
            return f"[{index!r}]"
    return ""


def _joined(path: str, inner: str) -> str:
    return path + inner.removeprefix("$") if inner.startswith("$") else path


def _fields_of(kind: type) -> tuple[str, ...]:
    return tuple(getattr(kind, "__annotations__", {}))


def expected(what: str, got: object) -> DocumentProblem:
    """A value of the wrong kind."""
    text = f"got {type(got).__name__} {shown([got], most=1)[:80]}, expected {what}"
    return DocumentProblem(text, f"write {what}")
