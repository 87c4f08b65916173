"""One thing that looks like a mistake."""

from __future__ import annotations

from difflib import get_close_matches
from typing import Final

from attrs import field, frozen
from typing_extensions import override

from privflow.errors import ConditionError, brief, did_you_mean

_ALIKE: Final = 0.8


@frozen(kw_only=True)
class Finding:
    """Something in a plan that looks like a mistake (检查结果).

    Args:
        code: what kind of mistake: `"unknown-name"`, `"circle"` of stages, `"loop"` of
            rules, or the code of the error that a catalogue tells of a condition.
        path: where it stands in the plan, as in its document; `"contacts"` of what was
            found in the contacts that were handed in.
        hint: what to do about it.

    >>> finding = Finding("circle", "$.journeys[0]", problem="round", hint="wait")
    >>> print(finding)
    $.journeys[0]: round [circle]
    hint: wait
    """

    code: str = field(kw_only=False)
    path: str = field(kw_only=False)
    problem: str
    hint: str

    @override
    def __str__(self) -> str:
        return f"{self.path}: {self.problem} [{self.code}]\nhint: {self.hint}"


def unknown(path: str, problem: str, name: str, known: tuple[str, ...]) -> Finding:
    """The finding about a name that nothing has."""
    where = f"{problem}: {brief(name)}"
    return Finding("unknown-name", path, problem=where, hint=did_you_mean(name, known))


def is_nearly(name: str, known: tuple[str, ...]) -> bool:
    """Whether a name that may be any is none of the known ones, and hardly meant."""
    return name not in known and bool(get_close_matches(name, known, 1, _ALIKE))


def of_error(error: ConditionError) -> Finding:
    """The finding that a catalogue tells as an error."""
    return Finding(error.code, error.path, problem=error.message, hint=error.hint)
