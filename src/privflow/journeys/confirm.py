"""Until when staff confirm a task, and when they are reminded of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from attrs import field, frozen

from privflow.errors import DefinitionError
from privflow.timing import Span, span

MOST_REMINDERS: Final = 3


def _spans(given: Iterable[Span | str]) -> tuple[Span, ...]:
    if isinstance(given, str):
        problem = f"got {given!r}, expected a list of spans"
        raise DefinitionError("Confirm.remind", problem, f"write [{given!r}]")
    return tuple(sorted(span(one) for one in given))


@frozen(kw_only=True)
class Confirm:
    """The deadline and the reminders of a task for staff (任务截止与提醒, J7).

    Args:
        within: how long the task keeps its place in quotas unless staff confirm it.
        remind: how long after the task was given staff are reminded, three times at
            most, each time only if nothing has been heard.

    Raises:
        DefinitionError: a reminder at the deadline or later, or too many.

    Source:
        developer.work.weixin.qq.com/document/path/97610, 2025-11-17: three reminders
        of a mass send in 24 hours.

    >>> Confirm(within="24h", remind=["4h", "20h"]).within
    span('1d')
    """

    within: Span = field(converter=span)
    remind: tuple[Span, ...] = field(default=(), converter=_spans)

    def __attrs_post_init__(self) -> None:
        if len(self.remind) > MOST_REMINDERS:
            problem = f"got {len(self.remind)} reminders, {MOST_REMINDERS} at most"
            raise DefinitionError("Confirm.remind", problem, "leave some out")
        if not all(0 < one.us < self.within.us for one in self.remind):
            problem = f"got {[str(one) for one in self.remind]} within {self.within}"
            raise DefinitionError("Confirm", problem, "remind before the deadline")
        if not self.within.us:
            problem = "got '0s', no time to confirm anything"
            raise DefinitionError("Confirm.within", problem, "write within='24h'")
