"""What is wrong with a document: every problem, each with the path of its value."""

from __future__ import annotations

from math import isfinite, isnan
from typing import Never

from privflow.errors import DocumentError, DocumentProblem, PrivflowError

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


def place(name: object) -> str:
    """The step of a path that leads to a name of an object."""
    plain = isinstance(name, str) and name.isidentifier() and name.isascii()
    return f".{name}" if plain else f"[{told(name)}]"


def within(step: str, problem: PrivflowError) -> PrivflowError:
    """The problem of a part, with a path that counts from the whole.

    Constructors name their parts from `$`; both mean the value itself.
    """
    return problem.at(step + problem.path.removeprefix("$"))


class Problems:
    """What is wrong with the parts of one value, in the order of the document."""

    def __init__(self) -> None:
        self.found: list[PrivflowError] = []

    def add(self, step: str, problem: PrivflowError) -> None:
        """Take in a problem of a part, or all of them where there are several."""
        parts = problem.problems if isinstance(problem, DocumentError) else (problem,)
        self.found.extend(within(step, part) for part in parts)

    def add_text(self, step: str, problem: str, remedy: str) -> None:
        """Take in a problem in words."""
        self.add(step, DocumentProblem(problem, remedy))

    def check(self, what: str) -> None:
        """Raise if there is one.

        Args:
            what: the kind of the whole.

        Raises:
            DocumentError: holds all of them.
        """
        if self.found:
            raise DocumentError(what, self.found)
