"""Zones: between instants and wall clocks, in integer microseconds.

Offsets are kept per zone and day; only a day that holds a transition asks zoneinfo.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from privflow.errors import DefinitionError, UnknownZoneError

_DAY_US = 24 * 3_600_000_000
SECOND = 1_000_000
DAY = 86_400 * SECOND
EPOCH_ORDINAL = date(1970, 1, 1).toordinal()
LAST_ORDINAL = date.max.toordinal()

_UNIX = datetime(1970, 1, 1, tzinfo=UTC)
# A local time must stay in datetime's years too, whatever the offset.
_FIRST_SECOND = (2 - EPOCH_ORDINAL) * 86_400
_LAST_SECOND = (LAST_ORDINAL - 1 - EPOCH_ORDINAL) * 86_400

# Files that lie beside the zones and name no place: the machine's own, a placeholder.
_NO_ZONES = frozenset({"localtime", "Factory", "posixrules"})


@lru_cache(maxsize=1)
def _known_names() -> frozenset[str]:
    """The names that count, in exact case whatever the file system says."""
    return frozenset(available_timezones()) - _NO_ZONES


@lru_cache(maxsize=1024)
def _zone(tz: str) -> ZoneInfo:
    if tz not in _known_names():
        raise UnknownZoneError(tz)
    try:
        return ZoneInfo(tz)
    except (ZoneInfoNotFoundError, ValueError, OSError) as problem:
        raise UnknownZoneError(tz) from problem


def zone_name(value: object) -> str:
    """The name of a known time zone, as it was given.

    Raises:
        UnknownZoneError: when the IANA database has no such zone (case counts).

    >>> zone_name("Asia/Shanghai")
    'Asia/Shanghai'
    """
    if not isinstance(value, str):
        raise UnknownZoneError(value)
    _zone(value)
    return value


def _microseconds(offset: timedelta | None) -> int:
    span = offset or timedelta()
    return (span.days * 86_400 + span.seconds) * SECOND


def _moment(us: int) -> datetime:
    """The UTC datetime of the second that holds `us`."""
    second = min(max(us // SECOND, _FIRST_SECOND), _LAST_SECOND)
    return _UNIX + timedelta(seconds=second)


def _exact_offset(tz: str, us: int) -> int:
    return _microseconds(_moment(us).astimezone(_zone(tz)).utcoffset())


@lru_cache(maxsize=32_768)
def _offset_on(tz: str, day: int) -> int | None:
    """The offset on a whole UTC day; None when it changes during the day."""
    first = _exact_offset(tz, day * DAY)
    return first if first == _exact_offset(tz, day * DAY + DAY - 1) else None


def offset_at(tz: str, us: int) -> int:
    """The offset of the zone at an instant, in microseconds east of UTC."""
    offset = _offset_on(tz, us // DAY)
    return _exact_offset(tz, us) if offset is None else offset


def to_local(tz: str, us: int) -> int:
    """What the wall clock shows, in microseconds since its own 1970-01-01T00:00.

    >>> to_local("Asia/Shanghai", 0) // 3_600_000_000
    8
    """
    offset = _offset_on(tz, us // DAY)
    return us + (_exact_offset(tz, us) if offset is None else offset)


def _exact_local_offset(tz: str, local_us: int, *, fold: int = 0) -> int:
    local = _moment(local_us).replace(tzinfo=_zone(tz), fold=fold)
    return _microseconds(local.utcoffset())


@lru_cache(maxsize=32_768)
def _local_offset_on(tz: str, day: int) -> int | None:
    """The offset on a whole local day; None when a gap or a fold touches it."""
    offsets = {
        _exact_local_offset(tz, local, fold=fold)
        for local in (day * DAY, day * DAY + DAY - 1)
        for fold in (0, 1)
    }
    return offsets.pop() if len(offsets) == 1 else None


def from_local(tz: str, local_us: int) -> int:
    """The instant at which the wall clock shows a local time, in microseconds.

    A time in a gap moves forward by the gap; of the two in a fold the first counts.

    >>> from_local("Asia/Shanghai", 8 * 3_600_000_000)
    0
    """
    return at_clock(tz, *divmod(local_us, DAY))


def at_clock(tz: str, day: int, clock_us: int) -> int:
    """The instant of a time of day on a local day, given in days since 1970."""
    offset, local_us = _local_offset_on(tz, day), day * DAY + clock_us
    if offset is None:
        offset = _exact_local_offset(tz, local_us)
    return local_us - offset


def date_of_day(day: int) -> date:
    """The date that lies a number of days after 1970-01-01.

    Raises:
        DefinitionError: outside the years 1 to 9999.
    """
    ordinal = day + EPOCH_ORDINAL
    if not 1 <= ordinal <= LAST_ORDINAL:
        what, problem = "date", f"got day {day} since 1970, outside years 1 to 9999"
        raise DefinitionError(what, problem, "use an instant well inside these years")
    return date.fromordinal(ordinal)


def day_number(tz: str, us: int) -> int:
    """The local day, counted from 1970: also where no date is that late, or early."""
    return to_local(tz, us) // _DAY_US


def local_date(tz: str, us: int) -> date:
    """The date on the wall calendar of a zone at an instant.

    Hosts write the first and the last instant for "never". Where a zone shows another
    year than 1 to 9999 then, it is the first or the last day that there is.

    >>> local_date("Asia/Shanghai", 0)
    datetime.date(1970, 1, 1)
    """
    ordinal = to_local(tz, us) // DAY + EPOCH_ORDINAL
    return date.fromordinal(min(max(ordinal, 1), LAST_ORDINAL))


def start_of_day(tz: str, day: date) -> int:
    """The instant of local midnight, in microseconds; of no midnight, what follows it.

    A day that does not exist starts when the next one does.
    """
    return from_local(tz, (day.toordinal() - EPOCH_ORDINAL) * DAY)


def next_transition(tz: str, after_us: int, until_us: int) -> int | None:
    """The first instant in (after, until] at which the zone's offset changes, if any.

    At most one change a day is seen: no zone ever had two within three days.
    """
    for day in range(after_us // DAY, until_us // DAY + 1):
        low = max(after_us, day * DAY - 1)
        high = min(until_us, day * DAY + DAY - 1)
        before = offset_at(tz, low)
        if offset_at(tz, high) != before:
            return _first_change(tz, low, high, before)
    return None


def _first_change(tz: str, low: int, high: int, before: int) -> int:
    """Halve (low, high] down to the second at which the offset is no more `before`."""
    first, last = low // SECOND, high // SECOND
    while last - first > 1:
        middle = (first + last) // 2
        if _exact_offset(tz, middle * SECOND) == before:
            first = middle
        else:
            last = middle
    return last * SECOND


@lru_cache(maxsize=8_192)
def change_near(tz: str, day: int) -> tuple[int, int, int] | None:
    """The change of offset within two days of a UTC day, if there is one.

    Returns:
        The local time at which its gap or fold is over; the offsets that local times
        below it, and from it on, are read with.
    """
    at = next_transition(tz, (day - 2) * DAY, (day + 3) * DAY - 1)
    if at is None:
        return None
    before, after = offset_at(tz, at - 1), offset_at(tz, at)
    return at + max(before, after), before, after
