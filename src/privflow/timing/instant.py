"""Instants: points on the one time line, in whole microseconds of UTC."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import final, overload

import pendulum
from typing_extensions import override

from privflow.errors import (
    DefinitionError,
    NaiveTimeError,
    ProtocolError,
    TimeFormatError,
)
from privflow.timing.microseconds import Microseconds, set_us
from privflow.timing.span import Span
from privflow.timing.zone import (
    DAY,
    EPOCH_ORDINAL,
    LAST_ORDINAL,
    SECOND,
    date_of_day,
    from_local,
    offset_at,
    zone_name,
)

FIRST_US = (1 - EPOCH_ORDINAL) * DAY
LAST_US = (LAST_ORDINAL + 1 - EPOCH_ORDINAL) * DAY - 1

_EXAMPLE = "'2026-10-20T09:30+08:00' or '2026-10-20T01:30:00Z', in years 1 to 9999"
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TEXT = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[T ]([0-9]{2}):([0-9]{2})"
    r"(?::([0-9]{2})(?:\.([0-9]{1,6}))?)?"
    r"(Z|([+-])([0-9]{2})(?::?([0-9]{2})(?::([0-9]{2}))?)?)?"
)


@final
class Instant(Microseconds):
    """A point in time (时刻), the same everywhere.

    Args:
        us: microseconds since 1970-01-01T00:00Z, in the years 1 to 9999.

    >>> Instant(0)
    instant('1970-01-01T00:00:00Z')
    """

    __slots__ = ()

    def __init__(self, us: int) -> None:
        if type(us) is not int or not FIRST_US <= us <= LAST_US:
            problem = f"got {us!r}, expected whole microseconds in years 1 to 9999"
            remedy = "write Instant(int(seconds * 1_000_000)), or of text instant('…')"
            raise DefinitionError("instant", problem, remedy)
        set_us(self, us)

    def __add__(self, other: Span) -> Instant:
        if not isinstance(other, Span):
            return NotImplemented
        return Instant(self.us + other.us)

    @overload
    def __sub__(self, other: Span) -> Instant: ...
    @overload
    def __sub__(self, other: Instant) -> Span: ...
    def __sub__(self, other: object) -> Instant | Span:
        if isinstance(other, Span):
            return Instant(self.us - other.us)
        return _distance(other, self) if isinstance(other, Instant) else NotImplemented

    def isoformat(self, tz: str = "UTC") -> str:
        """ISO 8601 text with the offset; microseconds only where there are some.

        Args:
            tz: the zone whose wall clock is shown.

        >>> instant("2026-10-20T01:30Z").isoformat("Asia/Shanghai")
        '2026-10-20T09:30:00+08:00'
        """
        offset = 0 if tz == "UTC" else offset_at(tz, self.us)
        day, rest = divmod(self.us + offset, DAY)
        second, us = divmod(rest, SECOND)
        fraction = f".{us:06}" if us else ""
        suffix = "Z" if tz == "UTC" else _offset_text(offset // SECOND)
        return f"{_text_of_day(day)}T{_clock(second)}{fraction}{suffix}"

    def in_zone(self, tz: str) -> pendulum.DateTime:
        """The same instant as a pendulum DateTime, for work at the edges.

        >>> instant("2026-10-20T01:30Z").in_zone("Asia/Shanghai").hour
        9
        """
        zone = zone_name(tz)
        day = date_of_day(self.us // DAY)
        second, us = divmod(self.us % DAY, SECOND)
        clock = (second // 3600, second // 60 % 60, second % 60, us)
        moment = datetime(day.year, day.month, day.day, *clock, tzinfo=UTC)
        return pendulum.instance(moment).in_timezone(zone)

    @override
    def __str__(self) -> str:
        return self.isoformat()

    @override
    def __repr__(self) -> str:
        return f"instant('{self.isoformat()}')"


def _distance(start: Instant, end: Instant) -> Span:
    if end.us < start.us:
        problem = f"got {end} - {start}, which is negative"
        raise DefinitionError("span", problem, "subtract the earlier from the later")
    return Span(end.us - start.us)


@lru_cache(maxsize=1_024)
def _text_of_day(day: int) -> str:
    return date_of_day(day).isoformat()


def _clock(second: int) -> str:
    return f"{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}"


def _offset_text(seconds: int) -> str:
    sign, size = ("-", -seconds) if seconds < 0 else ("+", seconds)
    clock = _clock(size)
    return sign + (clock if size % 60 else clock[:5])


def instant(value: str | datetime | Instant, *, tz: str | None = None) -> Instant:
    """The instant that a text or a datetime means.

    Args:
        value: ISO 8601 date and time, with an offset or `Z` unless `tz` is given.
        tz: the zone that a time without offset is read in: in a gap it moves forward
            by the gap, of a fold the first counts. A time with offset ignores it.

    Raises:
        NaiveTimeError: for a time without offset when `tz` is not given.
        TimeFormatError: for other text or values, and outside the years 1 to 9999.
        UnknownZoneError: when there is no zone of this name.

    >>> instant("2026-10-20T09:30+08:00")
    instant('2026-10-20T01:30:00Z')
    >>> instant("2026-10-20 09:30", tz="Asia/Shanghai")
    instant('2026-10-20T01:30:00Z')
    """
    if isinstance(value, Instant):
        return value
    zone = None if tz is None else zone_name(tz)
    if isinstance(value, datetime):
        local, offset = _of_datetime(value)
    else:
        local, offset = _of_text(value)
    if offset is not None:
        us = local - offset
    elif zone is not None:
        us = from_local(zone, local)
    else:
        raise NaiveTimeError(value)
    if not FIRST_US <= us <= LAST_US:
        raise TimeFormatError("instant", value, _EXAMPLE)
    return Instant(us)


def _of_datetime(value: datetime) -> tuple[int, int | None]:
    """Local microseconds and offset of a datetime, pendulum's own included."""
    seconds = (value.hour * 60 + value.minute) * 60 + value.second
    try:
        day = value.toordinal() - EPOCH_ORDINAL
    except ValueError:  # the NaT of pandas, which is a datetime
        raise TimeFormatError("instant", value, _EXAMPLE) from None
    local = day * DAY + seconds * SECOND + value.microsecond
    offset = value.utcoffset()
    if offset is None:
        return local, None
    whole = offset.days * 86_400 + offset.seconds
    return local, whole * SECOND + offset.microseconds


