"""What stamps an event against repeats: its instant and its id."""

from __future__ import annotations

import re
from typing import Final

from privflow.channels.quote import quoted
from privflow.errors import PayloadError
from privflow.timing import Instant

_SECOND: Final = 1_000_000
_LATEST: Final = 253_402_300_799  # 9999-12-31T23:59:59Z
_DIGITS: Final = re.compile("[0-9]{1,12}")
_MILLISECONDS: Final = re.compile("[1-9][0-9]{12}")
_HUGE: Final = 10**13


def instant_of(channel: str, what: str, given: object) -> Instant:
    """The instant that a platform wrote as seconds since 1970.

    Args:
        channel: named in the refusal.
        what: the platform's name of the field.
        given: a positive whole number of seconds, or its ASCII digits.

    Raises:
        PayloadError: it is missing, zero, no whole number, or after the year 9999.

    >>> str(instant_of("wecom", "CreateTime", "1525779812"))
    '2018-05-08T11:43:32Z'
    """
    seconds = 0
    if isinstance(given, int) and not isinstance(given, bool):
        seconds = given
    elif isinstance(given, str) and _DIGITS.fullmatch(given):
        seconds = int(given)
    if not 0 < seconds <= _LATEST:
        problem = f"{what} is {quoted(given)}, expected seconds since 1970"
        remedy = "drop the payload: an event without its time has no place"
        raise PayloadError(channel, problem, remedy)
    return Instant(seconds * _SECOND)


def instant_of_either(channel: str, what: str, given: object) -> Instant:
    """The instant that a platform wrote in seconds or in milliseconds since 1970.

    Milliseconds have thirteen digits until the year 2286, seconds ten.

    Raises:
        PayloadError: as for `instant_of`.

    >>> str(instant_of_either("douyin", "create_time", 1744940173524))
    '2025-04-18T01:36:13.524000Z'
    """
    text = str(given) if isinstance(given, int) and given < _HUGE else given
    if isinstance(text, str) and _MILLISECONDS.fullmatch(text):
        return Instant(int(text) * 1_000)
    return instant_of(channel, what, given)


def event_id(*parts: str | Instant) -> str:
    """An id made of the parts that are not empty; the same parts give the same id.

    Args:
        parts: what tells an event from others; an instant counts in whole seconds.

    >>> event_id("corp-1", "wmA", "", "a:b")
    'corp-1:wmA:a%3Ab'
    """
    texts = (
        str(part.us // _SECOND) if isinstance(part, Instant) else part for part in parts
    )
    return ":".join(
        text.replace("%", "%25").replace(":", "%3A") for text in texts if text
    )
