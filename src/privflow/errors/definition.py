"""The turn of the author of a plan: definitions that cannot mean anything."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from typing_extensions import override

from privflow.errors.error import PrivflowError
from privflow.errors.wording import brief, cut, did_you_mean, shown

_LONGEST_PART = 500
_LANGUAGES = ("en", "zh")
_NONE_YET = "define it first: none are defined yet"


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
        what, problem = (cut(part, _LONGEST_PART) for part in (self.what, self.problem))
        return f"{what}: {problem}"

    @property
    @override
    def hint(self) -> str:
        return self.remedy


class NaiveTimeError(DefinitionError):
    """A time without offset or zone, which could mean two dozen instants."""

    code: ClassVar[str] = "naive-time"

    def __init__(self, value: object) -> None:
        remedy = (
            "write the offset ('2026-10-20T09:30+08:00') or pass tz='Asia/Shanghai'"
            if isinstance(value, str)
            else "give it a zone or pass tz='Asia/Shanghai'; for a day take its .date()"
        )
        problem = f"got {brief(value)}, which has neither offset nor zone"
        super().__init__("instant", problem, remedy)
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

    def __init__(self, what: str, name: object, known: Iterable[str]) -> None:
        names = tuple(known)
        problem = f"no such name: {brief(name)}"
        remedy = did_you_mean(name, names) if names else _NONE_YET
        super().__init__(what, problem, remedy)
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
        remedy = f"use one of {shown(names)}" if names else "print it instead"
        if spec in _LANGUAGES:
            remedy = f"ask for it with language={spec!r}, where it is made; {remedy}"
        super().__init__(what, f"cannot be drawn as {spec!r}", remedy)
        self.args = (what, spec, names)
