"""The three truth values."""

from __future__ import annotations

from enum import Enum

from typing_extensions import override

from privflow.errors import NotABooleanError


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
