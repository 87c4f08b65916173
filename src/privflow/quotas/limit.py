"""How many: a number, or a rule that finds one for each window."""

from __future__ import annotations

from enum import Enum
from typing import Final

from typing_extensions import override

from privflow.errors import DefinitionError


class LimitRule(Enum):
    """A limit that is not one number (额度规则)."""

    DAYS_IN_MONTH = "days_in_month"

    @override
    def __repr__(self) -> str:
        return self.value


days_in_month: Final = LimitRule.DAYS_IN_MONTH
"""As many touches in a calendar month as the month has days: 28 to 31."""

SHORTEST_MONTH: Final = 28


def whole_number(what: str, given: object, *, least: int = 1) -> int:
    """The number, if it is a whole one and no smaller than `least`."""
    if type(given) is not int or given < least:
        problem = f"got {given!r}, expected a whole number from {least} on"
        raise DefinitionError(what, problem, f"write {least} or more")
    return given


def limit_of(given: int | LimitRule) -> int | LimitRule:
    """The limit of a quota, if it is one."""
    if isinstance(given, LimitRule):
        return given
    if type(given) is int and given > 0:
        return given
    problem = f"got {given!r}, expected a whole number from 1 on, or days_in_month"
    remedy = "write 1 or more; to send nothing, leave the step out"
    raise DefinitionError("TouchQuota.limit", problem, remedy)
