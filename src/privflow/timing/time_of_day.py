"""Times of day: what a wall clock shows, on no day in particular."""

from __future__ import annotations

import re
from typing import final

from typing_extensions import override

from privflow.errors import DefinitionError, TimeFormatError
from privflow.timing.microseconds import Microseconds, set_us
from privflow.timing.zone import DAY, SECOND

_TEXT = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])(?::([0-5][0-9]))?")
_EXAMPLE = "'09:00' or '22:00:30', from '00:00' to '23:59:59'"


@final
class TimeOfDay(Microseconds):
    """A wall-clock time (钟点) to the second.

    Args:
        us: microseconds since midnight, whole seconds of less than a day.

    >>> TimeOfDay(22 * 3_600_000_000)
    time_of_day('22:00')
    """

    __slots__ = ()

    def __init__(self, us: int) -> None:
        if type(us) is not int or not 0 <= us < DAY or us % SECOND:
            what, problem = "time of day", f"got {us!r}, expected whole seconds in us"
            raise DefinitionError(what, problem, "write it as text: '22:00'")
        set_us(self, us)

    @override
    def __str__(self) -> str:
        minutes, second = divmod(self.us // SECOND, 60)
        text = f"{minutes // 60:02}:{minutes % 60:02}"
        return f"{text}:{second:02}" if second else text

    @override
    def __repr__(self) -> str:
        return f"time_of_day('{self}')"


def time_of_day(value: str | TimeOfDay) -> TimeOfDay:
    """The time of day that a text means.

    Raises:
        TimeFormatError: for other text; the end of a day is `"00:00"`, never 24:00.

    >>> time_of_day("22:00")
    time_of_day('22:00')
    """
    if isinstance(value, TimeOfDay):
        return value
    return TimeOfDay(_microseconds_of(value))


def maybe_time_of_day(value: str | TimeOfDay | None) -> TimeOfDay | None:
    """The time of day that a text means, where there is one."""
    return None if value is None else time_of_day(value)


def _microseconds_of(value: object) -> int:
    match = _TEXT.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        what = "time of day"
        raise TimeFormatError(what, value, _EXAMPLE)
    hour, minute, second = (int(part or 0) for part in match.groups())
    return ((hour * 60 + minute) * 60 + second) * SECOND
