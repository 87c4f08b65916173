"""How many: a number, a rule that finds one for each window, or a pool."""

from __future__ import annotations

from enum import Enum
from typing import Final

from attrs import field, frozen
from typing_extensions import override

from privflow.errors import DefinitionError
from privflow.quotas.written import written


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


@frozen(kw_only=True, repr=False)
class Pool:
    """So many touches for each person that an app can reach, all together (总量池).

    Args:
        times: how many for each person.
        audience: how many people there are; the host counts them, and writes the plan
            anew when the number has changed.
        least: the limit that a small audience gets, too.

    Raises:
        DefinitionError: a number below 1, or a `least` below 0.

    >>> Pool(2, audience=30_000, least=100_000).limit
    100000
    """

    times: int = field(kw_only=False)
    audience: int
    least: int = 0

    def __attrs_post_init__(self) -> None:
        whole_number("Pool.times", self.times)
        whole_number("Pool.audience", self.audience)
        whole_number("Pool.least", self.least, least=0)

    @property
    def limit(self) -> int:
        """The size of the pool."""
        return max(self.least, self.times * self.audience)

    @override
    def __str__(self) -> str:
        return str(self.limit)

    @override
    def __repr__(self) -> str:
        return written(self)


Limit = int | LimitRule | Pool


def limit_of(given: Limit) -> Limit:
    """The limit of a quota, if it is one."""
    if isinstance(given, LimitRule | Pool):
        return given
    if type(given) is int and given > 0:
        return given
    problem = f"got {given!r}, expected a whole number from 1 on, or days_in_month"
    remedy = "write 1 or more; to send nothing, leave the step out"
    raise DefinitionError("TouchQuota.limit", problem, remedy)
