"""Words that errors share: values cut short, names that are near, lines of a text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches

MOST_SHOWN = 5
_LONGEST_VALUE = 200


def brief(value: object) -> str:
    """The repr of a value on one line, cut where it is long.

    Python has none of huge numbers, and frames have one of many lines.
    """
    try:
        text = repr(value)
    except ValueError:
        return "a number of thousands of digits"
    return cut(" ".join(text.split()) if "\n" in text else text, _LONGEST_VALUE)


def cut(text: str, most: int) -> str:
    """The text up to so many characters, and how many more there are."""
    rest = len(text) - most
    return f"{text[:most]}… and {rest} characters more" if rest > 0 else text


def shown(names: Iterable[object]) -> str:
    """The first few names by repr, and how many more there are."""
    everything = list(names)
    text = ", ".join(brief(name) for name in everything[:MOST_SHOWN])
    rest = len(everything) - MOST_SHOWN
    return f"{text} and {rest} more" if rest > 0 else text or "nothing"


def did_you_mean(name: object, known: Sequence[str]) -> str:
    """An action in words: the nearest known names, or the names that there are."""
    if not isinstance(name, str):
        own = getattr(name, "name", None)
        return f"write its name: {brief(own)}" if own in known else _one_of(known)
    folded = [other.casefold() for other in known]
    close = get_close_matches(name.casefold(), folded, n=2, cutoff=0.6)
    near = [k for k, of in zip(known, folded, strict=True) if of in close]
    if near:
        near.sort(key=lambda other: close.index(other.casefold()))
        return f"did you mean {' or '.join(map(brief, near[:2]))}?"
    return _one_of(known)


def _one_of(known: Sequence[str]) -> str:
    return f"use one of {shown(known)}" if known else "none are defined yet"


def source_lines(text: str) -> list[str]:
    """The lines as Python counts them: unlike `splitlines`, by CR and LF alone."""
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
