"""How much of a hostile value an error or a log line shows."""

from __future__ import annotations

from typing import Final

_LONGEST: Final = 60
_MOST_BITS: Final = 64


def quoted(given: object) -> str:
    """The value by repr, on one line and cut short; what is missing is named so.

    >>> quoted("a" * 100)
    "'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa..."
    """
    if given is None or given == "":
        return "missing"
    if isinstance(given, int) and given.bit_length() > _MOST_BITS:
        return "a number too large"  # Python refuses to print the largest ones
    text = repr(given)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."
