"""Spans: lengths of time that are the same everywhere and always."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import final

from typing_extensions import override

from privflow.errors import DefinitionError, TimeFormatError, brief
from privflow.timing.microseconds import Microseconds, set_us

_UNITS = {
    "w": 7 * 86_400_000_000,
    "d": 86_400_000_000,
    "h": 3_600_000_000,
    "m": 60_000_000,
    "s": 1_000_000,
    "ms": 1_000,
    "us": 1,
}
# Weeks are read but not written: '30d' must stay '30d'.
_WRITTEN = tuple((name, size) for name, size in _UNITS.items() if name != "w")
_TEXT = re.compile("".join(rf"(?:(?P<{name}>[0-9]{{1,20}}){name})?" for name in _UNITS))
_NO_LENGTH = re.compile(r"[Mm]on|M$|[0-9] ?y|[Yy]ear|[月年]")
_EXAMPLE = "'30d', '1h30m' or '90s', up to 400 years"
_MOST = 146_097 * _UNITS["d"]


@final
class Span(Microseconds):
    """A length of time (时长) in whole microseconds; a day of it is exactly 24 h.

    Args:
        us: microseconds, 0 or more.

    >>> Span(90_000_000)
    span('1m30s')
    """

    __slots__ = ()

    def __init__(self, us: int) -> None:
        if type(us) is not int or us < 0:
            problem = f"got {us!r}, expected whole microseconds of 0 or more"
            raise DefinitionError("span", problem, "write it as text: span('30d')")
        set_us(self, us)

    @override
    def __str__(self) -> str:
        text, rest = "", self.us
        for name, size in _WRITTEN:
            count, rest = divmod(rest, size)
            text += f"{count}{name}" if count else ""
        return text or "0s"

    @override
    def __repr__(self) -> str:
        return f"span('{self}')"


def span(value: str | Span | timedelta) -> Span:
    """The span that a text or a timedelta means.

    Args:
        value: counts with the units w d h m s ms us, largest first: `"1h30m"`. A span
            is itself.

    Raises:
        TimeFormatError: on other text, on a negative span, above 400 years.

    >>> span("1h30m"), str(span("90s"))
    (span('1h30m'), '1m30s')
    """
    if isinstance(value, Span):
        us = value.us
    elif isinstance(value, timedelta):
        us = value // timedelta(microseconds=1)
    else:
        us = _microseconds_of(value)
    if not 0 <= us <= _MOST:
        raise TimeFormatError("span", value, _EXAMPLE)
    return value if isinstance(value, Span) else Span(us)


def _example(value: object) -> str:
    """How a span is written, by what was given in its place."""
    if isinstance(value, int) and not isinstance(value, bool):
        return f"'{brief(value)}d' or '{brief(value)}h', with its unit"
    if isinstance(value, str) and _NO_LENGTH.search(value):
        return f"{_EXAMPLE}; a month or a year has no one length"
    return _EXAMPLE


def _microseconds_of(value: object) -> int:
    match = _TEXT.fullmatch(value) if isinstance(value, str) and value else None
    if match is None:
        raise TimeFormatError("span", value, _example(value))
    counts = match.groupdict(default="0")
    return sum(int(count) * _UNITS[name] for name, count in counts.items())
