"""Every error of privflow: a stable code, the path of the culprit, one hint.

The class says whose turn it is to act. `DefinitionError`: the author of a plan.
`ConditionError`: the author of a condition. `DocumentError`: whoever stored the
document. `ProtocolError`: the host; the state is unchanged. `AdapterError`: a
platform sent something impossible. Any other exception out of privflow is a bug.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from typing import ClassVar, Self
from unicodedata import category, east_asian_width

from typing_extensions import override

__all__ = [
    "AdapterError",
    "ConditionError",
    "ConditionSyntaxError",
    "ConditionTypeError",
    "ContentError",
    "DefinitionError",
    "DocumentError",
    "DocumentProblem",
    "DuplicateNameError",
    "FutureInputError",
    "MissingExtraError",
    "NaiveTimeError",
    "NotABooleanError",
    "PayloadError",
    "PrivflowError",
    "ProtocolError",
    "TimeFormatError",
    "TimeReversedError",
    "UnknownFormatError",
    "UnknownNameError",
    "UnknownZoneError",
    "WrongContactError",
    "brief",
    "did_you_mean",
    "shown",
    "source_lines",
]

_MOST_SHOWN = 5
_LONGEST_VALUE = 200
_LONGEST_PART = 500


def brief(value: object) -> str:
    """The repr of a value, cut where it is long; Python has none of huge numbers."""
    try:
        text = repr(value)
    except ValueError:
        return "a number of thousands of digits"
    return _cut(text, _LONGEST_VALUE)


def _cut(text: str, most: int) -> str:
    rest = len(text) - most
    return f"{text[:most]}… and {rest} characters more" if rest > 0 else text


def shown(names: Iterable[object], *, most: int = _MOST_SHOWN) -> str:
    """The first few names by repr, and how many more there are."""
    everything = list(names)
    text = ", ".join(brief(name) for name in everything[:most])
    rest = len(everything) - most
    return f"{text} and {rest} more" if rest > 0 else text or "nothing"


def did_you_mean(name: str, known: Sequence[str]) -> str:
    """An action in words: the nearest known names, or the names that there are."""
    near = get_close_matches(name, known, n=2, cutoff=0.6)
    if near:
        return f"did you mean {' or '.join(map(brief, near))}?"
    return f"use one of {shown(known)}" if known else "none are defined yet"


def source_lines(text: str) -> list[str]:
    """The lines as Python counts them: unlike `splitlines`, by CR and LF alone."""
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


class PrivflowError(Exception):
    """Base of all errors of the library.

    Subclasses take typed arguments, keep them in `args`, and build `message` and
    `hint` from them, so that every error pickles and can be read by a program.
    """

    code: ClassVar[str] = "privflow"
    path: str = ""

    @property
    def message(self) -> str:
        """What is wrong, in one line, without path and hint."""
        return " ".join(str(argument) for argument in self.args)

    @property
    def hint(self) -> str:
        """What to do about it, in one line."""
        return "please report this as a bug"

    def at(self, path: str) -> Self:
        """This error with the path of the value that caused it."""
        self.path = path
        return self

    @override
    def __str__(self) -> str:
        where = f"{self.path}: " if self.path else ""
        return f"{where}{self.message} [{self.code}]\nhint: {self.hint}"


# ── The author of a plan ─────────────────────────────────────────────────────


class DefinitionError(PrivflowError, ValueError):
    """A definition cannot mean anything; raised while it is built.

    Args:
        what: the field or value, as its author knows it: `"Journey.stages"`.
        problem: what is wrong with it, with *got* and *expected*.
        remedy: what to write instead.
    """

    code: ClassVar[str] = "definition"

    def __init__(self, what: str, problem: str, remedy: str) -> None:
        super().__init__(what, problem, remedy)
        self.what, self.problem, self.remedy = what, problem, remedy

    @property
    @override
    def message(self) -> str:
        what, problem = (
            _cut(part, _LONGEST_PART) for part in (self.what, self.problem)
        )
        return f"{what}: {problem}"

    @property
    @override
    def hint(self) -> str:
        return self.remedy


class NaiveTimeError(DefinitionError):
    """A time without offset or zone, which could mean two dozen instants."""

    code: ClassVar[str] = "naive-time"

    def __init__(self, value: object) -> None:
        super().__init__(
            "instant",
            f"got {brief(value)}, which has neither offset nor zone",
            "write the offset ('2026-10-20T09:30+08:00') or pass tz='Asia/Shanghai'",
        )
        self.args = (value,)


class TimeFormatError(DefinitionError):
    """Text that is no instant, span, date or time of day."""

    code: ClassVar[str] = "time-format"

    def __init__(self, what: str, value: object, example: str) -> None:
        super().__init__(what, f"got {brief(value)}", f"write it like {example}")
        self.args = (what, value, example)


class UnknownZoneError(DefinitionError):
    """A time zone that the time-zone database does not know."""

    code: ClassVar[str] = "unknown-zone"

    def __init__(self, name: object) -> None:
        super().__init__(
            "timezone",
            f"got {brief(name)}, which is no zone of the IANA database",
            "use a name like 'Asia/Shanghai' or 'UTC'",
        )
        self.args = (name,)


class UnknownNameError(DefinitionError):
    """A name that was never defined: a tag, a stage, a channel, a segment.

    Args:
        what: the kind of thing: `"stage"`, `"tag of group 'fan_tier'"`.
        name: the name as written.
        known: the names that exist, for the hint.
    """

    code: ClassVar[str] = "unknown-name"

    def __init__(self, what: str, name: str, known: Iterable[str]) -> None:
        names = tuple(known)
        problem = f"no such name: {brief(name)}"
        super().__init__(what, problem, did_you_mean(name, names))
        self.args = (what, name, names)
        self.name, self.known = name, names


class DuplicateNameError(DefinitionError):
    """Two things of one kind share a name."""

    code: ClassVar[str] = "duplicate-name"

    def __init__(self, what: str, name: str) -> None:
        super().__init__(what, f"{brief(name)} is defined twice", "rename one of them")
        self.args = (what, name)


class NotABooleanError(DefinitionError, TypeError):
    """A condition or a three-valued truth was used as a Python bool."""

    code: ClassVar[str] = "not-a-boolean"

    def __init__(self, what: str, instead: str) -> None:
        super().__init__(what, "has no truth value of its own", instead)
        self.args = (what, instead)


class UnknownFormatError(DefinitionError):
    """A format that this object cannot be drawn in."""

    code: ClassVar[str] = "unknown-format"

    def __init__(self, what: str, spec: str, known: Iterable[str]) -> None:
        names = tuple(known)
        super().__init__(
            what, f"cannot be drawn as {spec!r}", f"use one of {shown(names)}"
        )
        self.args = (what, spec, names)


# ── The author of a condition ────────────────────────────────────────────────


class ConditionError(DefinitionError):
    """A condition that cannot be judged: too deep, or with an impossible operand."""

    code: ClassVar[str] = "condition"


class ConditionTypeError(ConditionError):
    """An operator was given a value of a type that it cannot compare."""

    code: ClassVar[str] = "condition-type"

    def __init__(self, what: str, got: object, expected: str) -> None:
        problem = f"got {brief(got)}, expected {expected}"
        super().__init__(what, problem, f"write {expected}")
        self.args = (what, got, expected)


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


# ── Whoever stored a document ────────────────────────────────────────────────


class DocumentError(PrivflowError, ExceptionGroup[PrivflowError]):
    """A document cannot be loaded; holds every problem, each with its path."""

    code: ClassVar[str] = "document"

    def __new__(cls, what: str, problems: Sequence[PrivflowError]) -> Self:
        """The group, whose parts Python wants to know before `__init__`."""
        return super().__new__(cls, what, problems)

    def __init__(self, what: str, problems: Sequence[PrivflowError]) -> None:
        super().__init__(what, problems)
        self.what, self.problems = what, tuple(problems)

    @property
    @override
    def message(self) -> str:
        listed = [str(problem).partition("\n")[0] for problem in self.problems]
        more = len(listed) - _MOST_SHOWN
        rest = [f"and {more} more"] if more > 0 else []
        lines = "".join(f"\n  {line}" for line in [*listed[:_MOST_SHOWN], *rest])
        return f"{self.what} has {len(listed)} problem(s):{lines}"

    @property
    @override
    def hint(self) -> str:
        return self.problems[0].hint

    @override
    def derive(self, excs: Sequence[PrivflowError]) -> DocumentError:  # type: ignore[override]
        """The same document with some of its problems, for `except*`."""
        return DocumentError(self.what, excs)


class DocumentProblem(PrivflowError, ValueError):  # noqa: N818 - a part of an error
    """One value of a document is not what the schema says.

    Args:
        problem: what is wrong, with *got* and *expected*.
        remedy: what the document should hold there.
    """

    code: ClassVar[str] = "document-value"

    def __init__(self, problem: str, remedy: str) -> None:
        super().__init__(problem, remedy)
        self.problem, self.remedy = problem, remedy

    @property
    @override
    def message(self) -> str:
        return self.problem

    @property
    @override
    def hint(self) -> str:
        return self.remedy


# ── The host ─────────────────────────────────────────────────────────────────


class ProtocolError(PrivflowError):
    """The host called in a way that cannot be right; the state is unchanged.

    Args:
        problem: what was asked.
        remedy: how to ask it.
    """

    code: ClassVar[str] = "protocol"

    def __init__(self, problem: str, remedy: str) -> None:
        super().__init__(problem, remedy)
        self.problem, self.remedy = problem, remedy

    @property
    @override
    def message(self) -> str:
        return self.problem

    @property
    @override
    def hint(self) -> str:
        return self.remedy


class WrongContactError(ProtocolError):
    """An input of one contact was given to the state of another."""

    code: ClassVar[str] = "wrong-contact"

    def __init__(self, expected: str, got: str) -> None:
        super().__init__(
            f"got an input of contact {got!r} for the state of {expected!r}",
            "load the state of the contact that the input names",
        )
        self.args = (expected, got)


class TimeReversedError(ProtocolError):
    """`now` lies before what the state has already lived through."""

    code: ClassVar[str] = "time-reversed"

    def __init__(self, reached: object, now: object) -> None:
        super().__init__(
            f"the state has reached {reached}, got now={now}",
            "serialise the inputs of one contact and pass a clock that only rises",
        )
        self.args = (reached, now)


class FutureInputError(ProtocolError):
    """An input claims to have happened after `now`."""

    code: ClassVar[str] = "future-input"

    def __init__(self, at: object, now: object) -> None:
        super().__init__(
            f"got an input that happened at {at}, after now={now}",
            "hand it in when its time has come, or correct the sender's clock",
        )
        self.args = (at, now)


class ContentError(ProtocolError):
    """Rendered content that a channel cannot carry; nothing was encoded.

    Args:
        what: the channel, or the field of the content: `"Content.text"`.
        excess: what it has that is too much, missing or of the wrong kind.
        remedy: what to render instead.
    """

    code: ClassVar[str] = "content"

    def __init__(self, what: str, excess: str, remedy: str) -> None:
        super().__init__(f"{what}: {excess}", remedy)
        self.args = (what, excess, remedy)
        self.what, self.excess = what, excess


# ── The platform ─────────────────────────────────────────────────────────────


class AdapterError(PrivflowError):
    """A platform sent something that its documentation rules out.

    Args:
        channel: the channel whose codec read it.
        problem: what is impossible about it.
        remedy: what to do with the payload.
    """

    code: ClassVar[str] = "adapter"

    def __init__(self, channel: str, problem: str, remedy: str) -> None:
        super().__init__(channel, problem, remedy)
        self.channel, self.problem, self.remedy = channel, problem, remedy

    @property
    @override
    def message(self) -> str:
        return f"{self.channel}: {self.problem}"

    @property
    @override
    def hint(self) -> str:
        return self.remedy


class PayloadError(AdapterError):
    """A payload that is malformed, hostile or too large; nothing was decoded."""

    code: ClassVar[str] = "payload"


# ── The installation ─────────────────────────────────────────────────────────


class MissingExtraError(PrivflowError):
    """A part of privflow needs a library that an extra brings, and it is not there.

    Args:
        extra: the extra's name.
        library: what it would have brought.
    """

    code: ClassVar[str] = "missing-extra"

    def __init__(self, extra: str, library: str) -> None:
        super().__init__(extra, library)
        self.args = (extra, library)
        self.extra, self.library = extra, library

    @property
    @override
    def message(self) -> str:
        return f"{self.library} is not installed"

    @property
    @override
    def hint(self) -> str:
        return f"pip install 'privflow[{self.extra}]'"