def _example(value: object) -> str:
    """How an instant is written, by what was given in its place."""
    if isinstance(value, date) or (isinstance(value, str) and _DAY.fullmatch(value)):
        return f"'{value}T00:00+08:00'; a day alone is no instant"
    if isinstance(value, int | float) and not isinstance(value, bool):
        return f"{_EXAMPLE}; of seconds since 1970 make Instant(seconds * 1_000_000)"
    return _EXAMPLE


def _of_text(value: object) -> tuple[int, int | None]:
    """Local microseconds and offset of ISO text; the offset is None when naive."""
    match = _TEXT.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise TimeFormatError("instant", value, _example(value))
    day_text, hour, minute, second, fraction, zulu, sign, *shift = match.groups()
    try:
        day = date.fromisoformat(day_text).toordinal() - EPOCH_ORDINAL
    except ValueError:
        raise TimeFormatError("instant", value, _EXAMPLE) from None
    clock = _seconds(value, hour, minute, second)
    local = day * DAY + clock * SECOND + int((fraction or "").ljust(6, "0"))
    if zulu is None:
        return local, None
    offset = _seconds(value, *shift) * SECOND
    return local, -offset if sign == "-" else offset


def _seconds(
    value: object, hour: str | None, minute: str | None, second: str | None
) -> int:
    """Seconds of a clock reading; there is no leap second, and no 24:00."""
    hours, minutes, seconds = int(hour or 0), int(minute or 0), int(second or 0)
    if hours > 23 or minutes > 59 or seconds > 59:  # noqa: PLR2004  a clock's limits
        raise TimeFormatError("instant", value, _EXAMPLE)
    return (hours * 60 + minutes) * 60 + seconds


def required_now(now: object) -> Instant:
    """The instant of a call, if it is one.

    Raises:
        ProtocolError: it is something else.
    """
    if not isinstance(now, Instant):
        problem = f"got now={now!r}, expected an instant"
        remedy = "pass now=pf.instant('2026-10-20T09:30+08:00')"
        if now is None:
            remedy += "; whose wake_at is None need not be woken"
        raise ProtocolError(problem, remedy)
    return now
