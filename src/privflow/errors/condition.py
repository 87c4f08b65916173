"""The turn of the author of a condition: operands, types and syntax."""

from __future__ import annotations

from typing import ClassVar
from unicodedata import category, east_asian_width

from typing_extensions import override

from privflow.errors.definition import DefinitionError
from privflow.errors.wording import brief, source_lines


class ConditionError(DefinitionError):
    """A condition that cannot be judged: too deep, or with an impossible operand."""

    code: ClassVar[str] = "condition"


class ConditionTypeError(ConditionError):
    """A value stands where its type makes no sense: an operand, a condition.

    Args:
        what: the operand or field.
        got: what stands there.
        expected: what should, as it is written.
        remedy: how to get there from what stands there; to write it anew if empty.
    """

    code: ClassVar[str] = "condition-type"

    def __init__(self, what: str, got: object, expected: str, remedy: str = "") -> None:
        problem = f"got {brief(got)}, expected {expected}"
        super().__init__(what, problem, remedy or f"write {expected}")
        self.args = (what, got, expected, remedy)


class ConditionSyntaxError(ConditionError):
    """Condition text that does not parse, with line, column and the place underlined.

    Args:
        text: the whole text.
        problem: what is wrong there.
        line: counted from 1.
        column: counted from 1, in characters.
    """

    code: ClassVar[str] = "condition-syntax"

    def __init__(self, text: str, problem: str, line: int, column: int) -> None:
        super().__init__(
            f"line {line}, column {column}",
            problem,
            "a condition is built from attr, tag, event, prop, now with & | ~",
        )
        self.args = (text, problem, line, column)
        self.text, self.line, self.column = text, line, column

    @property
    @override
    def message(self) -> str:
        lines = source_lines(self.text)
        source = lines[min(self.line, len(lines)) - 1]
        start = max(0, self.column - 40)
        excerpt = _printable(source[start : start + 72])
        before = excerpt[: self.column - 1 - start].ljust(self.column - 1 - start)
        return f"{super().message}\n  {excerpt}\n  {_blank(before)}^"


def _printable(line: str) -> str:
    """The line, safe to print: one sign for each, and none that steers a terminal."""
    signs = line.replace("\t", " ")
    return "".join(sign if sign.isprintable() else "\ufffd" for sign in signs)


def _blank(text: str) -> str:
    """Spaces as wide as the text is on a terminal, where Chinese takes two columns."""
    wide = sum(east_asian_width(sign) in {"W", "F"} for sign in text)
    flat = sum(category(sign) in {"Mn", "Me"} for sign in text)
    return " " * (len(text) + wide - flat)
