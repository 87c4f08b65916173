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
