"""The three truth values, and what a condition says about one contact."""

from __future__ import annotations

from enum import Enum

from attrs import field, frozen
from typing_extensions import override

from privflow.errors import NotABooleanError
from privflow.timing import Instant


class Truth(Enum):
    """YES, NO or UNKNOWN, after Kleene (C1). A segment holds whom it says YES of."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"

    def __bool__(self) -> bool:
        raise NotABooleanError("Truth", "compare it: `truth is Truth.YES`")

    @override
    def __repr__(self) -> str:
        return f"Truth.{self.name}"

    @override
    def __str__(self) -> str:
        return self.name

    @classmethod
    def of(cls, value: bool) -> Truth:  # noqa: FBT001 - the bool is the subject
        """YES or NO."""
        return cls.YES if value else cls.NO


YES, NO, UNKNOWN = Truth.YES, Truth.NO, Truth.UNKNOWN


def negated(truth: Truth) -> Truth:
    """NO for YES, YES for NO; the unknown stays unknown."""
    if truth is UNKNOWN:
        return UNKNOWN
    return NO if truth is YES else YES


@frozen(kw_only=True)
class Verdict:
    """What a condition says of a contact at an instant.

    Args:
        stable_until: time alone changes nothing before it; None means never (C7).
        reasons: one line for each clause that decided it.
    """

    value: Truth
    stable_until: Instant | None = None
    reasons: tuple[str, ...] = field(default=(), converter=tuple[str, ...])

    def __bool__(self) -> bool:
        raise NotABooleanError("Verdict", "compare its value: `v.value is Truth.YES`")

    @override
    def __str__(self) -> str:
        until = f", until {self.stable_until} at least" if self.stable_until else ""
        return "\n".join([f"{self.value}{until}", *self.reasons])
